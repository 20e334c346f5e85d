"""A region: what it answers, and the contradictions that it refuses."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from cypn_core.domain.errors import BadRegion, Invalid
from cypn_core.domain.places import Place, Point, Postcode, Ward, Zone
from cypn_core.domain.region import Checklist, Region, Settings
from cypn_core.domain.times import Calendar, DateSpan

HOME = Point(400000, 300000)
TOWN = Place("town", "Northtown", "town", HOME, zone="all")
CALENDAR = Calendar("terms", "Terms", "1", (DateSpan(date(2027, 1, 4), date(2027, 3, 19)),))
CHECKS = Checklist("seeker", "1", ("A policy",), 12)


def region(**given: Any) -> Region:
    facts: dict[str, Any] = {
        "code": "north",
        "name": "Northshire",
        "zone_name": "Europe/London",
        "places": (TOWN,),
        "wards": (Ward("W1", "Castle"),),
        "zones": (Zone("all", "All", ("W1",)),),
        "postcodes": {"ZZ1 1AA": Postcode("ZZ1 1AA", HOME, "W1")},
        "calendars": {"terms": CALENDAR},
        "checklists": (CHECKS,),
    }
    return Region(**{**facts, **given})


def test_today_is_the_local_date() -> None:
    """Half past eleven in UTC on a summer night is already tomorrow."""
    assert region().today(datetime(2027, 7, 1, 23, 30, tzinfo=UTC)) == date(2027, 7, 2)


def test_it_finds_places_calendars_and_checklists() -> None:
    """What is asked for by name or code is found, and what is not there is said so."""
    here = region()
    assert here.find("northtown").zone == "all"
    assert here.find("zz11aa").ward == "W1"
    assert here.calendar("terms") is CALENDAR
    assert here.checklist("seeker") is CHECKS
    assert here.checklist("other") is None
    with pytest.raises(Invalid, match="during: names a calendar that this region lacks"):
        here.calendar("winter")


def test_defaults_are_those_of_the_scenarios() -> None:
    """A region that sets nothing has the limits that the scenarios assume."""
    known = Settings()
    assert (known.freshness_days, known.tenure_weeks, known.small_count) == (90, 13, 3)
    assert (known.answer_days, known.notice_days, known.turn_days) == (3, 28, 365)
    assert (known.decline_flag, known.decline_days, known.lapse_warning_days) == (3, 90, 30)


@pytest.mark.parametrize("field", ["freshness_days", "small_count", "tenure_weeks", "daily_needs"])
def test_a_limit_out_of_range_is_refused(field: str) -> None:
    """Every setting has its own limits."""
    for value in (0, 10**6):
        with pytest.raises(ValueError, match=f"{field} must be at"):
            Settings(**{field: value})


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"zone_name": "Mars/Olympus"}, "zone_name"),
        ({"zone_name": "../../etc/passwd"}, "zone_name"),
        ({"zone_name": "Europe"}, "zone_name"),
        ({"places": (TOWN, TOWN)}, r"places\[1\].code"),
        (
            {"places": (TOWN, Place("t2", "NORTH-TOWN", "town", HOME))},
            r"places\[1\].name",
        ),
        ({"places": (Place("a", "A", "town", HOME, "gone"),)}, r"places\[0\].parent"),
        ({"places": (Place("a", "A", "town", HOME, zone="gone"),)}, r"places\[0\].zone"),
        ({"zones": ()}, r"places\[0\].zone"),
        ({"zones": (Zone("all", "All"),)}, r"wards\[0\].code"),
        ({"zones": (Zone("all", "All", ("W1", "W9")),)}, r"zones\[0\].wards"),
        ({"zones": (Zone("all", "All", ("W1", "W1")),)}, r"zones\[0\].wards"),
        ({"zones": (Zone("all", "All", ("W1",), ("gone",)),)}, r"zones\[0\].neighbours"),
        ({"wards": (Ward("W1", "Castle"),) * 2}, r"wards\[1\].code"),
        ({"checklists": (CHECKS, CHECKS)}, r"checklists\[1\].role"),
        ({"postcodes": {"Z": Postcode("ZZ", HOME, "W9")}}, r"postcodes\[0\].ward"),
    ],
)
def test_a_contradiction_is_named_with_its_path(given: dict[str, Any], path: str) -> None:
    """What does not add up stops the start, with the field named (R01)."""
    with pytest.raises(BadRegion, match=f"^{path}: "):
        region(**given)
