"""From what a browser sends to JSON: one value a question, and every complaint beside its input."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from annotated_types import Ge, Le, MinLen
from werkzeug.datastructures import MultiDict

from cypn_core.domain.constraints import complaint
from cypn_core.domain.errors import Invalid
from cypn_core.domain.money import pounds
from cypn_core.domain.shapes import Form, Shape
from cypn_core.web.schemas import load
from cypn_core.wire.scalars import in_order, scalar_for
from cypn_site.forms.asked import Question, Widget
from cypn_site.forms.scalars import (
    MISSING,
    read_day,
    read_pounds,
    read_slashed,
    read_time,
    read_truth,
    read_whole,
)
from cypn_site.forms.schedules import read_schedule

Sent = MultiDict[str, str]
MOST_ROWS = 400


class Absent:
    """Stands for a question that was left unanswered."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()
_LINE_END = re.compile(r"\r\n|\r|\n")


def read(question: Question, form: Sent, path: str | None = None) -> Any:
    """The JSON value that *form* gives to *question*, whose inputs are named from *path* on.

    What is left blank is null where that is a value, else :data:`ABSENT`, for which the default
    counts.

    :raises Invalid: by the paths of the inputs, with what to mend.
    """
    at = question.name if path is None else path
    if question.widget is not Widget.CHECKS and blank(question, form, at):
        return _unsaid(question, at)
    return _READERS.get(question.widget, _read_single)(question, form, at)


def blank(question: Question, form: Sent, at: str) -> bool:
    """Whether nothing was typed or chosen in any input of *question*."""
    below = re.compile(re.escape(at) + r"([.\[].*)?")
    names = (name for name in form if below.fullmatch(name))
    return not any(said for name in names for said in form.getlist(name))


def _unsaid(question: Question, at: str) -> Any:
    if question.optional:
        return None
    if question.widget in _COLLECTIONS and not _least(question.shape):
        return {} if question.widget is Widget.TABLE else []
    if question.required:
        raise Invalid({at: [MISSING]})
    if question.widget is Widget.AREA:
        return ""
    return ABSENT


_COLLECTIONS = {Widget.CHECKS, Widget.LINES, Widget.ROWS, Widget.TABLE}


def _least(shape: Shape) -> int:
    return max((mark.min_length for mark in shape.marks if isinstance(mark, MinLen)), default=0)


def _read_single(question: Question, form: Sent, at: str) -> Any:
    said = form.get(at, "")
    try:
        return _kept(question, _SINGLES[question.widget](question, said))
    except ValueError as error:
        raise Invalid({at: [str(error)]}) from None


def _read_day(question: Question, form: Sent, at: str) -> Any:
    parts = tuple(form.get(f"{at}.{part}", "") for part in ("day", "month", "year"))
    try:
        return _kept(question, read_day((parts[0], parts[1], parts[2])))
    except ValueError as error:
        raise Invalid({at: [str(error)]}) from None


def _kept(question: Question, value: Any) -> Any:
    """*value* if it keeps the limits of the question; ``ValueError`` says which it does not."""
    known = scalar_for(question.shape).read(value)
    for mark in question.shape.marks:
        if said := complaint(known, mark):
            raise ValueError(_in_pounds(mark) if question.widget is Widget.POUNDS else said)
    return value


def _in_pounds(mark: object) -> str:
    match mark:
        case Ge(ge=int(low)):
            return f"must be at least {pounds(low)}"
        case Le(le=int(high)):
            return f"must be at most {pounds(high)}"
        case _:
            return "is not an amount that can be given here"


def _text(question: Question, said: str) -> str:
    """As it is typed; a browser ends each line of a longer text with two signs."""
    return said.replace("\r\n", "\n")


def _chosen(question: Question, said: str) -> str | int:
    for choice in question.choices:
        if choice.sent == said:
            return choice.value
    raise ValueError("must be one of the answers that are listed")


_SINGLES: Mapping[Widget, Callable[[Question, str], Any]] = {
    Widget.TEXT: lambda question, said: said.strip() if _coded(question) else said,
    Widget.AREA: _text,
    Widget.PLACE: _text,
    Widget.EXACT: lambda _, said: said.strip(),
    Widget.INSTANT: lambda _, said: said.strip(),
    Widget.WHOLE: lambda _, said: read_whole(said),
    Widget.POUNDS: lambda _, said: read_pounds(said),
    Widget.TRUTH: lambda _, said: read_truth(said),
    Widget.TIME: lambda _, said: read_time(said),
    Widget.RADIOS: _chosen,
    Widget.SELECT: _chosen,
}


def _coded(question: Question) -> bool:
    """Whether blanks around the text can only be a slip: its limits allow few signs."""
    return (
        question.widget is Widget.TEXT
        and question.shape.form is Form.TEXT
        and any(hasattr(mark, "regex") for mark in question.shape.marks)
    )


def _read_checks(question: Question, form: Sent, at: str) -> Any:
    sent = [said for said in form.getlist(at) if said]
    try:
        chosen = dict.fromkeys(sent)
        found = sent if question.is_open else [_chosen(question, said) for said in chosen]
    except ValueError as error:
        raise Invalid({at: [str(error)]}) from None
    if not found and question.optional:
        return None
    if not found and _least(question.shape):
        raise Invalid({at: ["must have an answer: choose one or more"]})
    return _sized(question, found if question.is_open else in_order(found), at)


def _read_lines(question: Question, form: Sent, at: str) -> Any:
    found: list[Any] = []
    wrong: list[str] = []
    lines = [line.strip() for line in _LINE_END.split(form.get(at, ""))]
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            found.append(_line(question.member, line))
        except ValueError as error:
            wrong.append(f"line {number} {error}")
    if wrong:
        raise Invalid({at: wrong})
    return _sized(question, _ordered(question, found, at), at)


def _line(member: Question | None, line: str) -> Any:
    if member is None:
        raise ValueError("cannot be read")
    if member.widget is Widget.DAY:
        return _kept(member, read_slashed(line))
    return _kept(member, _SINGLES[member.widget](member, line))


def _ordered(question: Question, found: list[Any], at: str) -> list[Any]:
    if question.shape.form is not Form.SET:
        return found
    if len({str(each) for each in found}) < len(found):
        raise Invalid({at: ["must not name the same thing twice"]})
    return in_order(found)


def _sized(question: Question, found: list[Any], at: str) -> list[Any]:
    said = [text for mark in question.shape.marks if (text := complaint(found, mark))]
    if said:
        raise Invalid({at: said})
    return found


def _read_object(question: Question, form: Sent, at: str) -> Any:
    found = _together((part.name, part, f"{at}.{part.name}") for part in question.parts)(form)
    value = {name: said for name, said in found.items() if said is not ABSENT}
    return _whole(question, value, at)


def _whole(question: Question, value: Any, at: str) -> Any:
    """*value* if the class itself takes it, with what it adds by default."""
    try:
        load(question.shape.base, value)
    except Invalid as error:
        raise Invalid({_below(at, name): said for name, said in error.fields.items()}) from None
    defaults = {p.name: p.default for p in question.parts if p.name not in value}
    return {**value, **defaults}


def _below(at: str, name: str) -> str:
    return at if name == "body" else f"{at}.{name}"


def rows(form: Iterable[str], at: str) -> list[int]:
    """The numbers of the rows that *form* has inputs for."""
    numbered = re.compile(re.escape(at) + r"\[([0-9]{1,3})\].*")
    found = {int(match[1]) for name in form if (match := numbered.fullmatch(name))}
    return sorted(found)[:MOST_ROWS]


def _read_rows(question: Question, form: Sent, at: str) -> Any:
    member = _member(question)
    filled = [n for n in rows(form, at) if not blank(member, form, f"{at}[{n}]")]
    found = _together((str(n), member, f"{at}[{n}]") for n in filled)(form)
    return _sized(question, _ordered(question, list(found.values()), at), at)


def _read_table(question: Question, form: Sent, at: str) -> Any:
    member = _member(question)
    filled = [n for n in rows(form, at) if not blank(member, form, f"{at}[{n}]")]
    keys = [form.get(f"{at}[{n}].key", "") for n in filled]
    if "" in keys or len(set(keys)) < len(keys):
        raise Invalid({at: ["must have a name of its own for each entry"]})
    entries = zip(keys, filled, strict=True)
    return _together((key, member, f"{at}[{n}].value") for key, n in entries)(form)


def _member(question: Question) -> Question:
    if question.member is None:
        raise TypeError(f"{question.name} has no members")
    return question.member


def _together(
    asked: Iterable[tuple[str, Question, str]],
) -> Callable[[Sent], dict[str, Any]]:
    """Reads several questions and gathers the complaints of all."""
    listed = list(asked)

    def every(form: Sent) -> dict[str, Any]:
        found: dict[str, Any] = {}
        wrong: dict[str, list[str]] = {}
        for name, question, at in listed:
            try:
                found[name] = read(question, form, at)
            except Invalid as error:
                wrong |= error.fields
        if wrong:
            raise Invalid(wrong)
        return found

    return every


def _read_schedule(question: Question, form: Sent, at: str) -> Any:
    return read_schedule(form, at)


_READERS: Mapping[Widget, Callable[[Question, Sent, str], Any]] = {
    Widget.DAY: _read_day,
    Widget.CHECKS: _read_checks,
    Widget.LINES: _read_lines,
    Widget.OBJECT: _read_object,
    Widget.SCHEDULE: _read_schedule,
    Widget.ROWS: _read_rows,
    Widget.TABLE: _read_table,
}
