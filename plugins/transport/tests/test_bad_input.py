"""Bad journeys and bad vehicles: each is refused in words that name what to mend."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from attrs import evolve

from cypn_core.domain.errors import Invalid
from cypn_core.domain.postings import Need, Offer
from cypn_core.domain.times import Schedule
from cypn_core.hub import Hub
from cypn_core.web.schemas import load
from cypn_transport.needs import Away, Every, Repeats, TripNeed
from cypn_transport.offers import Layout, PassengerClass, Permit, VehicleOffer
from cypn_transport.relaxations import relaxations

SPRING, AUTUMN = dt.date(2027, 3, 28), dt.date(2027, 10, 31)
WEEK = dt.timedelta(weeks=1)
NEED = TripNeed(
    place="Ashby", destination="Brook", on=SPRING, leaves="09:00", back_by="17:00",
    children=5, adults=2,
)  # fmt: skip
CAR = VehicleOffer(
    place="Ashby", layouts=(Layout(16),), hours=(Schedule(SPRING, "06:00", "23:00"),)
)
SENT: dict[str, Any] = {
    "kind": "trip_need", "place": "Ashby", "destination": "Brook", "on": "2027-03-28",
    "leaves": "09:00", "back_by": "17:00", "children": 5, "adults": 2,
}  # fmt: skip
OFFERED: dict[str, Any] = {
    "kind": "vehicle_offer", "place": "Ashby", "layouts": [{"seats": 16}],
    "hours": [{"first": "2027-03-28", "starts": "06:00", "ends": "23:00"}],
}  # fmt: skip


def said(hub: Hub, body: Need | Offer) -> dict[str, str]:
    return {each.field: each.sentence for each in hub.objections("transport", body)}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"back_by": "08:59"}, "back_by"),
        ({"back_by": "09:00"}, "back_by"),
        ({"leaves": "23:00", "back_by": "01:30"}, "back_by"),
        ({"away": Away(arrives="08:00", back_from="16:00")}, "away"),
        ({"distance_km": 0}, "distance_km"),
        ({"distance_km": -3}, "distance_km"),
    ],
)
def test_a_return_before_the_outward_way_and_no_way_at_all_are_refused(
    changes: dict[str, Any], field: str
) -> None:
    """On the nights of a clock change as on any other; 0 km is no outing."""
    for day in (SPRING, AUTUMN):
        with pytest.raises(ValueError, match=f"^{field} "):
            evolve(NEED, on=day, **changes)


def test_a_return_that_the_clock_change_swallows_is_objected_to(hub: Hub) -> None:
    """01:10 to 01:50 is not there in spring; over the night it is an hour less, and stays one."""
    night = evolve(NEED, leaves="01:10", back_by="01:50")
    assert "clocks" in said(hub, night)["back_by"]
    assert said(hub, evolve(night, on=SPRING - WEEK)) == {}
    assert said(hub, evolve(NEED, on=AUTUMN, leaves="00:30", back_by="02:30")) == {}


def test_one_swallowed_date_of_a_series_is_objected_to(hub: Hub) -> None:
    """It is not dropped in silence among others that stand."""
    repeats = Repeats(every=Every.WEEKLY, until=SPRING + WEEK)
    night = evolve(NEED, on=SPRING - WEEK, leaves="01:10", back_by="01:50", repeats=repeats)
    assert "clocks" in said(hub, night)["back_by"]


@pytest.mark.parametrize("layout", [{"seats": 14, "beds": 2}, "14+0", {"seats": -1}, {}, 14])
def test_an_unknown_layout_names_its_entry(layout: object) -> None:
    """A layout is seats and wheelchair spaces in numbers, and nothing else."""
    with pytest.raises(Invalid) as caught:
        load(VehicleOffer, {**OFFERED, "layouts": [{"seats": 16}, layout]})
    assert all(field.startswith("layouts") and "1" in field for field in caught.value.fields)


def test_a_layout_for_nobody_is_refused() -> None:
    """It would fit no group and hide what the vehicle is."""
    with pytest.raises(ValueError, match=r"^seats must be at least 1"):
        Layout(0)
    assert str(Layout(0, 1)) == "0+1"


@pytest.mark.parametrize("field", ["children", "adults", "ages", "child_seats", "classes"])
def test_names_in_lists_are_refused_and_not_repeated(field: str) -> None:
    """Where a number or a code is due, a list of names is wrong and is not said back."""
    with pytest.raises(Invalid) as caught:
        load(TripNeed, {**SENT, field: ["Sam Hill", "Jo Wood"]})
    assert [each.partition("[")[0] for each in caught.value.fields][:1] == [field]
    assert "Sam" not in str(caught.value.fields)


def test_a_permit_that_names_nobody_is_objected_to(hub: Hub) -> None:
    """Its holder reads that nobody could ride; a permit that names none needs none."""
    nobody = evolve(CAR, permit=Permit.SECTION_19)
    assert "whom" in said(hub, nobody)["classes"]
    assert said(hub, evolve(nobody, classes=frozenset({PassengerClass.MEMBERS}))) == {}
    assert said(hub, evolve(nobody, permit=Permit.SECTION_22)) == {}


def test_a_series_gives_way_on_all_its_dates_together(hub: Hub) -> None:
    """A day later is a day later for each; what the group may shift anyway costs nothing."""
    repeats = Repeats(every=Every.WEEKLY, until=SPRING + 2 * WEEK, except_dates=(SPRING + WEEK,))
    need = evolve(NEED, repeats=repeats, flexible_minutes=45)
    near = {each.sentence: each for each in relaxations(need)}
    later = near["begin on Mon 29 Mar instead"].body
    days = [window.start.date() for window in later.windows(hub.region)]
    assert days == [SPRING + dt.timedelta(1), SPRING + 2 * WEEK + dt.timedelta(1)]
    assert near["leave and come back 45 minutes later"].cost == 0
    assert near["leave and come back 60 minutes later"].cost == pytest.approx(0.25)
