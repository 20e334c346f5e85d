"""T07 through HTTP: wheelchair users ride where a layout takes them and they can come aboard."""

from __future__ import annotations

import pytest
from tests.fitting import outing, vehicle
from tests.towns import ALL, NOW, PLACE, Json, matches, posted

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Town

TRANSPORT = "transport"
LAYOUTS = [
    {"seats": 14}, {"seats": 12, "wheelchairs": 1}, {"seats": 10, "wheelchairs": 2},
    {"seats": 8, "wheelchairs": 3},
]  # fmt: skip


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ALL, NOW)


def answer(town: Town, wheelchairs: int, seated: int, access: str | None) -> Json:
    """What a minibus of 14 seats, each wheelchair in the place of two, says to so many people."""
    owner = town.member("Cedar Wheels", "holder", place=PLACE)
    given = vehicle(layouts=LAYOUTS, access=access, comes_with_driver=True)
    posted(owner, "offer", given, TRANSPORT)
    group = town.member("Amber Lane", "seeker", place=PLACE)
    people = {"children": wheelchairs + seated - 2, "adults": 2, "wheelchair_users": wheelchairs}
    return matches(group, posted(group, "need", outing(**people), TRANSPORT), TRANSPORT)


def test_t07_two_wheelchair_users_and_ten_seated_fit(town: Town) -> None:
    """Group 1 reads how the vehicle is laid out for it."""
    (plan,) = answer(town, 2, 10, "lift")["full"]
    assert any("10+2" in said for said in plan["because"])


def test_t07_one_more_seated_is_one_short(town: Town) -> None:
    """Group 2 does not fit, and reads by how much."""
    found = answer(town, 2, 11, "lift")
    assert not found["full"]
    assert [lack["sentence"] for lack in found["partial"][0]["missing"]] == ["1 seat short"]


def test_t07_four_wheelchair_users_are_refused_and_nothing_gives_way(town: Town) -> None:
    """Group 3 finds three spaces: no part of it is left behind, no near miss proposes that."""
    found = answer(town, 4, 4, "lift")
    assert (found["full"], found["partial"], found["near"]) == ([], [], [])
    assert [each["code"] for each in found["refused"]] == ["wheelchairs"]


@pytest.mark.parametrize("access", [None, "none"])
def test_t07_unknown_access_is_no_access(town: Town, access: str | None) -> None:
    """Vehicle E states wheelchair spaces and not how anybody comes aboard: nobody is sent there."""
    found = answer(town, 2, 10, access)
    assert (found["full"], found["partial"]) == ([], [])
    assert [each["code"] for each in found["refused"]] == ["access"]
