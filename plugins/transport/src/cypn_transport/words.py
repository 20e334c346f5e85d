"""Plain words for the codes of this exchange; a region may put its own in their place."""

from __future__ import annotations

from collections.abc import Mapping

from cypn_transport import running
from cypn_transport.labels import LABELS
from cypn_transport.questions import QUESTIONS

WORDS: Mapping[str, str] = {
    **QUESTIONS,
    **running.WORDS,
    **LABELS,
    "vehicle": "Vehicle",
    "driver": "Driver",
    "escort": "Escort",
    "escort_offer": "Escort on offer",
    "secures_wheelchairs": "Makes wheelchairs fast",
    "fits_child_seats": "Fits child seats",
    "weekly": "Every week",
    "fortnightly": "Every two weeks",
    "trip_need": "Outing",
    "vehicle_offer": "Vehicle on offer",
    "driver_offer": "Driver on offer",
    "trip": "Outings",
    "accessible_trip": "Outings with wheelchair users",
    "lift": "Lift",
    "ramp": "Ramp",
    "none": "None",
    "manual": "Manual gears",
    "automatic": "Automatic",
    "section_19_standard": "Section 19 permit, up to 16 passengers",
    "section_19_large": "Section 19 permit for a large bus",
    "section_22": "Section 22 community bus permit",
    "psv_operator": "PSV operator's licence",
    "members": "Members of the organisation that holds the permit (class A)",
    "beneficiaries": "People whom it exists to help, and their helpers (class B)",
    "disabled": "Disabled or seriously ill people, and their helpers (class C)",
    "pupils": "Pupils and students, and their helpers (class D)",
    "community": "People of a local community without other transport (class E)",
    "other": "Others whom the permit names (class F)",
    "d": "D: buses",
    "d1": "D1: minibuses",
    "d1_101": "D1(101): minibuses, with a car test before 1997",
    "b": "B: cars",
    "km": "a kilometre",
    "mile": "a mile",
    "under_5": "Under 5",
    "5_to_7": "5 to 7",
    "8_to_10": "8 to 10",
    "11_to_13": "11 to 13",
    "14_to_17": "14 to 17",
    "18_plus": "18 and over",
}
