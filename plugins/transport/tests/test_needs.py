"""Outings that are repeated, moved or resumed: which times they want."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from cypn_core.domain.times import Schedule, Window
from cypn_core.hub import Hub
from cypn_transport.needs import Away, Every, Repeats, TripNeed
from cypn_transport.offers import ChildSeats, Layout, VehicleOffer

DAY = dt.date(2027, 7, 10)
WEEKDAYS = (Schedule(DAY, "06:00", "23:00"),)
WEEK = dt.timedelta(weeks=1)
ONCE = TripNeed(
    place="Ashby", destination="Brook", on=DAY, leaves="09:00", back_by="17:00",
    children=5, adults=2,
)  # fmt: skip
WEEKLY = evolve(ONCE, repeats=Repeats(every=Every.WEEKLY, until=DAY + 4 * WEEK))
BOTH_WAYS = evolve(WEEKLY, away=Away(arrives="10:00", back_from="16:00"))


def days_of(need: TripNeed, hub: Hub) -> list[dt.date]:
    return sorted({window.start.date() for window in need.windows(hub.region)})


def test_a_repeated_outing_wants_every_date_and_both_ways(hub: Hub) -> None:
    """Five Saturdays weekly, three fortnightly, and ten ways where the vehicle does not wait."""
    assert days_of(WEEKLY, hub) == [DAY + n * WEEK for n in range(5)]
    every_other = evolve(WEEKLY, repeats=Repeats(every=Every.FORTNIGHTLY, until=DAY + 4 * WEEK))
    assert days_of(every_other, hub) == [DAY, DAY + 2 * WEEK, DAY + 4 * WEEK]
    assert len(BOTH_WAYS.windows(hub.region)) == 10


def test_a_repeated_outing_keeps_its_wall_time_across_the_clock_change(hub: Hub) -> None:
    """09:00 is 08:00 UTC in summer and 09:00 UTC in winter."""
    october = dt.date(2027, 10, 30)
    repeats = Repeats(every=Every.WEEKLY, until=october + WEEK)
    need = evolve(WEEKLY, on=october, repeats=repeats)
    assert [window.start.hour for window in need.windows(hub.region)] == [8, 9]


def test_an_outing_without_end_stops_at_the_tenure_and_is_resumed_after_it(hub: Hub) -> None:
    """Thirteen weeks are wanted at once; the need for the next term begins a week later."""
    long = evolve(WEEKLY, repeats=Repeats(every=Every.WEEKLY, until=DAY + 40 * WEEK))
    days = days_of(long, hub)
    assert len(days) == hub.region.settings.tenure_weeks
    later = long.resumed(hub.region, days[-1])
    assert later is not None
    assert later.on == days[-1] + WEEK
    assert WEEKLY.resumed(hub.region, DAY + 4 * WEEK) is None
    assert ONCE.resumed(hub.region, DAY - WEEK) is None


@pytest.mark.parametrize("whole", [WEEKLY, BOTH_WAYS], ids=["waits", "away"])
@given(kept=st.sets(st.integers(0, 4), min_size=1))
def test_only_some_dates_are_those_dates_and_no_others(
    hub: Hub, whole: TripNeed, kept: set[int]
) -> None:
    """What is left of a repeated outing wants exactly the dates that are left, both ways."""
    days = {DAY + n * WEEK for n in kept}
    left = [w for w in whole.windows(hub.region) if w.start.date() in days]
    assert list(whole.only(left, hub.region).windows(hub.region)) == left


def test_a_moved_outing_is_at_its_new_time(hub: Hub) -> None:
    """One window at another time moves leaving and coming back, a night on the way included."""
    (window,) = ONCE.windows(hub.region)
    later = Window(window.start + dt.timedelta(hours=10), window.end + dt.timedelta(hours=10))
    moved = WEEKLY.only([later], hub.region)
    assert moved.windows(hub.region) == (later,)
    assert (moved.leaves, moved.back_by, moved.nights) == ("19:00", "03:00", 1)


def test_a_vehicle_is_taken_whole_and_its_seats_by_each_who_rides() -> None:
    """Two things of one offer: the vehicle once, and a seat for everybody, an escort included."""
    car = VehicleOffer(place="Ashby", layouts=(Layout(16), Layout(10, 2)), hours=WEEKDAYS)
    whole, seats = car.units()
    assert (whole.capacity, seats.capacity) == (1, 16)
    taken = car.claims(evolve(ONCE, needs_escort=True))
    assert [(claim.unit, claim.quantity) for claim in taken] == [(whole, 1), (seats, 8)]
    crowd = car.claims(evolve(ONCE, children=40))
    assert crowd[1].quantity == seats.capacity


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"repeats": Repeats(every=Every.WEEKLY, until=DAY)}, "repeats.until"),
        ({"repeats": Repeats(every=Every.WEEKLY, until=DAY + WEEK), "nights": 7}, "repeats"),
        ({"child_seats": ChildSeats(booster=6)}, "child_seats"),
        ({"flexible_minutes": 121}, "flexible_minutes"),
        ({"flexible_minutes": -1}, "flexible_minutes"),
    ],
)
def test_what_does_not_add_up_is_refused_by_the_name_of_its_field(
    changes: dict[str, Any], field: str
) -> None:
    """The message begins with the field that is to be mended."""
    with pytest.raises(ValueError, match=f"^{field} "):
        evolve(ONCE, **changes)


def test_an_outing_in_a_term_that_the_region_lacks_is_objected_to(hub: Hub) -> None:
    """The message names the field inside of repeats."""
    repeats = Repeats(every=Every.WEEKLY, until=DAY + WEEK, during=("no_such_term",))
    (said,) = hub.objections("transport", evolve(ONCE, repeats=repeats))
    assert said.field == "repeats.during"
