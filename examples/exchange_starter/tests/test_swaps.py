"""Two groups that can each teach what the other wants."""

from __future__ import annotations

from cypn_core.application.sketch import Sketch
from cypn_core.domain.ids import PostingId
from cypn_exchange_starter.model import Subject, TeachingOffer, TrainingNeed


def _two_groups(sketch: Sketch) -> tuple[PostingId, PostingId, PostingId, PostingId]:
    """A wants first aid and teaches spreadsheets; B the other way round."""
    return (
        sketch.need(TrainingNeed(subject=Subject.FIRST_AID), party="a"),
        sketch.offer(TeachingOffer(subject=Subject.SPREADSHEETS), party="a"),
        sketch.need(TrainingNeed(subject=Subject.SPREADSHEETS), party="b"),
        sketch.offer(TeachingOffer(subject=Subject.FIRST_AID), party="b"),
    )


def test_crossed_needs_are_one_plan_with_two_legs(sketch: Sketch) -> None:
    """Each offer serves the other's need, and both groups are shown the same plan."""
    a_wants, a_teaches, b_wants, b_teaches = _two_groups(sketch)
    (plan,) = sketch.answer(a_wants).full
    assert set(plan.needs) == {a_wants, b_wants}
    assert [leg.offer for leg in plan.legs] == [b_teaches, a_teaches]
    assert [leg.role for leg in plan.legs] == ["teacher", "teacher"]
    (same,) = sketch.answer(b_wants).full
    assert same.key == plan.key


def test_teaching_without_anything_in_return_is_partial(sketch: Sketch) -> None:
    """The half that is there is told, with what would make it whole."""
    wants = sketch.need(TrainingNeed(subject=Subject.FIRST_AID), party="a")
    sketch.offer(TeachingOffer(subject=Subject.FIRST_AID), party="b")
    answer = sketch.answer(wants)
    assert answer.outcome == "partial"
    assert [missing.code for missing in answer.partial[0].missing] == ["in_return"]


def test_what_a_third_group_wants_does_not_make_a_swap(sketch: Sketch) -> None:
    """Only whoever teaches us can be taught in return."""
    wants = sketch.need(TrainingNeed(subject=Subject.FIRST_AID), party="a")
    sketch.offer(TeachingOffer(subject=Subject.SPREADSHEETS), party="a")
    sketch.offer(TeachingOffer(subject=Subject.FIRST_AID), party="b")
    sketch.need(TrainingNeed(subject=Subject.SPREADSHEETS), party="c")
    assert sketch.answer(wants).outcome == "partial"


def test_a_group_that_teaches_already_has_no_place_for_another(sketch: Sketch) -> None:
    """A teaching offer is used up, without any time."""
    a_wants, _, _, b_teaches = _two_groups(sketch)
    sketch.use(b_teaches, None)
    answer = sketch.answer(a_wants)
    assert answer.outcome == "unmet"
    assert "unavailable" in {reason.code for each in answer.refused for reason in each.reasons}


def test_the_region_limits_the_size_of_a_group(sketch: Sketch) -> None:
    """The settings class is filled from the region's table; the plan says what is lacking."""
    wants = sketch.need(TrainingNeed(subject=Subject.FIRST_AID, learners=9), party="a")
    sketch.offer(TeachingOffer(subject=Subject.FIRST_AID), party="b")
    (plan,) = sketch.answer(wants).partial
    assert plan.missing[0].sentence == "8 of 9 learners at once"
