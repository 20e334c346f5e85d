"""Dates shared between spaces, every second week, and so many of the dates as are enough."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cypn_core.application.sketch import Sketch
from cypn_core.domain.plans import Plan
from cypn_core.domain.region import Region
from cypn_core.domain.times import Schedule, Window
from cypn_venue_bank.codes import Basis, Facility
from cypn_venue_bank.enough import Enough, enough_for, everything
from cypn_venue_bank.needs import SpaceNeed
from cypn_venue_bank.plugin import cypn_exchange
from cypn_venue_bank.prices import Price
from cypn_venue_bank.sharing import Option, cost, shared

Make = Callable[..., Any]
LAW = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
ZONE = "Europe/London"


def hall(sketch: Sketch, make: Make, taken: set[int], pence: int = 1000, **more: object) -> str:
    """A hall on which the dates *taken*, counted from 0, are gone."""
    offer = sketch.offer(make(price=Price(basis=Basis.PER_HOUR, pence=pence), **more))
    start = dt.datetime(2027, 1, 5, 17, tzinfo=dt.UTC)
    for week in taken:
        begins = start + dt.timedelta(weeks=week)
        sketch.use(offer, Window(begins, begins + dt.timedelta(hours=2)))
    return offer


def dates(plan: Plan) -> list[int]:
    """How many dates each space of *plan* takes."""
    return [len(leg.windows) for leg in plan.legs]


def test_two_spaces_share_the_dates(sketch: Sketch, space_need: Make, space_offer: Make) -> None:
    """A whole plan of two legs covers each date once, and is paid for date by date."""
    a = hall(sketch, space_offer, {1, 2})
    b = hall(sketch, space_offer, {0, 3}, pence=2000)
    need = sketch.need(space_need(may_split=True))
    (plan,) = sketch.answer(need).full
    assert {leg.offer: len(leg.windows) for leg in plan.legs} == {a: 2, b: 2}
    covered = sorted(window for leg in plan.legs for window in leg.windows)
    assert covered == list(sketch.board(need).need.windows)
    assert plan.pence == 2 * 2000 + 2 * 4000
    assert plan.because == ("2 spaces share the dates: 2 and 2",)


def test_without_consent_nothing_is_shared(
    sketch: Sketch, space_need: Make, space_offer: Make
) -> None:
    """A group that has not said that it may split gets partial plans, and hears what would do."""
    hall(sketch, space_offer, {1, 2})
    hall(sketch, space_offer, {0, 3})
    answer = sketch.answer(sketch.need(space_need()))
    assert answer.full == ()
    assert [dates(plan) for plan in answer.partial] == [[2], [2]]
    assert all(plan.missing for plan in answer.partial)
    said = [near.relaxed.sentence for near in answer.near]
    assert "the dates shared between several spaces" in said


def test_a_shared_plan_that_lacks_a_date_is_partial(
    sketch: Sketch, space_need: Make, space_offer: Make
) -> None:
    """Sharing what there is does not make it complete: the lost date is named."""
    hall(sketch, space_offer, {1, 2})
    hall(sketch, space_offer, {2, 3})
    answer = sketch.answer(sketch.need(space_need(may_split=True)))
    assert answer.full == ()
    best = answer.partial[0]
    assert len(best.legs) == 2
    assert [part.sentence for part in best.missing] == ["3 of 4 dates; not on 19 Jan"]


def test_one_space_comes_before_two(sketch: Sketch, space_need: Make, space_offer: Make) -> None:
    """Where one space has every date nothing is shared, even if that were cheaper."""
    whole = hall(sketch, space_offer, set(), pence=3000)
    hall(sketch, space_offer, {1, 2}, pence=100)
    hall(sketch, space_offer, {0, 3}, pence=100)
    full = sketch.answer(sketch.need(space_need(may_split=True))).full
    assert [[leg.offer for leg in plan.legs] for plan in full] == [[whole]]


@pytest.mark.parametrize("priced", [True, False])
def test_a_stated_price_comes_before_one_to_be_asked_for(
    *, priced: bool, sketch: Sketch, space_need: Make, space_offer: Make
) -> None:
    """A shared plan with an unstated price is partial; a dear one with prices is whole."""
    hall(sketch, space_offer, {1, 2})
    asked = sketch.offer(space_offer(price=None))
    first = sketch.board(sketch.need(space_need())).need.windows[0]
    sketch.use(asked, first)
    if priced:
        hall(sketch, space_offer, {0, 3}, pence=9000)
    answer = sketch.answer(sketch.need(space_need(may_split=True)))
    asking = [plan for plan in answer.partial if len(plan.legs) > 1]
    assert [len(plan.legs) for plan in answer.full] == ([2] if priced else [])
    assert [[part.code for part in plan.missing] for plan in asking] == [["ask"]][priced:]


def test_every_second_week_is_whole_where_it_is_enough(
    sketch: Sketch, space_need: Make, space_offer: Make
) -> None:
    """Weeks 1 and 3 are all that such a group wants; weeks 1 and 4 are not."""
    fits = hall(sketch, space_offer, {1, 3})
    hall(sketch, space_offer, {1, 2})
    answer = sketch.answer(sketch.need(space_need(alternate_weeks=True)))
    (plan,) = answer.full
    assert plan.legs[0].offer == fits
    assert "2 of 4 dates; not on 12 Jan, 26 Jan; that is enough for you" in plan.because
    assert len(answer.partial) == 1


@pytest.mark.parametrize(("least", "whole"), [(None, False), (4, False), (3, True), (1, True)])
def test_so_many_dates_are_enough(
    least: int | None,
    *,
    whole: bool,
    sketch: Sketch,
    space_need: Make,
    space_offer: Make,
) -> None:
    """Three of four dates are a whole plan exactly when no more than three are wanted."""
    hall(sketch, space_offer, {1})
    answer = sketch.answer(sketch.need(space_need(minimum_dates=least)))
    assert bool(answer.full) is whole
    assert bool(answer.partial) is not whole


def test_more_dates_come_first(sketch: Sketch, space_need: Make, space_offer: Make) -> None:
    """Among whole plans the one with every date is the best, whatever it costs."""
    hall(sketch, space_offer, {1}, pence=100)
    every = hall(sketch, space_offer, set(), pence=9000)
    full = sketch.answer(sketch.need(space_need(minimum_dates=2))).full
    assert full[0].legs[0].offer == every
    assert len(full) == 2


def test_a_fortnightly_group_is_not_halved_by_nothing(
    sketch: Sketch, space_need: Make, space_offer: Make
) -> None:
    """Weeks in which the group does not meet are no dates that could be enough."""
    when = Schedule(dt.date(2027, 1, 5), "17:00", "19:00", "FREQ=WEEKLY;INTERVAL=2;COUNT=3")
    need = sketch.need(space_need(when=when, alternate_weeks=True))
    windows = sketch.board(need).need.windows
    assert enough_for(space_need(when=when, alternate_weeks=True), windows, ZONE).sets == (7, 7)


options = st.lists(
    st.tuples(st.integers(0, 63), st.tuples(*[st.integers(1, 9)] * 6)), min_size=1, max_size=5
)
goals = st.one_of(
    st.integers(1, 63).map(everything),
    st.builds(Enough, st.tuples(st.just(63), st.integers(1, 63)), st.integers(1, 6)),
)


@LAW
@given(drawn=options, goal=goals)
def test_sharing_equals_brute_force(drawn: list[tuple[int, tuple[int, ...]]], goal: Enough) -> None:
    """Every way to give each of six dates to one space or none finds nothing better."""
    spaces = [Option(free, pence) for free, pence in drawn]
    assume(not any(goal.met(space.free) for space in spaces))
    best = None
    choices = [[None, *(n for n, s in enumerate(spaces) if s.free >> d & 1)] for d in range(6)]
    for given_to in itertools.product(*choices):
        mask = sum(1 << d for d, n in enumerate(given_to) if n is not None)
        used = {n for n in given_to if n is not None}
        if goal.met(mask):
            pence = sum(spaces[n].pence[d] for d, n in enumerate(given_to) if n is not None)
            key = (len(used), -mask.bit_count(), pence)
            best = key if best is None else min(best, key)
    found = shared(spaces, goal)
    assert (found is None) == (best is None)
    if found is not None:
        pence = sum(cost(spaces[n], mask) for n, mask in found)
        assert (len(found), -sum(m.bit_count() for _, m in found), pence) == best
        assert all(mask & spaces[n].free == mask for n, mask in found)


def test_two_that_may_not_go_together_are_not_put_together() -> None:
    """The cheapest pair is left out where a rule bars it, and the next one is found."""
    spaces = [Option(0b0111, (1,) * 4), Option(0b1000, (1,) * 4), Option(0b1100, (9,) * 4)]
    found = shared(spaces, everything(0b1111), lambda a, b: {a, b} != {0, 1})
    assert found is not None
    assert [n for n, _ in found] == [0, 2]


def test_a_hard_search_is_cut_short() -> None:
    """Out of steps, sharing still gives spaces that reach the goal between them."""
    spaces = [Option(0b11 << n, (1,) * 61) for n in range(60)]
    goal = everything((1 << 61) - 1)
    found = shared(spaces, goal, steps=100)
    assert found is not None
    assert goal.met(sum(mask for _, mask in found))


spaces_of = st.lists(
    st.fixed_dictionaries(
        {
            "taken": st.sets(st.integers(0, 3), max_size=3),
            "place": st.sampled_from(["Mill", "Ford"]),
            "starts": st.sampled_from(["09:00", "17:30", "18:00"]),
            "weekday": st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TH"]),
            "facilities": st.sampled_from([frozenset(), frozenset({Facility.STAGE})]),
            "pence": st.integers(1, 30).map(lambda n: 100 * n),
        }
    ),
    min_size=1,
    max_size=4,
)
wants = st.fixed_dictionaries(
    {
        "must": st.sampled_from([frozenset(), frozenset({Facility.STAGE})]),
        "max_km": st.sampled_from([1, 5]),
        "may_split": st.booleans(),
        "alternate_weeks": st.booleans(),
        "minimum_dates": st.sampled_from([None, 3]),
    }
)


@LAW
@given(drawn=spaces_of, wanted=wants)
def test_near_misses_succeed_and_none_cheaper_would(
    new_sketch: Callable[[], Sketch],
    space_need: Make,
    space_offer: Make,
    region: Region,
    drawn: list[dict[str, Any]],
    wanted: dict[str, Any],
) -> None:
    """Posting each declared relaxation one by one finds just the near misses that were shown."""
    sketch = new_sketch()
    for each in drawn:
        hours = Schedule(dt.date(2027, 1, 1), each["starts"], "22:00", each["weekday"])
        kept = {key: each[key] for key in ("taken", "pence", "place", "facilities")}
        hall(sketch, space_offer, hours=(hours,), **kept)
    body: SpaceNeed = space_need(**wanted)
    need = sketch.need(body)
    answer = sketch.answer(need)
    assert all((not plan.missing) for plan in answer.full)
    assume(not answer.full)
    declared = sorted(cypn_exchange().relaxations(body), key=lambda r: (r.cost, r.sentence))
    works = [r for r in declared if sketch.answer(sketch.need(r.body, party=need)).full]
    assert [near.relaxed for near in answer.near] == works[: len(answer.near)]
    assert len(answer.near) == min(len(works), region.settings.near_misses)
