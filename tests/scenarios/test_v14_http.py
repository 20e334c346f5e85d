"""V14 through HTTP: bad requests for space, in two regions and on both stores."""

from __future__ import annotations

import time
from typing import Any

import pytest
from tests.towns import AREAS, NOW, VENUES, Area, a_need, is_problem, posted, stored

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

WHEN: dict[str, Any] = {"first": "2027-02-02", "starts": "14:00", "ends": "16:00"}
PATIENCE = 5


def when(**changes: Any) -> dict[str, Any]:
    return {"when": WHEN | changes}


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "end before start": (when(ends="13:00"), "when.ends"),
    "headcount 0": ({"headcount": 0}, "headcount"),
    "headcount -3": ({"headcount": -3}, "headcount"),
    "headcount as text": ({"headcount": "12"}, "headcount"),
    "price free": ({"budget_pence": "free"}, "budget_pence"),
    "price -1": ({"budget_pence": -1}, "budget_pence"),
    "25:00": (when(starts="25:00"), "when.starts"),
    "every second": (when(rrule="FREQ=SECONDLY"), "when.rrule"),
    "10,000 dates": (when(rrule="FREQ=DAILY;COUNT=10000"), "when.rrule"),
    "a date in the past": (when(first="2020-01-07"), "when"),
    "an unknown field": ({"values": "christian"}, "values"),
    "NUL": ({"note": "nul \0 byte"}, "note"),
    "a text for a list": ({"must": "kitchen"}, "must"),
    "a place unheard of": ({"place": "Lake of Nowhere"}, "place"),
    "a place that is missing": ({"place": None}, "place"),
}


@pytest.fixture(params=AREAS)
def area(request: pytest.FixtureRequest) -> Area:
    return AREAS[request.param]


@pytest.fixture
def town(store: Store, area: Area) -> Town:
    return Town.on(store, area.hub, NOW)


@pytest.fixture
def seeker(town: Town, area: Area) -> Member:
    return town.member("Amber Lane", "seeker", place=area.town)


def refused(town: Town, seeker: Member, body: Any, status: int = 422) -> dict[str, Any]:
    """The problem, told soon, with nothing stored."""
    before, began = stored(town.network.store), time.perf_counter()
    problem = is_problem(seeker.post(VENUES, "/v1/needs", body), status)
    assert time.perf_counter() - began < PATIENCE
    assert stored(town.network.store) == before
    return problem


def test_v14_the_field_is_named_and_nothing_is_stored(
    town: Town, seeker: Member, area: Area
) -> None:
    """V14: each payload is 422 under its field, in words; the same without the fault is taken."""
    for name, (wrong, field) in BAD.items():
        problem = refused(town, seeker, a_need(**{"place": area.town, **wrong}))
        assert list(problem["errors"]) == [field], name
        (said, *_) = problem["errors"][field]
        assert " " in said, name
        for leak in ("Error", "Exception", "None", "<class", "regex"):
            assert leak not in said, (name, said)
    assert posted(seeker, "need", a_need(place=area.town))


def test_v14_all_faults_are_told_at_once(town: Town, seeker: Member, area: Area) -> None:
    """V14: two wrong fields are two errors, so that nobody mends them one by one."""
    body = a_need(place=area.town, headcount=0, budget_pence=-1)
    assert set(refused(town, seeker, body)["errors"]) == {"headcount", "budget_pence"}


def test_v14_a_doubtful_place_is_answered_with_candidates(
    town: Town, seeker: Member, area: Area
) -> None:
    """V14: a name of several places is 422 and says which there are."""
    problem = refused(town, seeker, a_need(place=area.doubtful))
    said = " ".join(problem["errors"]["place"])
    assert "more than one place" in said
    assert said.count(area.doubtful) >= 2


def test_v14_another_district_is_outside(town: Town, seeker: Member, area: Area) -> None:
    """V14: a place that is known and not ours is said to be outside."""
    problem = refused(town, seeker, a_need(place=area.outside))
    assert "outside the region" in problem["errors"]["place"][0]


def test_v14_ten_megabytes_are_too_much(town: Town, seeker: Member, area: Area) -> None:
    """V14: oversize is 413."""
    refused(town, seeker, a_need(place=area.town, note="x" * 10_000_000), 413)
