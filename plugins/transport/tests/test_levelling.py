"""T05: with rural levelling every journey of a vehicle in a month pays the same empty running."""

from __future__ import annotations

import datetime as dt

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from cypn_core import hookimpl
from cypn_core.application.sketch import Sketch
from cypn_core.domain.places import Place, Point
from cypn_core.domain.plans import Leg, Plan, PriceLine
from cypn_core.domain.region import Region
from cypn_core.domain.roads import Roads
from cypn_core.domain.times import Schedule
from cypn_core.hub import Hub
from cypn_core.matching.planner import Board, ranked
from cypn_transport import plugin
from cypn_transport.needs import TripNeed
from cypn_transport.offers import Layout, Permit, Rates, VehicleOffer
from cypn_transport.planner import plan

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
LATER = dt.date(2027, 12, 31)
FAR, NEAR = dt.date(2027, 7, 10), dt.date(2027, 7, 17)
BUS = VehicleOffer(
    place="Depot",
    layouts=(Layout(16),),
    hours=(Schedule(dt.date(2027, 7, 1), "06:00", "23:00", "FREQ=DAILY;COUNT=62"),),
    comes_with_driver=True,
    registered=2022,
    inspections=tuple(dt.date(2027, 6, 28) + dt.timedelta(weeks=n) for n in range(0, 12, 4)),
    mot_until=LATER,
    insured_until=LATER,
    permit=Permit.SECTION_22,
    permit_until=LATER,
    rates=Rates(hire_pence=0, fuel_pence=0, distance_pence=60, insurance_pence=0, driver_pence=0),
)


class Around:
    """A depot, and places so many metres from it; roads as straight as a ruler."""

    def __init__(self, *metres: int, levelling: bool = True) -> None:
        self._metres, self._levelling = metres, levelling

    @hookimpl
    def cypn_region(self) -> Region:
        """See the hook."""
        spots = {"Depot": 0, "Fair": -500} | {f"At {m}": m for m in self._metres}
        places = tuple(
            Place(f"p{at}", name, "village", Point(300_000 + metres, 200_000))
            for at, (name, metres) in enumerate(spots.items())
        )
        return Region(
            code="round",
            name="Round",
            zone_name="Europe/London",
            places=places,
            travel=Roads(factor_low=1.0, factor_high=1.0),
            exchanges={"transport": {"rural_levelling": self._levelling}},
        )


def trip(metres: int, day: dt.date) -> TripNeed:
    """An outing of 30 km there and back from so many metres off the depot."""
    return TripNeed(
        place=f"At {metres}", destination="Fair", on=day, leaves="09:00", back_by="17:00",
        children=5, adults=1, distance_km=15,
    )  # fmt: skip


def boards(*needs: TripNeed, levelling: bool = True) -> list[Board]:
    """The board of each need, with one vehicle and all the others asked for too."""
    places = {int((need.place or "").split()[1]) for need in needs}
    sketch = Sketch(Hub.of(plugin, Around(*places, levelling=levelling)), "transport", NOW)
    sketch.offer(BUS)
    return [sketch.board(each) for each in [sketch.need(need) for need in needs]]


def best(board: Board) -> Plan:
    return ranked(board, plan)[0]


def lines(plan: Plan) -> dict[str, int]:
    return {line.label: line.pence for leg in plan.legs for line in leg.lines or ()}


def agreed(board: Board, leg: Leg) -> Board:
    """The same board once *leg* is agreed."""
    offers = tuple(
        evolve(each, agreed=(leg,)) if each.id == leg.offer else each
        for each in board.snapshot.offers
    )
    return evolve(board, snapshot=evolve(board.snapshot, offers=offers))


def test_t05_both_pay_the_same_and_costs_are_met() -> None:
    """24.8 + 5.6 km of empty running, £18.24, is a line of its own: £18.00 + £9.12 each."""
    plans = [best(board) for board in boards(trip(12_400, FAR), trip(2_800, NEAR))]
    for each in plans:
        assert lines(each) == {
            "mileage with the group aboard": 1800,
            "equal share of empty running": 912,
        }
    assert sum(each.pence or 0 for each in plans) == 5424


def test_without_levelling_each_pays_the_empty_running_that_it_causes() -> None:
    """The far one pays for 24.8 km, the near one for 5.6."""
    plans = [best(board) for board in boards(trip(12_400, FAR), trip(2_800, NEAR), levelling=False)]
    assert [lines(each)["empty running"] for each in plans] == [1488, 336]


def test_another_month_is_another_round() -> None:
    """A journey in August shares nothing with one in July."""
    august = FAR.replace(month=8)
    plans = [best(board) for board in boards(trip(12_400, FAR), trip(2_800, august))]
    assert [lines(each)["equal share of empty running"] for each in plans] == [1488, 336]


def test_a_levy_that_was_agreed_stays_for_the_month() -> None:
    """Once one has agreed to £9.12, a third that asks changes nothing for the second."""
    first, *_ = boards(trip(12_400, FAR), trip(2_800, NEAR))
    leg = best(first).legs[0]
    _, second, third = boards(
        trip(20_000, dt.date(2027, 7, 24)), trip(2_800, NEAR), trip(40_000, FAR)
    )
    for board in (second, third):
        bus = board.snapshot.offers[0].id
        then = best(agreed(board, evolve(leg, offer=bus)))
        assert lines(then)["equal share of empty running"] == 912


def test_a_levy_of_another_month_binds_nobody() -> None:
    """What was agreed for July says nothing of August."""
    (july,) = boards(trip(12_400, FAR))
    leg = best(july).legs[0]
    (august,) = boards(trip(2_800, FAR.replace(month=8)))
    then = best(agreed(august, evolve(leg, offer=august.snapshot.offers[0].id)))
    assert lines(then)["equal share of empty running"] == 336


@given(metres=st.lists(st.integers(1, 300).map(lambda n: 100 * n), min_size=1, max_size=4))
def test_levies_are_equal_and_meet_the_cost(metres: list[int]) -> None:
    """Everybody is shown the same levy; together they differ from the cost by rounding alone."""
    needs = [trip(each, FAR + dt.timedelta(days=at)) for at, each in enumerate(metres)]
    levies = [lines(best(board))["equal share of empty running"] for board in boards(*needs)]
    caused = sum((2 * each // 100) * 6 for each in metres)
    assert len(set(levies)) == 1
    assert abs(sum(levies) - caused) <= len(levies) / 2


@pytest.mark.parametrize("metres", [100, 30_000])
def test_how_far_the_depot_is_plays_no_part_in_the_ranking(metres: int) -> None:
    """A plan for a place next door has the score of a plan for one that is far away."""
    plans = [best(board) for board in boards(trip(metres, FAR), trip(30_100 - metres, NEAR))]
    assert plans[0].score == plans[1].score


def test_a_budget_is_measured_by_the_levelled_price() -> None:
    """£27.12 is within £27.12, though the journey by itself would cost £32.88."""
    far = evolve(trip(12_400, FAR), budget_pence=2712)
    board, _ = boards(far, trip(2_800, NEAR))
    assert best(board).full
    short, _ = boards(evolve(far, budget_pence=2711), trip(2_800, NEAR))
    assert [m.sentence for m in best(short).missing] == ["£0.01 over your budget"]


def test_the_line_of_a_levy_is_told_from_other_lines() -> None:
    """An agreed journey from before levelling fixes nothing: its line has another name."""
    (board,) = boards(trip(2_800, NEAR))
    old = Leg(offer=board.snapshot.offers[0].id, role="vehicle", windows=board.need.windows,
              lines=(PriceLine("empty running", 5000),))  # fmt: skip
    assert lines(best(agreed(board, old)))["equal share of empty running"] == 336
