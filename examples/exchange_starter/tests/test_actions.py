"""Recording attendance, as the pure function that it is."""

from __future__ import annotations

import datetime as dt

import pytest

from cypn_core.application.sketch import Sketch
from cypn_core.domain.deals import DealState
from cypn_core.domain.errors import Invalid
from cypn_core.exchange import DealView
from cypn_core.hub import Hub
from cypn_core.matching.rules import Context
from cypn_exchange_starter.model import Attended, CourseOffer, Subject, TrainingNeed

CONTEXT = Context(now=dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC), zone="Europe/London")


@pytest.fixture
def deal(sketch: Sketch) -> DealView:
    sketch.offer(CourseOffer(subject=Subject.FIRST_AID))
    need = sketch.need(TrainingNeed(subject=Subject.FIRST_AID, learners=3))
    (plan,) = sketch.answer(need).full
    return DealView(plan=plan, state=DealState.AGREED, sub_state="arranged")


def test_the_holder_records_who_came(hub: Hub, deal: DealView) -> None:
    """The deal moves on, the number is the fact, and the other party is told."""
    (action,) = hub.exchange("exchange_starter").actions
    outcome = action.handler(deal, Attended(2), CONTEXT)
    assert (outcome.sub_state, dict(outcome.fact)) == ("taught", {"learners": 2})
    assert outcome.tells == "It took place; 2 came."
    assert (action.who, deal.sub_state in action.from_states) == ("holder", True)


def test_no_more_came_than_had_a_seat(hub: Hub, deal: DealView) -> None:
    """A number that cannot be is refused by name of its field."""
    (action,) = hub.exchange("exchange_starter").actions
    with pytest.raises(Invalid, match="learners: must be at most 3"):
        action.handler(deal, Attended(4), CONTEXT)


def test_attendance_is_at_least_one() -> None:
    """The input's limits are in its type, like those of any posting."""
    with pytest.raises(ValueError, match="learners must be at least 1"):
        Attended(0)
