"""Who drives and who rides along: licences, hours, skills and child seats, rule by rule."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from attrs import evolve

from cypn_core.domain.standing import Passport
from cypn_core.domain.times import Schedule, Window
from cypn_core.matching.rules import Audience, Context, Finding, Verdict
from cypn_transport import drivers, escorts, vehicles
from cypn_transport.escorts import EscortOffer, Skill
from cypn_transport.needs import Away, TripNeed
from cypn_transport.offers import (
    Access,
    Category,
    ChildSeats,
    DriverOffer,
    Gearbox,
    Layout,
    Permit,
    VehicleOffer,
)
from cypn_transport.settings import TransportSettings

DAY = dt.date(2027, 7, 10)
HOURS = (Schedule(DAY, "06:00", "23:00"),)
NEED = TripNeed(
    place="Ashby", destination="Brook", on=DAY, leaves="09:00", back_by="17:00",
    children=5, adults=2, needs_escort=True,
)  # fmt: skip
CAR = VehicleOffer(
    place="Ashby", layouts=(Layout(16),), hours=HOURS, gearbox=Gearbox.MANUAL, mass_kg=3500,
    permit=Permit.SECTION_19,
)  # fmt: skip
DRIVER = DriverOffer(
    place="Ashby", hours=HOURS, categories=frozenset({Category.B}), born=1980,
    b_since=dt.date(2025, 7, 10), licence_until=DAY,
)  # fmt: skip
ESCORT = EscortOffer(place="Ashby", hours=HOURS, furthest_km=10)


def at(hours: float = 8, **changes: Any) -> Context:
    """What the rules are told of an outing of so many hours."""
    start = dt.datetime(2027, 7, 10, 8, tzinfo=dt.UTC)
    given: dict[str, Any] = {
        "now": dt.datetime(2026, 11, 22, tzinfo=dt.UTC),
        "zone": "Europe/London",
        "settings": TransportSettings(),
        "windows": (Window(start, start + dt.timedelta(hours=hours)),),
        "km": 5.0,
        "second": Passport(frozenset({"escort"}), DAY),
    }
    return Context(**given | changes)


def bars(said: Verdict | None) -> bool:
    return said is not None and said.finding is Finding.BARS


@pytest.mark.parametrize(
    ("car", "driver", "may"),
    [
        ({}, {}, True),
        ({"tows_trailer": True}, {}, False),
        ({"permit": Permit.PSV}, {}, False),
        ({"mass_kg": 3501}, {}, False),
        ({"mass_kg": 4250, "access": Access.RAMP}, {}, True),
        ({"mass_kg": 4251, "access": Access.RAMP}, {}, False),
        ({"layouts": (Layout(17),)}, {}, False),
        ({"layouts": (Layout(8),)}, {"paid": True, "born": 2009, "b_since": None}, True),
        ({"layouts": (Layout(8),), "mass_kg": 3501}, {"paid": True}, False),
        ({"layouts": (Layout(7, 2),)}, {"paid": True}, False),
        ({}, {"born": 1957}, False),
        ({}, {"born": 1957, "medical_at_70": True}, True),
        ({"permit": Permit.PSV}, {"categories": frozenset({Category.D1_101})}, False),
        ({"permit": Permit.PSV}, {"categories": frozenset({Category.D1})}, True),
        ({"tows_trailer": True}, {"categories": frozenset({Category.D1_101})}, True),
        ({"layouts": (Layout(17),)}, {"categories": frozenset({Category.D})}, True),
    ],
)
def test_a_licence_covers_the_vehicle_by_one_of_its_categories(
    car: dict[str, Any], driver: dict[str, Any], *, may: bool
) -> None:
    """A car licence drives a car anyway, and a small bus where every condition holds."""
    said = drivers.entitlement(evolve(CAR, **car), evolve(DRIVER, **driver), at())
    assert bars(said) is not may


@pytest.mark.parametrize(
    ("km", "nights", "fits"), [(90, 0, True), (227, 0, True), (228, 0, False), (228, 1, True)]
)
def test_ten_hours_at_the_wheel_are_the_most_of_a_day(km: int, nights: int, *, fits: bool) -> None:
    """At 4 minutes and 1.3 for each kilometre, there and back; over a night each way is a day."""
    need = evolve(NEED, distance_km=km, nights=nights)
    said = drivers.driving_time(need, DRIVER, at(24))
    assert bars(said) is not fits
    assert said is None or said.audience == drivers.OWN


@pytest.mark.parametrize(
    ("km", "minutes", "fits"), [(250, 329, True), (260, 371, False), (260, 372, True)]
)
def test_a_ride_of_more_than_five_and_a_half_hours_has_time_for_a_break(
    km: int, minutes: int, *, fits: bool
) -> None:
    """342 minutes for 260 km and 30 of rest: the times of each way must leave room for both."""
    away = Away(arrives="16:00", back_from="09:00")
    need = evolve(NEED, distance_km=km, nights=1, away=away)
    start = dt.datetime(2027, 7, 10, 8, tzinfo=dt.UTC)
    ways = (start, start + dt.timedelta(days=1))
    windows = tuple(Window(each, each + dt.timedelta(minutes=minutes)) for each in ways)
    assert bars(drivers.driving_break(need, DRIVER, at(windows=windows))) is not fits


@pytest.mark.parametrize(
    ("need", "escort", "context", "code"),
    [
        ({}, {}, {}, None),
        ({}, {}, {"second": Passport(frozenset({"escort"}), DAY - dt.timedelta(1))},
         "escort_checks"),
        ({"wheelchair_users": 1}, {}, {}, "escort_skills"),
        ({"wheelchair_users": 1}, {"skills": frozenset({Skill.WHEELCHAIRS})}, {}, None),
        ({"child_seats": ChildSeats(booster=1)}, {}, {}, "escort_skills"),
        ({"child_seats": ChildSeats(baby=1)}, {"skills": frozenset({Skill.CHILD_SEATS})}, {}, None),
        ({}, {"furthest_km": 4}, {}, "escort_reach"),
        ({}, {}, {"km": None}, "escort_reach"),
    ],
)  # fmt: skip
def test_an_escort_is_checked_near_enough_and_has_learnt_what_is_needed(
    need: dict[str, Any], escort: dict[str, Any], context: dict[str, Any], code: str | None
) -> None:
    """The test that fails is told to the escort and the coordinator, and not to the group."""
    judges = (escorts.safeguarding, escorts.skills, escorts.reach)
    said = [
        judge(evolve(NEED, **need), evolve(ESCORT, **escort), at(**context)) for judge in judges
    ]
    found = [each for each in said if each is not None]
    assert [each.code for each in found] == ([code] if code else [])
    assert all(Audience.SEEKER not in each.audience for each in found)


def test_child_seats_are_counted_sort_by_sort() -> None:
    """Boosters to spare do not make up for a baby seat; a short count leaves it partial."""
    need = evolve(NEED, child_seats=ChildSeats(baby=1, booster=2))
    has = evolve(CAR, child_seats=ChildSeats(baby=1, booster=3))
    assert vehicles.child_seats(need, has, at()) is None
    short = vehicles.child_seats(need, evolve(CAR, child_seats=ChildSeats(booster=9)), at())
    assert short is not None
    assert (short.finding, short.sentence) == (Finding.LACKS, "1 child seat short")


def test_an_escort_takes_a_seat() -> None:
    """Sixteen of the group fill the bus; with an escort it is one seat short."""
    full = evolve(NEED, children=14, needs_escort=False)
    assert vehicles.room(full, CAR, at()).finding is Finding.PASSES
    said = vehicles.room(evolve(full, needs_escort=True), CAR, at())
    assert (said.finding, said.sentence) == (Finding.LACKS, "1 seat short")
