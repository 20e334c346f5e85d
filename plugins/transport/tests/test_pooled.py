"""Outings that several groups share: who rides together, when, and at what price."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from cypn_core import hookimpl
from cypn_core.application.sketch import Sketch
from cypn_core.domain.places import Place, Point
from cypn_core.domain.plans import Plan
from cypn_core.domain.region import Region
from cypn_core.domain.roads import Roads
from cypn_core.domain.times import Schedule
from cypn_core.hub import Hub
from cypn_core.matching.planner import Board, Proposal, holds, ranked
from cypn_transport import plugin
from cypn_transport.day import together
from cypn_transport.needs import AgeBand, Away, TripNeed
from cypn_transport.offers import Access, Layout, PassengerClass, Permit, Rates, VehicleOffer
from cypn_transport.planner import plan

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
DAY = dt.date(2027, 7, 10)
LATER = dt.date(2027, 12, 31)
BUS = VehicleOffer(
    place="Depot",
    layouts=(Layout(16), Layout(10, 2)),
    hours=(Schedule(DAY, "06:00", "23:00"),),
    comes_with_driver=True,
    registered=2022,
    inspections=(DAY - dt.timedelta(20),),
    mot_until=LATER,
    insured_until=LATER,
    permit=Permit.SECTION_22,
    permit_until=LATER,
    rates=Rates(hire_pence=6500, fuel_pence=0, distance_pence=0, insurance_pence=0, driver_pence=0),
)
EIGHT, ELEVEN = frozenset({AgeBand.FROM_8}), frozenset({AgeBand.FROM_8, AgeBand.FROM_11})


class Line:
    """Places along a road, by their kilometre; a region's settings of its own."""

    def __init__(self, **its: Any) -> None:
        self._its = its

    @hookimpl
    def cypn_region(self) -> Region:
        """See the hook."""
        spots = {"Depot": 0, "Fair": 30} | {f"Km {n}": n for n in range(1, 30)}
        places = tuple(
            Place(f"p{at}", name, "village", Point(300_000 + 1000 * km, 200_000))
            for at, (name, km) in enumerate(spots.items())
        )
        return Region(
            code="line", name="Line", zone_name="Europe/London", places=places,
            travel=Roads(factor_low=1.0, factor_high=1.0), exchanges={"transport": self._its},
        )  # fmt: skip


def trip(km: int, leaves: str = "09:00", **changes: Any) -> TripNeed:
    made = TripNeed(
        place=f"Km {km}", destination="Fair", on=DAY, leaves=leaves, back_by="17:00",
        children=5, adults=1, ages=EIGHT, may_share=True,
    )  # fmt: skip
    return evolve(made, **changes)


def boards(*needs: TripNeed, cars: tuple[VehicleOffer, ...] = (BUS,), **its: Any) -> list[Board]:
    """The board of each need, over one snapshot of all of them and *cars*."""
    sketch = Sketch(Hub.of(plugin, Line(**its)), "transport", NOW)
    for car in cars:
        sketch.offer(car)
    return [sketch.board(each) for each in [sketch.need(need) for need in needs]]


def shared(board: Board) -> list[Plan]:
    return [each for each in ranked(board, plan) if len(each.needs) > 1]


def test_t04_seven_and_six_share_one_journey_by_seats() -> None:
    """£35.00 and £30.00 of exactly £65.00; 13 people in one vehicle; each sees its price alone."""
    seven, six = trip(10, children=6), trip(12, "09:20", ages=ELEVEN)
    first, second = boards(seven, six, share_by="seats")
    (one,), (other,) = shared(first), shared(second)
    assert one.key == other.key
    assert one.pence == 6500
    assert {share.pence for share in one.shares} == {3500, 3000}
    assert [share.alone for share in one.shares] == [6500, 6500]
    assert one.because[0] == "13 people of 2 groups ride together in one vehicle."
    (leg,) = one.legs
    assert sorted(claim.quantity for claim in leg.claims) == [1, 13]


@pytest.mark.parametrize(
    "changes",
    [
        {"may_share": False},
        {"ages": frozenset({AgeBand.FROM_14})},
        {"ages": frozenset()},
        {"ages": frozenset({AgeBand.ADULTS})},
        {"leaves": "09:50"},
        {"on": DAY + dt.timedelta(1)},
        {"needs_driver": False},
        {"children": 11},
        {"budget_pence": 100},
    ],
)
def test_two_that_do_not_go_together_have_two_answers(changes: dict[str, Any]) -> None:
    """Not ticked, ages, times, another day, own driver, too many, too dear: nothing is shared."""
    first, second = boards(trip(10), evolve(trip(10), **changes))
    assert shared(first) == []
    assert shared(second) == []


def test_a_place_between_the_two_is_on_the_way() -> None:
    """Those nearer the fair are picked up later, and all are at home in time."""
    first, _ = boards(trip(5), trip(20, "09:20"))
    (plan_,) = shared(first)
    far, near = sorted(share.because.split(" and home")[0] for share in plan_.shares)
    assert far < near
    assert far >= "picked up at 09:00"
    assert near <= "picked up at 09:50"


def test_nobody_rides_longer_than_its_limit() -> None:
    """A detour that lets the first ride more than half as long again is no pool."""
    first, _ = boards(trip(25), evolve(trip(1, "08:45"), destination="Km 20", place="Km 29"))
    assert shared(first) == []


def test_a_permit_covers_every_group() -> None:
    """A section 19 permit that names but one of the two classes carries neither with the other."""
    one, other = trip(10), trip(10, classes=frozenset({PassengerClass.PUPILS}))
    some = evolve(
        BUS,
        permit=Permit.SECTION_19,
        classes=frozenset({PassengerClass.BENEFICIARIES}),
    )
    both = evolve(some, classes=frozenset({PassengerClass.BENEFICIARIES, PassengerClass.PUPILS}))
    assert shared(boards(one, other, cars=(some,))[0]) == []
    assert shared(boards(one, other, cars=(both,))[0])


def test_ones_own_permit_does_not_cover_the_others() -> None:
    """Each may go alone under its own; together they need the vehicle's."""
    own = trip(10, own_permit=True)
    bare = evolve(BUS, permit=Permit.NONE, permit_until=None)
    first, _ = boards(own, own, cars=(bare,))
    assert ranked(first, plan)
    assert shared(first) == []


def test_what_neither_can_pay_alone_they_may_share() -> None:
    """£65.00 is over both budgets; half of it is over none."""
    need = trip(10, budget_pence=4000)
    first, _ = boards(need, need)
    assert [each.full for each in ranked(first, plan)] == [True, False]


def test_a_vehicle_that_does_not_wait_is_used_each_way() -> None:
    """Two groups that are left for the day share it there and back."""
    away = Away(arrives="11:00", back_from="15:00")
    first, _ = boards(trip(10, away=away), trip(12, away=away))
    (plan_,) = shared(first)
    assert len(plan_.legs[0].windows) == 2


def proposed(*needs: TripNeed, **more: Any) -> tuple[Proposal, list[Board]]:
    made = boards(*needs, **more)
    return together(made), made


def test_a_day_is_planned_so_that_more_are_served() -> None:
    """One vehicle, three groups: the two that fit together share it, and one is left."""
    found, made = proposed(trip(10), trip(11), trip(12, children=14, may_share=False))
    (plan_,) = found.plans
    assert len(plan_.needs) == 2
    assert holds(made[0], plan_) or holds(made[1], plan_)
    assert found.bound >= 2
    notes = found.notes[plan_.key]
    assert notes[0] == "Together it costs £65.00, £65.00 less than each alone."
    assert all("Shapley value is £32.50" in note for note in notes[1:])


def test_three_groups_ride_in_one_vehicle() -> None:
    """Up to three: and each pays less than alone, to the penny."""
    needs = [trip(km, children=4) for km in (10, 10, 11)]
    found, _ = proposed(*needs)
    (plan_,) = found.plans
    assert len(plan_.needs) == 3
    assert sum(share.pence for share in plan_.shares) == 6500
    assert all(share.pence < (share.alone or 0) for share in plan_.shares)


TRIPS = st.builds(
    trip,
    km=st.integers(1, 29),
    leaves=st.sampled_from(["08:40", "09:00", "09:20"]),
    children=st.integers(1, 9),
    ages=st.sampled_from([EIGHT, ELEVEN, frozenset({AgeBand.ADULTS})]),
    may_share=st.sampled_from([True, True, True, False]),
    wheelchair_users=st.sampled_from([0, 0, 0, 1]),
    budget_pence=st.sampled_from([None, None, 3000]),
)
CARS = st.lists(
    st.builds(
        evolve,
        st.sampled_from([BUS, evolve(BUS, access=Access.LIFT)]),
        rates=st.sampled_from([BUS.rates, evolve(BUS.rates, distance_pence=60)]),
        layouts=st.sampled_from([BUS.layouts, (Layout(8),)]),
    ),
    min_size=1,
    max_size=2,
)


def faults(made: list[Board], plan_: Plan) -> list[str]:
    """What is wrong with a shared plan, said without the planner's own code."""
    bodies = {b.need.id: b.need.body for b in made}
    riding = [body for n in plan_.needs if isinstance(body := bodies[n], TripNeed)]
    car = next(o.body for o in made[0].snapshot.offers if o.id == plan_.legs[0].offer)
    assert isinstance(car, VehicleOffer)
    seats = sum(body.children + body.adults - body.wheelchair_users for body in riding)
    chairs = sum(body.wheelchair_users for body in riding)
    found = [] if all(body.may_share for body in riding) else ["unticked"]
    if not any(x.seats >= seats and x.wheelchairs >= chairs for x in car.layouts):
        found.append("room")
    if chairs and car.access is not Access.LIFT:
        found.append("access")
    if len({AgeBand.ADULTS in body.ages for body in riding}) > 1:
        found.append("ages")
    if sum(share.pence for share in plan_.shares) != plan_.pence:
        found.append("sum")
    for share in plan_.shares:
        body = bodies[share.need]
        assert isinstance(body, TripNeed)
        if share.pence > (share.alone or 0):
            found.append("above alone")
        if body.budget_pence is not None and share.pence > body.budget_pence:
            found.append("above budget")
    starts = [b.need.windows[0].start for b in made if b.need.id in plan_.needs]
    (window,) = plan_.legs[0].windows
    late = max(starts) - min(starts) > dt.timedelta(minutes=60)
    if window.start < min(starts) or late:
        found.append("times")
    return found


@settings(max_examples=40)
@given(needs=st.lists(TRIPS, min_size=2, max_size=5), cars=CARS)
def test_every_shared_plan_passes_an_independent_verifier(
    needs: list[TripNeed], cars: list[VehicleOffer]
) -> None:
    """Room, access, ages, ticks, times and shares hold in every plan, alone or of the day."""
    found, made = proposed(*needs, cars=tuple(cars))
    plans = [each for board in made for each in shared(board)]
    for plan_ in (*plans, *(each for each in found.plans if len(each.needs) > 1)):
        assert faults(made, plan_) == []
    taken = [need for each in found.plans for need in each.needs]
    assert len(taken) == len(set(taken))
    assert all(holds({b.need.id: b for b in made}[p.needs[0]], p) for p in found.plans)


@settings(max_examples=20)
@given(needs=st.lists(TRIPS, min_size=2, max_size=4), cars=CARS)
def test_sharing_never_serves_fewer(needs: list[TripNeed], cars: list[VehicleOffer]) -> None:
    """A day with those that ticked serves no fewer groups than the same day without ticks."""
    alone = [evolve(need, may_share=False) for need in needs]
    counts = [
        sum(len(each.needs) for each in proposed(*some, cars=tuple(cars))[0].plans)
        for some in (needs, alone)
    ]
    assert counts[0] >= counts[1]
