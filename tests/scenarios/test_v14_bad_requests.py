"""V14: bad requests for space; here as far as the body and the region go."""

from __future__ import annotations

import time
from typing import Any

import pytest
from tests.scenarios.venue_bank_sketch import NETWORKS

from cypn_core.domain.errors import Invalid
from cypn_core.web.schemas import load
from cypn_venue_bank.needs import SpaceNeed

WHEN: dict[str, Any] = {"first": "2027-01-05", "starts": "17:00", "ends": "19:00"}
GOOD: dict[str, Any] = {"kind": "space_need", "place": "Bath", "when": WHEN, "headcount": 12}


def when(**changes: Any) -> dict[str, Any]:
    return {"when": WHEN | changes}


PAYLOADS = [
    (when(ends="16:00"), "when.ends"),
    ({"headcount": 0}, "headcount"),
    ({"headcount": -3}, "headcount"),
    ({"budget_pence": "free"}, "budget_pence"),
    ({"budget_pence": -1}, "budget_pence"),
    (when(starts="25:00"), "when.starts"),
    (when(rrule="FREQ=SECONDLY"), "when.rrule"),
    (when(rrule="FREQ=DAILY;COUNT=10000"), "when.rrule"),
    (when(extra_dates=["2027-01-06"] * 10_000), "when.extra_dates"),
    (when(first="2027-02-30"), "when.first"),
    ({"note": "x" * 10_000_000}, "note"),
    ({"values": "christian"}, "values"),
    ({"note": "nul \0 byte"}, "note"),
    ({"must": "kitchen"}, "must"),
    ({"must": ["kitchen", "kitchen"]}, "must"),
]


@pytest.mark.parametrize(("wrong", "field"), PAYLOADS, ids=[field for _, field in PAYLOADS])
def test_v14_the_field_is_named(wrong: dict[str, Any], field: str) -> None:
    """V14: each bad payload is refused at once, in one sentence, under the field to mend."""
    assert load(SpaceNeed, GOOD)
    began = time.perf_counter()
    with pytest.raises(Invalid) as caught:
        load(SpaceNeed, GOOD | wrong)
    assert time.perf_counter() - began < 5
    assert list(caught.value.fields) == [field]
    assert all("Traceback" not in said for said in caught.value.fields[field])


def test_v14_ten_years_of_weekdays_are_answered() -> None:
    """V14 beside V10: a rule without an end is capped to the tenure, not refused."""
    need = load(SpaceNeed, GOOD | when(rrule="FREQ=DAILY;UNTIL=20361231"))
    assert len(need.windows(NETWORKS[0].region.cypn_region())) == 13 * 7


@pytest.mark.parametrize(
    ("place", "hint"),
    [("Weston", "names more than one place"), ("North Somerset", "outside the region")],
)
def test_v14_the_place_is_named(place: str, hint: str) -> None:
    """V14: an ambiguous place is answered with candidates, a foreign one with where it lies."""
    need = load(SpaceNeed, GOOD | {"place": place})
    with pytest.raises(Invalid) as caught:
        NETWORKS[0].region.cypn_region().find(str(need.place))
    assert hint in caught.value.fields["place"][0]
