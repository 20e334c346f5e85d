"""Twelve seats, no time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cypn_core.application.sketch import Sketch
from cypn_core.domain.postings import Claim, Unit
from cypn_exchange_starter.model import CourseOffer, Subject, TrainingNeed


def _needs(learners: int) -> TrainingNeed:
    return TrainingNeed(subject=Subject.SAFEGUARDING, learners=learners)


def test_a_seat_has_no_interval(sketch: Sketch) -> None:
    """The plan takes seats of a thing without time, so it has no windows."""
    sketch.offer(CourseOffer(subject=Subject.SAFEGUARDING))
    (plan,) = sketch.answer(sketch.need(_needs(5))).full
    assert plan.legs[0].windows == ()
    assert plan.legs[0].claims == (Claim(Unit(capacity=12, timed=False), 5),)


def test_twelve_seats_run_out(sketch: Sketch) -> None:
    """The last seat can be had; the thirteenth cannot, and the reason is told."""
    course = sketch.offer(CourseOffer(subject=Subject.SAFEGUARDING))
    sketch.use(course, None, 11)
    assert sketch.answer(sketch.need(_needs(1))).outcome == "full"
    assert sketch.answer(sketch.need(_needs(2))).outcome == "unmet"
    sketch.use(course, None, 1)
    (refusal,) = sketch.answer(sketch.need(_needs(1))).refused
    assert [reason.code for reason in refusal.reasons] == ["unavailable"]


@given(seats=st.integers(1, 30), learners=st.integers(1, 30))
def test_every_learner_takes_one_seat(seats: int, learners: int) -> None:
    """A course claims as many of its one unit as there are learners, whatever its size."""
    (claim,) = CourseOffer(subject=Subject.FIRST_AID, seats=seats).claims(_needs(learners))
    assert (claim.quantity, claim.unit.capacity, claim.unit.timed) == (learners, seats, False)


def test_another_subject_does_not_fit(sketch: Sketch) -> None:
    """The rule bars, with a code and a sentence."""
    sketch.offer(CourseOffer(subject=Subject.FUNDRAISING))
    (refusal,) = sketch.answer(sketch.need(_needs(1))).refused
    assert [reason.code for reason in refusal.reasons] == ["other_subject"]
