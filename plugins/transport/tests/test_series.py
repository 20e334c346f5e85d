"""Outings again and again: every date is judged, by a verifier that shares no code."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from cypn_core.application.sketch import Sketch
from cypn_core.domain.times import Schedule
from cypn_core.hub import Hub
from cypn_core.matching.answer import Answer
from cypn_transport.needs import Every, Repeats, TripNeed
from cypn_transport.offers import Category, DriverOffer, Gearbox, Layout, Rates, VehicleOffer

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
FIRST = dt.date(2027, 4, 10)
WEEK = dt.timedelta(weeks=1)
LAST = FIRST + 12 * WEEK
HOURS = (Schedule(FIRST, "06:00", "23:00", "FREQ=DAILY"),)
FREE = Rates(hire_pence=0, fuel_pence=0, distance_pence=0, insurance_pence=0, driver_pence=0)
NEED = TripNeed(
    place="Ashby", destination="Brook", on=FIRST, leaves="09:00", back_by="17:00",
    children=5, adults=2,
)  # fmt: skip
CAR = VehicleOffer(
    place="Ashby",
    layouts=(Layout(16),),
    hours=HOURS,
    gearbox=Gearbox.MANUAL,
    mass_kg=3500,
    registered=2022,
    inspections=tuple(FIRST + n * WEEK for n in (-1, 5, 11)),
    mot_until=LAST,
    insured_until=LAST,
    rates=FREE,
)
DRIVER = DriverOffer(
    place="Ashby",
    hours=HOURS,
    categories=frozenset({Category.B}),
    born=1980,
    b_since=dt.date(2025, 4, 10),
    licence_until=LAST,
    drives_minibuses_since=dt.date(2020, 1, 1),
    barred_list_until=LAST,
    midas_until=LAST,
    expenses_pence=0,
)
INSPECTED = st.sets(st.integers(-12, 13), max_size=5).map(
    lambda weeks: tuple(sorted(FIRST + n * WEEK for n in weeks))
)


def asked(hub: Hub, need: TripNeed, car: VehicleOffer, driver: DriverOffer = DRIVER) -> Answer:
    sketch = Sketch(hub, "transport", NOW)
    sketch.offer(car)
    sketch.offer(driver)
    return sketch.answer(sketch.need(need))


def repeated(every: Every, weeks: int) -> TripNeed:
    return evolve(NEED, repeats=Repeats(every=every, until=FIRST + weeks * WEEK))


@given(
    every=st.sampled_from(Every),
    weeks=st.integers(2, 12),
    inspections=INSPECTED,
    registered=st.sampled_from([2022, 2010, 2015, None]),
)
def test_a_series_is_full_only_where_every_date_is_inspected(
    hub: Hub, every: Every, weeks: int, inspections: tuple[dt.date, ...], registered: int | None
) -> None:
    """Each date by itself has an inspection in the weeks before, 6 for an old vehicle."""
    step = 1 if every is Every.WEEKLY else 2
    dates = [FIRST + n * WEEK for n in range(0, weeks + 1, step)]
    limit = 10 if registered == 2022 else 6
    fine = all(any(0 <= (day - done).days <= 7 * limit for done in inspections) for day in dates)
    car = evolve(CAR, inspections=inspections, registered=registered)
    assert bool(asked(hub, repeated(every, weeks), car).full) is fine


def test_an_inspection_booked_for_the_last_date_does_not_cover_the_middle(hub: Hub) -> None:
    """Twelve weeks with one inspection before and one at the end leave dates uncovered."""
    gap = evolve(CAR, inspections=(FIRST, LAST))
    assert asked(hub, repeated(Every.WEEKLY, 9), gap).full
    assert not asked(hub, repeated(Every.WEEKLY, 12), gap).full


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({}, True),
        ({"midas_until": LAST - WEEK}, False),
        ({"licence_until": LAST - dt.timedelta(1)}, False),
        ({"b_since": dt.date(2025, 4, 11)}, False),
        ({"born": 2006}, False),
        ({"drives_minibuses_since": dt.date(2026, 4, 11)}, False),
        ({"barred_list_until": LAST - dt.timedelta(1)}, False),
        ({"barred_list_until": None}, False),
    ],
)
def test_what_begins_is_judged_at_the_first_date_and_what_ends_at_the_last(
    hub: Hub, changes: dict[str, Any], *, fits: bool
) -> None:
    """A licence held for two years by the second date is too young for the first."""
    driver = evolve(DRIVER, **changes)
    assert bool(asked(hub, repeated(Every.WEEKLY, 12), CAR, driver).full) is fits


@pytest.mark.parametrize(
    ("every", "weeks", "children", "asks"),
    [
        (Every.WEEKLY, 2, 5, True),
        (Every.FORTNIGHTLY, 12, 5, False),
        (Every.WEEKLY, 12, 0, False),
        (None, 0, 5, False),
    ],
)
def test_driving_children_weekly_asks_for_the_barred_list(
    hub: Hub, every: Every | None, weeks: int, children: int, *, asks: bool
) -> None:
    """Every second week is three days in 30, and adults alone are no regulated activity."""
    need = NEED if every is None else repeated(every, weeks)
    need = evolve(need, children=children)
    unchecked = evolve(DRIVER, barred_list_until=None)
    assert bool(asked(hub, need, CAR, unchecked).full) is not asks
