"""The page of a small form, and what it takes: the same for every thing that is done by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from flask import Response

from cypn_site.forms import Question, questions
from cypn_site.forms.shown import helpers
from cypn_site.forms.whole import at_first, beside, given
from cypn_site.visits import Visit

T = TypeVar("T")


def asked_for(visit: Visit, cls: type[Any], words: Mapping[str, str]) -> tuple[Question, ...]:
    """The questions of *cls*; *words* say how they are asked."""
    today = visit.region.today(visit.network.clock())
    return questions(cls, words, visit.region, today)


def form_page(
    visit: Visit, cls: type[Any], words: Mapping[str, str], template: str, **context: Any
) -> Response:
    """*template* with the form of *cls*: empty, or as it was sent with what to mend."""
    asked = asked_for(visit, cls, words)
    form = visit.form if visit.errors else at_first(asked)
    wrong = {name: list(said) for name, said in visit.errors.items()}
    again = visit.wrong(beside(asked, form, wrong)) if wrong else visit
    return again.show(
        template,
        questions=asked,
        form=form,
        places=[each.name for each in visit.region.places if each.inside],
        **helpers(str),
        **context,
    )


def sent(visit: Visit, cls: type[T], words: Mapping[str, str]) -> T:
    """What was sent, as a value of *cls*.

    :raises Invalid: with every complaint at once.
    """
    return given(cls, asked_for(visit, cls, words), visit.form)
