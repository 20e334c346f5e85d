"""Whose permit it is, and whom it covers, alone and together."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from cypn_core.domain.times import Schedule, Window
from cypn_core.matching.rules import Context, Finding
from cypn_transport.limits import breaks_due, longest_ride, too_long_at_the_wheel
from cypn_transport.needs import TripNeed
from cypn_transport.offers import Layout, PassengerClass, Permit, VehicleOffer
from cypn_transport.permits import borrowed, passenger_class, permit, pool_barred, public
from cypn_transport.settings import TransportSettings

DAY = dt.date(2027, 7, 10)
START = dt.datetime(2027, 7, 10, 9, tzinfo=dt.UTC)
CONTEXT = Context(
    now=dt.datetime(2026, 11, 22, tzinfo=dt.UTC),
    zone="Europe/London",
    settings=TransportSettings(),
    windows=(Window(START, START + dt.timedelta(hours=8)),),
)
A, B = PassengerClass.BENEFICIARIES, PassengerClass.PUPILS
NEED = TripNeed(
    place="Ashby", destination="Brook", on=DAY, leaves="09:00", back_by="17:00",
    children=5, adults=2,
)  # fmt: skip
CAR = VehicleOffer(
    place="Ashby",
    layouts=(Layout(16),),
    hours=(Schedule(DAY, "06:00", "23:00"),),
    permit=Permit.SECTION_19,
    permit_until=DAY,
    classes=frozenset({A}),
    lends_under_permit=True,
)


def barred(need: TripNeed, car: VehicleOffer) -> str | None:
    """The code of the first rule of permits that bars the pair."""
    said = [judge(need, car, CONTEXT) for judge in (permit, borrowed, passenger_class, public)]
    return next((v.code for v in said if v and v.finding is Finding.BARS), None)


CASES: list[tuple[dict[str, Any], dict[str, Any], str | None]] = [
    ({}, {}, None),
    ({"classes": frozenset({A, B})}, {}, "passenger_class"),
    ({"classes": frozenset({B})}, {}, "passenger_class"),
    ({}, {"permit": Permit.NONE}, "permit"),
    ({}, {"permit_until": DAY - dt.timedelta(1)}, "permit"),
    ({}, {"permit_until": dt.date(2031, 11, 22)}, None),
    ({}, {"permit_until": dt.date(2031, 11, 23)}, "permit"),
    ({}, {"layouts": (Layout(17),)}, "permit"),
    ({}, {"layouts": (Layout(17),), "permit": Permit.SECTION_19_LARGE}, None),
    ({}, {"lends_under_permit": False}, "borrowers_permit"),
    ({}, {"lends_under_permit": False, "comes_with_driver": True}, None),
    ({}, {"permit": Permit.PSV}, "borrowers_permit"),
    ({"own_permit": True}, {"lends_under_permit": False, "permit": None}, None),
    ({"own_permit": True}, {"layouts": (Layout(17),)}, "permit"),
    ({"open_to_public": True}, {}, "public"),
    ({"open_to_public": True}, {"permit": Permit.SECTION_22}, None),
    ({"open_to_public": True, "own_permit": True}, {"permit": Permit.SECTION_22}, "public"),
]


@pytest.mark.parametrize(("need", "car", "code"), CASES)
def test_a_group_rides_for_payment_under_a_permit_that_covers_it(
    need: dict[str, Any], car: dict[str, Any], code: str | None
) -> None:
    """Each way in which a permit falls short has the code of its rule."""
    assert barred(evolve(NEED, **need), evolve(CAR, **car)) == code


def test_no_class_and_not_every_class_are_told_apart() -> None:
    """Who reads it learns whether any of the passengers would be covered."""
    none, some = (
        passenger_class(evolve(NEED, classes=frozenset(classes)), CAR, CONTEXT)
        for classes in ({B}, {A, B})
    )
    assert none is not None
    assert some is not None
    assert "does not name passengers such as yours" in none.sentence
    assert "not all" in some.sentence


GROUPS = st.lists(
    st.builds(
        evolve,
        st.just(NEED),
        classes=st.sampled_from([frozenset({A}), frozenset({B}), frozenset({A, B})]),
        own_permit=st.booleans(),
        passengers_pay=st.booleans(),
    ),
    min_size=2,
    max_size=3,
)


@given(groups=GROUPS, classes=st.frozensets(st.sampled_from([A, B])), lends=st.booleans())
def test_one_permit_covers_every_class_of_every_group_that_rides_together(
    groups: list[TripNeed], classes: frozenset[PassengerClass], *, lends: bool
) -> None:
    """Nobody's own permit covers the others, so the vehicle's must cover them all."""
    car = evolve(CAR, classes=classes, lends_under_permit=lends)
    everybody = {each for need in groups for each in need.classes}
    assert (pool_barred(groups, car, CONTEXT) is None) is (lends and everybody <= classes)


@given(direct=st.floats(0, 600))
def test_a_childs_ride_is_a_half_longer_or_a_quarter_of_an_hour(direct: float) -> None:
    """Whichever is more; so short rides may take a detour and long ones do not double."""
    most = longest_ride(direct, TransportSettings())
    assert most == (direct + 15 if direct <= 30 else direct * 1.5)


@given(days=st.lists(st.integers(0, 900), max_size=7))
def test_hours_at_the_wheel_are_limited_in_weeks_with_a_day_of_more_than_four(
    days: list[int],
) -> None:
    """Ten hours are the most of any day; a break of 30 minutes parts every 5½ hours."""
    over = [minutes for minutes in days if minutes > 600]
    said = too_long_at_the_wheel(days, TransportSettings())
    assert said == (max(over) if over else None)
    for minutes in days:
        rests = breaks_due(minutes, TransportSettings()) // 30
        assert minutes <= 330 * (rests + 1)
        assert rests == 0 or minutes > 330 * rests
