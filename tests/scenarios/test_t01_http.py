"""T01 through HTTP: an outing needs seats and a driver, and whoever rides along is counted."""

from __future__ import annotations

import pytest
from tests.fitting import driver, outing, vehicle
from tests.towns import ALL, NOW, PLACE, Json, asked, matches, posted

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

TRANSPORT = "transport"


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ALL, NOW)


def joined(plan: Json) -> frozenset[str]:
    return frozenset(leg["offer"] for leg in plan["legs"])


def lacking(found: Json) -> dict[frozenset[str], list[str]]:
    return {joined(p): [lack["sentence"] for lack in p["missing"]] for p in found["partial"]}


def lent(town: Town, name: str, seats: int, **more: object) -> tuple[Member, str]:
    """Somebody who lends a vehicle with so many seats, and the offer."""
    owner = town.member(name, "holder", place=PLACE)
    return owner, posted(owner, "offer", vehicle(layouts=[{"seats": seats}], **more), TRANSPORT)


def test_t01_vehicle_and_driver_are_one_match(town: Town) -> None:
    """A is whole, C with D is whole; B is 2 seats short and C alone has no driver."""
    with_driver = {"comes_with_driver": True}
    (_, a), (_, b) = lent(town, "Alder", 16, **with_driver), lent(town, "Birch", 14, **with_driver)
    owner, c = lent(town, "Cedar", 16)
    drives = town.member("Dale Drivers", "driver", place=PLACE)
    d = posted(drives, "offer", driver(), TRANSPORT)
    group = town.member("Amber Lane", "seeker", place=PLACE)
    need = posted(group, "need", outing(children=14, adults=2), TRANSPORT)
    found = matches(group, need, TRANSPORT)
    assert {joined(plan) for plan in found["full"]} == {frozenset({a}), frozenset({c, d})}
    assert lacking(found) == {
        frozenset({b}): ["2 seats short"], frozenset({c}): ["no driver"],
    }  # fmt: skip
    (both,) = [plan for plan in found["full"] if len(plan["legs"]) > 1]
    deal = asked(group, need, both["key"], TRANSPORT)
    assert deal.status_code == 201, deal.text
    for who in (group, owner, drives):
        shown = who.get(TRANSPORT, f"/v1/deals/{deal.json['id']}").json  # type: ignore[index]
        names = {party["name"] for party in shown["parties"]}  # type: ignore[index]
        assert names == {"Amber Lane", "Cedar", "Dale Drivers"}


def test_t01_the_adults_count_as_passengers(town: Town) -> None:
    """14 seats take 12 children with their 2 adults, and not 14 children with theirs."""
    _, b = lent(town, "Birch", 14, comes_with_driver=True)
    group = town.member("Amber Lane", "seeker", place=PLACE)
    fits = posted(group, "need", outing(children=12, adults=2), TRANSPORT)
    assert [joined(plan) for plan in matches(group, fits, TRANSPORT)["full"]] == [frozenset({b})]
    more = posted(group, "need", outing(children=14, adults=2), TRANSPORT)
    assert not matches(group, more, TRANSPORT)["full"]


@pytest.mark.parametrize("seats", [16, 17])
def test_t01_an_escort_of_the_hub_takes_a_seat_and_is_named_while_missing(
    town: Town, seats: int
) -> None:
    """With 16 passengers who want an escort 16 seats are one short; with 17 one is still sought."""
    lent(town, "Alder", seats, comes_with_driver=True)
    group = town.member("Amber Lane", "seeker", place=PLACE)
    body = outing(children=14, adults=2, needs_escort=True)
    (said,) = lacking(matches(group, posted(group, "need", body, TRANSPORT), TRANSPORT)).values()
    assert said == ["no escort", *(["1 seat short"] if seats < 17 else [])]
