"""From JSON to what the inputs of a form hold: the inverse of :mod:`cypn_site.forms.reading`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cypn_site.forms.asked import Question, Widget
from cypn_site.forms.scalars import NO, YES, shown_day, shown_pounds, shown_slashed
from cypn_site.forms.schedules import schedule_inputs

Inputs = dict[str, list[str]]


def inputs(question: Question, value: Any, path: str | None = None) -> Inputs:
    """What the inputs of *question* hold when the answer is *value*; nothing of null."""
    at = question.name if path is None else path
    if value is None:
        return {}
    return _WRITERS.get(question.widget, _single)(question, value, at)


def _single(question: Question, value: Any, at: str) -> Inputs:
    return {at: [_as_typed(question, value)]}


def _as_typed(question: Question, value: Any) -> str:
    if question.widget is Widget.POUNDS:
        return shown_pounds(value)
    if question.widget is Widget.TRUTH:
        return YES if value else NO
    return str(value)


def _day(question: Question, value: Any, at: str) -> Inputs:
    names = (f"{at}.day", f"{at}.month", f"{at}.year")
    return {name: [part] for name, part in zip(names, shown_day(value), strict=True)}


def _checks(question: Question, value: Any, at: str) -> Inputs:
    return {at: [str(each) for each in value]}


def _lines(question: Question, value: Any, at: str) -> Inputs:
    member = question.member
    days = member is not None and member.widget is Widget.DAY
    typed = (shown_slashed(each) if days else _line(member, each) for each in value)
    return {at: ["\n".join(typed)]}


def _line(member: Question | None, value: Any) -> str:
    return str(value) if member is None else _as_typed(member, value)


def _object(question: Question, value: Any, at: str) -> Inputs:
    found: Inputs = {}
    for part in question.parts:
        if part.name in value:
            found |= inputs(part, value[part.name], f"{at}.{part.name}")
    return found


def _schedule(question: Question, value: Any, at: str) -> Inputs:
    return schedule_inputs(value, at)


def _rows(question: Question, value: Any, at: str) -> Inputs:
    found: Inputs = {}
    for number, each in enumerate(value):
        if question.member is not None:
            found |= inputs(question.member, each, f"{at}[{number}]")
    return found


def _table(question: Question, value: Any, at: str) -> Inputs:
    found: Inputs = {}
    for number, (key, each) in enumerate(sorted(value.items())):
        found[f"{at}[{number}].key"] = [key]
        if question.member is not None:
            found |= inputs(question.member, each, f"{at}[{number}].value")
    return found


_WRITERS: Mapping[Widget, Callable[[Question, Any, str], Inputs]] = {
    Widget.DAY: _day,
    Widget.CHECKS: _checks,
    Widget.LINES: _lines,
    Widget.OBJECT: _object,
    Widget.SCHEDULE: _schedule,
    Widget.ROWS: _rows,
    Widget.TABLE: _table,
}
