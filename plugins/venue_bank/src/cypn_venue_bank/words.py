"""Plain words for the codes, in the order in which forms show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from enum import Enum

from cypn_venue_bank.codes import (
    AccessFeature,
    Activity,
    AgeGroup,
    Basis,
    BudgetPer,
    ChargeFor,
    Conduct,
    Entry,
    Facility,
    Neighbour,
    SpaceType,
    StoreAccess,
)
from cypn_venue_bank.labels import LABELS
from cypn_venue_bank.questions import QUESTIONS

_MOST_NAMED = 5

_CODES: tuple[type[Enum], ...] = (
    SpaceType, Facility, AccessFeature, Entry, Neighbour, Conduct, AgeGroup, Activity, BudgetPer,
    StoreAccess, Basis, ChargeFor,
)  # fmt: skip

_OWN = {
    "shared_hub": "shared location",
    "host_premises": "space on a service's own premises",
    "shared_desk": "shared working space",
    "wifi": "Wi-Fi",
    "step_free": "step-free access",
    "changing_place": "Changing Places toilet",
    "low_stimulus_room": "low-stimulus room",
    "pre_school": "pre-school",
    "primary": "Reception age to Year 6",
    "secondary": "secondary school",
    "families": "children, young people and families",
    "mixed": "all ages up to 23",
    "adults": "adults only, such as a meeting of helpers",
    "entry_code": "a code at the door",
    "opened_by_staff": "somebody opens",
    "physical_key": "a key to fetch",
    "unrestricted": "open anyway",
    "young_children": "children under eight",
    "saturday_school": "Saturday school",
    "holiday_activity": "holiday activities",
    "uniformed": "uniformed group",
    "social": "social get-together",
    "free": "free of charge",
    "per_session": "by the session",
    "per_hour": "by the hour",
    "per_month": "by the month",
    "room": "space",
    "store": "storage",
    "storage": "storage",
    "space": "space of any sort",
    "space_need": "a space for a group",
    "storage_need": "storage",
    "space_offer": "a space to offer",
    "storage_offer": "storage to offer",
    "visit_pending": "agreed; the visit is still to come",
    "confirmed": "agreed and confirmed after the visit",
}


def _words() -> dict[str, str]:
    plain = {code.value: code.value.replace("_", " ") for codes in _CODES for code in codes}
    return {**plain, **_OWN, **QUESTIONS, **LABELS}


WORDS = _words()
"""Code, kind, sub-state or field to plain words; a field's are the question that a form asks."""


def listed(codes: Iterable[str]) -> str:
    """The words of *codes* in one line, in alphabetical order.

    >>> listed(["step_free", "lift"])
    'lift, step-free access'
    """
    return ", ".join(sorted(WORDS[code] for code in codes))


def named(days: Sequence[dt.date]) -> str:
    """The first few of *days* the way people write them.

    >>> named([dt.date(2027, 8, 10), dt.date(2027, 8, 17)])
    '10 Aug, 17 Aug'
    """
    said = ", ".join(f"{day.day} {day:%b}" for day in days[:_MOST_NAMED])
    more = len(days) - _MOST_NAMED
    return f"{said} and {more} more" if more > 0 else said
