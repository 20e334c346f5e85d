"""Complaints of the house, by dotted path, put beside the inputs that a page really has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from cypn_site.forms import schedules
from cypn_site.forms.asked import Question, Widget
from cypn_site.forms.reading import Sent, rows

_LAST_STEP = re.compile(r"(\.[^.\[\]]*|\[[^\[\]]*\])$")


def placed(
    question: Question, form: Sent, errors: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """The complaints about *question*, each under the nearest path that has an input."""
    known = set(paths(question, form, question.name))
    found: dict[str, list[str]] = {}
    for path, said in errors.items():
        if path.split(".")[0].split("[")[0] == question.name:
            found.setdefault(_nearest(path, known, question.name), []).extend(said)
    return found


def paths(question: Question, form: Sent, at: str) -> Iterator[str]:
    """The paths of the inputs of *question*, and of what holds them."""
    yield at
    if question.widget is Widget.SCHEDULE:
        yield from schedules.paths(at)
    for part in question.parts:
        yield from paths(part, form, f"{at}.{part.name}")
    if question.member is not None and question.widget is Widget.ROWS:
        for number in rows(form, at):
            yield from paths(question.member, form, f"{at}[{number}]")


def _nearest(path: str, known: set[str], otherwise: str) -> str:
    at = re.sub(r"\.rrule$", ".repeats", path)
    while at not in known and _LAST_STEP.search(at):
        at = _LAST_STEP.sub("", at)
    return at if at in known else otherwise
