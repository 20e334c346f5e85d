"""A small form on one page: all questions of a class at once, where something is done."""

from __future__ import annotations

from typing import Any, TypeVar

from cypn_core.domain.errors import Invalid
from cypn_core.web.schemas import load
from cypn_site.forms.asked import Question
from cypn_site.forms.errors import placed
from cypn_site.forms.reading import ABSENT, Sent, read
from cypn_site.forms.writing import inputs

T = TypeVar("T")


def given(cls: type[T], asked: tuple[Question, ...], form: Sent) -> T:
    """What *form* says, as a value of *cls*.

    :raises Invalid: with every complaint at once, by the paths of the inputs.
    """
    said: dict[str, Any] = {}
    wrong: dict[str, list[str]] = {}
    for question in asked:
        try:
            value = read(question, form)
        except Invalid as error:
            wrong |= error.fields
        else:
            if value is not ABSENT:
                said[question.name] = value
    if wrong:
        raise Invalid(wrong)
    return load(cls, said)


def beside(
    asked: tuple[Question, ...], form: Sent, errors: dict[str, list[str]]
) -> dict[str, list[str]]:
    """*errors*, each under an input that the page has; the rest under its own path."""
    found: dict[str, list[str]] = {}
    for question in asked:
        found |= placed(question, form, errors)
    return found or errors


def at_first(asked: tuple[Question, ...]) -> Sent:
    """The inputs of a form that nobody has filled in yet: the defaults."""
    filled = Sent()
    for question in asked:
        if not question.required:
            filled.update(inputs(question, question.default))
    return filled
