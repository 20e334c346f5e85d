"""A small invented region, and bodies that are right unless a test says otherwise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from cypn_core import hookimpl
from cypn_core.application.sketch import Sketch
from cypn_core.domain.places import Place, Point
from cypn_core.domain.region import Region
from cypn_core.domain.times import Calendar, DateSpan, Schedule
from cypn_core.hub import Hub
from cypn_venue_bank import plugin
from cypn_venue_bank.codes import Basis, SpaceType, StoreAccess
from cypn_venue_bank.needs import SpaceNeed, StorageNeed
from cypn_venue_bank.offers import SpaceOffer, StorageOffer
from cypn_venue_bank.prices import Price

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
REGION = Region(
    code="testshire",
    name="Testshire",
    zone_name="Europe/London",
    places=(
        Place(code="mill", name="Mill", kind="town", point=Point(360_000, 160_000)),
        Place(code="ford", name="Ford", kind="village", point=Point(363_000, 160_000)),
        Place(code="hill", name="Hill", kind="village", point=Point(376_000, 160_000)),
    ),
    calendars={
        "bank_holidays": Calendar(
            "bank_holidays",
            "bank holidays",
            "1",
            (DateSpan(dt.date(2027, 5, 3), dt.date(2027, 5, 3)),),
        )
    },
)


class _Testshire:
    """The region as a plugin."""

    @hookimpl
    def cypn_region(self) -> Region:
        return REGION


@pytest.fixture
def region() -> Region:
    return REGION


@pytest.fixture
def new_sketch() -> Callable[[], Sketch]:
    """For properties, which need a network of their own for each example."""
    hub = Hub.of(plugin, _Testshire())
    return lambda: Sketch(hub, "venue_bank", NOW)


@pytest.fixture
def sketch(new_sketch: Callable[[], Sketch]) -> Sketch:
    return new_sketch()


@pytest.fixture
def space_need() -> Callable[..., SpaceNeed]:
    """Four Tuesdays from 17:00 to 19:00 for 12 people in Mill."""

    def make(**changes: Any) -> SpaceNeed:
        when = Schedule(dt.date(2027, 1, 5), "17:00", "19:00", "FREQ=WEEKLY;COUNT=4")
        return SpaceNeed(**{"place": "Mill", "when": when, "headcount": 12} | changes)

    return make


@pytest.fixture
def space_offer() -> Callable[..., SpaceOffer]:
    """A hall in Mill for 40, every day from 09:00 to 22:00, at £10.00 an hour."""

    def make(**changes: Any) -> SpaceOffer:
        given: dict[str, Any] = {
            "place": "Mill",
            "space_type": SpaceType.HALL,
            "capacity": 40,
            "hours": (Schedule(dt.date(2027, 1, 1), "09:00", "22:00", "FREQ=DAILY"),),
            "price": Price(basis=Basis.PER_HOUR, pence=1000),
        }
        return SpaceOffer(**given | changes)

    return make


@pytest.fixture
def storage_need() -> Callable[..., StorageNeed]:
    """Six square metres in Mill for a year."""

    def make(**changes: Any) -> StorageNeed:
        given = {"place": "Mill", "starts_on": dt.date(2027, 1, 11), "months": 12, "area_m2": 6}
        return StorageNeed(**given | changes)

    return make


@pytest.fixture
def storage_offer() -> Callable[..., StorageOffer]:
    """Ten square metres in Mill, reached every day, at £15.00 a month."""

    def make(**changes: Any) -> StorageOffer:
        given: dict[str, Any] = {
            "place": "Mill",
            "area_m2": 10,
            "available_from": dt.date(2027, 1, 1),
            "access": StoreAccess.DAILY,
            "price": Price(basis=Basis.PER_MONTH, pence=1500),
        }
        return StorageOffer(**given | changes)

    return make
