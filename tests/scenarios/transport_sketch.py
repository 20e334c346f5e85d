"""Shared transport in memory, for its scenarios."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import cypn_region_banes.plugin as banes
from cypn_core.application.sketch import Sketch
from cypn_core.domain.plans import Plan
from cypn_core.domain.times import Schedule
from cypn_core.hub import Hub
from cypn_core.matching.answer import Answer
from cypn_transport import plugin
from cypn_transport.needs import TripNeed
from cypn_transport.offers import (
    Access,
    Category,
    DriverOffer,
    Gearbox,
    Layout,
    PassengerClass,
    Permit,
    Rates,
    VehicleOffer,
)

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
OUTING = dt.date(2027, 7, 10)
WHOLE_YEAR = (Schedule(dt.date(2027, 1, 1), "07:00", "22:00", "FREQ=DAILY"),)
FREE = Rates(hire_pence=0, fuel_pence=0, distance_pence=0, insurance_pence=0, driver_pence=0)


def network(*more: Any) -> Sketch:
    """A hub with nothing in it, and with the plugins *more*."""
    return Sketch(Hub.of(plugin, banes, *more), "transport", NOW)


def outing(**changes: Any) -> TripNeed:
    """14 children and 2 adults from Paulton, on a Saturday."""
    given: dict[str, Any] = {
        "place": "Paulton",
        "destination": "Weston-super-Mare",
        "on": OUTING,
        "leaves": "09:00",
        "back_by": "17:00",
        "children": 14,
        "adults": 2,
    }
    return TripNeed(**given | changes)


def vehicle(*layouts: Layout, **changes: Any) -> VehicleOffer:
    """A light manual minibus with every paper in order, free of charge."""
    given: dict[str, Any] = {
        "place": "Radstock",
        "layouts": layouts or (Layout(16),),
        "hours": WHOLE_YEAR,
        "access": Access.LIFT,
        "gearbox": Gearbox.MANUAL,
        "mass_kg": 3500,
        "registered": 2020,
        "inspections": (dt.date(2027, 6, 1),),
        "mot_until": dt.date(2027, 7, 10),
        "insured_until": dt.date(2027, 7, 10),
        "permit": Permit.SECTION_19,
        "permit_until": dt.date(2027, 7, 10),
        "classes": frozenset({PassengerClass.BENEFICIARIES}),
        "lends_under_permit": True,
        "rates": FREE,
    }
    return VehicleOffer(**given | changes)


def driver(**changes: Any) -> DriverOffer:
    """A volunteer with D1 and every paper in date on the day of the outing."""
    given: dict[str, Any] = {
        "place": "Radstock",
        "hours": WHOLE_YEAR,
        "categories": frozenset({Category.D1}),
        "born": 1980,
        "licence_until": dt.date(2027, 7, 10),
        "drives_minibuses_since": dt.date(2026, 7, 10),
        "midas_until": dt.date(2027, 7, 10),
        "midas_accessible_until": dt.date(2027, 7, 10),
        "expenses_pence": 0,
    }
    return DriverOffer(**given | changes)


def offers(plans: Iterable[Plan]) -> list[set[str]]:
    """Which offers each plan joins."""
    return [{leg.offer for leg in plan.legs} for plan in plans]


def missing(answer: Answer) -> dict[frozenset[str], list[str]]:
    """The sentences of what each partial plan lacks, by the offers that it joins."""
    return {
        frozenset(leg.offer for leg in plan.legs): [lack.sentence for lack in plan.missing]
        for plan in answer.partial
    }


def codes(answer: Answer) -> dict[str, list[str]]:
    """The codes for which each offer was refused."""
    return {each.offer: [reason.code for reason in each.reasons] for each in answer.refused}
