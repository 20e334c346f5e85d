"""T08 through HTTP: bad journeys, and journeys that meet."""

from __future__ import annotations

import pytest
from tests.fitting import driver, outing, vehicle
from tests.towns import ALL, NOW, PLACE, Json, asked, best, is_problem, matches, posted, stored

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

TRANSPORT = "transport"


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ALL, NOW)


def group(town: Town, name: str) -> Member:
    return town.member(name, "seeker", place=PLACE)


BAD: dict[str, tuple[Json, str]] = {
    "nobody rides": ({"children": 0, "adults": 0}, "children"),
    "500 passengers": ({"children": 500}, "children"),
    "return before outward": ({"back_by": "08:00"}, "back_by"),
    "16 children, no adult": ({"children": 16, "adults": 0}, "adults"),
    "pick-up outside": ({"place": "Easthaven"}, "place"),
    "names of children": ({"passengers": ["Sam Hill", "Jo Wood"]}, "passengers"),
    "names for a number": ({"children": ["Sam Hill"]}, "children"),
    "unknown destination": ({"destination": "Lake of Nowhere"}, "destination"),
}


def test_t08_each_bad_journey_names_its_field_or_rule(town: Town) -> None:
    """T08: 422 with the field named in plain words, nothing stored, no child's name repeated."""
    seeker = group(town, "Amber Lane")
    before = stored(town.network.store)
    for name, (wrong, field) in BAD.items():
        problem = is_problem(seeker.post(TRANSPORT, "/v1/needs", outing(**wrong)), 422)
        said = [f"{at}: {text}" for at, texts in problem["errors"].items() for text in texts]
        assert any(field in each for each in said), (name, said)
        assert "Sam" not in str(problem)
    assert stored(town.network.store) == before
    sixteen = seeker.post(TRANSPORT, "/v1/needs", outing(children=16, adults=0))
    assert "adults_per_child" in sixteen.text


def test_t08_two_overlapping_journeys_of_one_vehicle(town: Town) -> None:
    """T08: both groups hold a plan for it; the second to ask gets 409, and one use is stored."""
    owner = town.member("Cedar Wheels", "holder", place=PLACE)
    posted(owner, "offer", vehicle(comes_with_driver=True), TRANSPORT)
    first, second = group(town, "Amber Lane"), group(town, "Birch Close")
    one = posted(first, "need", outing(), TRANSPORT)
    two = posted(second, "need", outing(leaves="15:00", back_by="18:00"), TRANSPORT)
    plans = best(first, one, TRANSPORT), best(second, two, TRANSPORT)
    won = asked(first, one, plans[0], TRANSPORT)
    assert won.status_code == 201, won.text
    is_problem(asked(second, two, plans[1], TRANSPORT), 409)
    assert not matches(second, two, TRANSPORT)["full"]


def test_t08_a_driver_double_booked_by_ten_minutes(town: Town) -> None:
    """T08: 409 when a driver's journeys meet by ten minutes; from the minute it ends it is free."""
    owner = town.member("Cedar Wheels", "holder", place=PLACE)
    for _ in range(2):
        posted(owner, "offer", vehicle(buffer_minutes=0), TRANSPORT)
    drives = town.member("Volunteer Drivers", "driver", place=PLACE)
    posted(drives, "offer", driver(), TRANSPORT)
    first, second, third = (group(town, name) for name in ("Amber", "Birch", "Dogwood"))
    one = posted(first, "need", outing(leaves="10:00", back_by="13:00"), TRANSPORT)
    two = posted(second, "need", outing(leaves="12:50", back_by="16:00"), TRANSPORT)
    three = posted(third, "need", outing(leaves="13:00", back_by="16:00"), TRANSPORT)
    plan = best(second, two, TRANSPORT)
    won = asked(first, one, service=TRANSPORT)
    assert won.status_code == 201, won.text
    is_problem(asked(second, two, plan, TRANSPORT), 409)
    after = asked(third, three, service=TRANSPORT)
    assert after.status_code == 201, after.text
