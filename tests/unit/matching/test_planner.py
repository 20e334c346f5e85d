"""What a planner says is checked: an unsound plan is dropped and the rest are ranked."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from tests.networks import HUB, NOW
from tests.sample_exchange import ThingNeed, ThingOffer, northtown, things

from cypn_core.application.sketch import Sketch
from cypn_core.domain.ids import PostingId
from cypn_core.domain.plans import Missing, Plan, PriceLine, Share
from cypn_core.domain.postings import Claim, Unit
from cypn_core.domain.times import Schedule
from cypn_core.hub import Hub
from cypn_core.matching.planner import Board, holds, leg_for, one_leg, ranked
from cypn_transport import needs as trips
from cypn_transport import offers as rides

PRICED = one_leg("thing", lambda *_: (PriceLine("price", 500),))


@pytest.fixture
def board() -> Board:
    """Three things, and a need for one."""
    sketch = Sketch(Hub.of(things(), northtown()), "things", NOW)
    for _ in range(3):
        sketch.offer(ThingOffer())
    return sketch.board(sketch.need(ThingNeed()))


def _leg(plan: Plan, **changes: Any) -> Plan:
    return evolve(plan, legs=(evolve(plan.legs[0], **changes),))


def test_a_sound_plan_holds(board: Board) -> None:
    """The default planner's plans all do."""
    assert all(holds(board, plan) for plan in PRICED(board))


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda plan: evolve(plan, needs=(PostingId("foreign"),)),
        lambda plan: evolve(plan, legs=()),
        lambda plan: evolve(plan, score=float("nan")),
        lambda plan: _leg(plan, offer=PostingId("foreign")),
        lambda plan: _leg(plan, role="wing"),
        lambda plan: _leg(plan, claims=(Claim(Unit(code="foreign")),)),
        lambda plan: _leg(plan, claims=(evolve(plan.legs[0].claims[0], quantity=0),)),
        lambda plan: _leg(plan, lines=(PriceLine("price", 499),)),
        lambda plan: _leg(plan, lines=None),
        lambda plan: evolve(plan, shares=(Share(PostingId("foreign"), 500, "it pays"),)),
        lambda plan: evolve(plan, shares=(Share(plan.needs[0], 501, "too much"),)),
    ],
)
def test_an_unsound_plan_is_dropped_and_the_others_stay(board: Board, spoilt: Any) -> None:
    """Foreign ids, units that there are not, shares that do not meet the price."""
    first, *rest = PRICED(board)
    assert not holds(board, spoilt(first))
    kept = ranked(board, lambda _: [spoilt(first), *rest])
    assert {plan.key for plan in kept} == {plan.key for plan in rest}


def test_what_a_rule_keeps_apart_is_in_no_plan() -> None:
    """A planner that joins a driver to a vehicle without the licence for it loses that plan."""
    sketch = Sketch(HUB, "transport", NOW)
    always = (Schedule(dt.date(2027, 1, 1), "08:00", "23:00", "FREQ=DAILY"),)
    late = dt.date(2029, 1, 1)
    sketch.offer(
        rides.VehicleOffer(
            place="Sallow",
            layouts=(rides.Layout(14),),
            hours=always,
            mot_until=late,
            insured_until=late,
            inspections=(dt.date(2027, 1, 8),),
            rates=rides.Rates(hire_pence=0, fuel_pence=0, distance_pence=0, insurance_pence=0),
        )
    )
    for categories in ({rides.Category.D1}, {rides.Category.B}):
        sketch.offer(
            rides.DriverOffer(
                place="Sallow",
                hours=always,
                categories=frozenset(categories),
                born=1980,
                licence_until=late,
                drives_minibuses_since=dt.date(2015, 1, 1),
                midas_until=late,
                expenses_pence=0,
            )
        )
    need = sketch.need(
        trips.TripNeed(
            place="Sallow",
            destination="Norchester",
            on=dt.date(2027, 1, 12),
            leaves="10:00",
            back_by="15:00",
            children=6,
            adults=2,
        )
    )
    board = sketch.board(need)
    (car,), drivers = board.survivors("vehicle"), board.survivors("driver")
    joined = [
        Plan(needs=(need,), legs=(leg_for(board, car), leg_for(board, driver)))
        for driver in drivers
    ]
    licensed = [rides.Category.D1 in driver.offer.body.categories for driver in drivers]
    assert [holds(board, plan) for plan in joined] == licensed
    assert sorted(licensed) == [False, True]


@given(
    found=st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from([0.0, 1.0, 2.0])), min_size=1, max_size=3
    )
)
def test_full_plans_come_first_and_better_ones_before_worse(found: list[tuple[int, float]]) -> None:
    """Fewest missing first, then the highest score; one of two equal keys is enough."""
    sketch = Sketch(Hub.of(things(), northtown()), "things", NOW)
    for _ in found:
        sketch.offer(ThingOffer())
    board = sketch.board(sketch.need(ThingNeed()))
    plans = [
        evolve(plan, score=score, missing=(Missing("part", "a part"),) * lacking)
        for plan, (lacking, score) in zip(one_leg("thing")(board), found, strict=True)
    ]
    order = [(len(plan.missing), -plan.score) for plan in ranked(board, lambda _: plans + plans)]
    assert order == sorted((lacking, -score) for lacking, score in found)
