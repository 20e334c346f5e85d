"""Of each exchange a need, and offers that fit it: bodies as they are sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.towns import PLACE, Json, a_need, an_offer

TOMORROW = "2026-11-23"
LATER = "2027-07-10"
ALWAYS = [{"first": "2026-11-22", "starts": "06:00", "ends": "23:00", "rrule": "FREQ=DAILY"}]


def outing(**changes: Any) -> Json:
    """An outing of eight, tomorrow afternoon."""
    return {
        "kind": "trip_need",
        "place": PLACE,
        "destination": "Rushford",
        "on": TOMORROW,
        "leaves": "14:00",
        "back_by": "17:00",
        "children": 6,
        "adults": 2,
        **changes,
    }


def vehicle(**changes: Any) -> Json:
    """A minibus that lacks nothing."""
    return {
        "kind": "vehicle_offer",
        "place": PLACE,
        "layouts": [{"seats": 16}],
        "hours": ALWAYS,
        "access": "lift",
        "gearbox": "manual",
        "mass_kg": 3500,
        "registered": 2020,
        "inspections": ["2026-11-01"],
        "mot_until": LATER,
        "insured_until": LATER,
        "permit": "section_19_standard",
        "permit_until": LATER,
        "classes": ["beneficiaries"],
        "lends_under_permit": True,
        "rates": dict.fromkeys(
            (
                "hire_pence", "fuel_pence", "distance_pence", "insurance_pence", "driver_pence",
            ), 0,
        ),
        **changes,
    }  # fmt: skip


def driver(**changes: Any) -> Json:
    """A driver who lacks nothing."""
    return {
        "kind": "driver_offer",
        "place": PLACE,
        "hours": ALWAYS,
        "categories": ["d1"],
        "born": 1980,
        "licence_until": LATER,
        "drives_minibuses_since": "2020-01-01",
        "midas_until": LATER,
        "midas_accessible_until": LATER,
        "expenses_pence": 0,
        "buffer_minutes": 0,
        **changes,
    }


def escort(**changes: Any) -> Json:
    """Somebody who rides along and lacks nothing."""
    return {
        "kind": "escort_offer",
        "place": PLACE,
        "hours": ALWAYS,
        "skills": ["secures_wheelchairs"],
        "expenses_pence": 0,
        "buffer_minutes": 0,
        **changes,
    }


def purchase() -> Json:
    """Somebody buys staff services dearly."""
    return {
        "kind": "purchase_need",
        "category": "hr_services",
        "present_unit_pence": 120_000,
    }


def quote(fewest: int = 2) -> Json:
    """A supplier's price for *fewest* or more."""
    return {
        "kind": "quote_offer",
        "category": "hr_services",
        "fixed_fee_pence": 0,
        "term_months": 12,
        "tiers": [{"from_quantity": fewest, "unit_pence": 50_000}],
        "notice_days": 90,
        "commission_pence": 0,
    }


FITTING: Mapping[str, tuple[Json, Sequence[Json]]] = {
    "venue_bank": (a_need(), [an_offer(auto_accept=False)]),
    "transport": (outing(), [vehicle(auto_accept=False), driver()]),
    "procurement": (purchase(), [quote(1)]),
    "exchange_starter": (
        {"kind": "training_need", "subject": "first_aid", "learners": 3},
        [{"kind": "course_offer", "subject": "first_aid", "auto_accept": False}],
    ),
}
"""By exchange, for members with every check."""
