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
    "return before outward across a clock change": (
        {
            "on": "2027-10-30",
            "nights": 1,
            "leaves": "23:00",
            "back_by": "01:30",
            "away": {"arrives": "02:30", "back_from": "01:00"},
        },
        "away",
    ),
    "no minute left where the clocks go forward": (
        {"on": "2027-03-28", "leaves": "01:00", "back_by": "02:00"},
        "back_by",
    ),
    "0 km": ({"destination": "Lake of Nowhere", "distance_km": 0}, "distance_km"),
    "a class that no permit knows": ({"classes": ["strangers"]}, "classes"),
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


BAD_VEHICLES: dict[str, tuple[Json, str]] = {
    "an unknown layout": ({"layouts": [{"bunks": 4}]}, "layouts"),
    "a layout of another sort": ({"layouts": ["as usual"]}, "layouts"),
    "no layout": ({"layouts": []}, "layouts"),
    "a layout for nobody": ({"layouts": [{"seats": 0, "wheelchairs": 0}]}, "layouts"),
    "an unknown permit": ({"permit": "section_99"}, "permit"),
}


def test_t08_each_bad_vehicle_names_its_field(town: Town) -> None:
    """T08: a layout or permit that does not exist is refused where it stands; nothing is stored."""
    owner = town.member("Cedar Wheels", "holder", place=PLACE)
    before = stored(town.network.store)
    for name, (wrong, field) in BAD_VEHICLES.items():
        problem = is_problem(owner.post(TRANSPORT, "/v1/offers", vehicle(**wrong)), 422)
        assert any(at.startswith(field) for at in problem["errors"]), (name, problem)
    assert stored(town.network.store) == before


def test_t08_a_permit_that_covers_no_class_of_the_group(town: Town) -> None:
    """T08: nobody is carried under it, and asking for what is not proposed is refused."""
    owner = town.member("Cedar Wheels", "holder", place=PLACE)
    rates = dict.fromkeys(("fuel_pence", "distance_pence", "insurance_pence", "driver_pence"), 0)
    given = {"classes": ["members"], "rates": {**rates, "hire_pence": 1000}}
    posted(owner, "offer", vehicle(comes_with_driver=True, **given), TRANSPORT)
    seeker = group(town, "Amber Lane")
    need = posted(seeker, "need", outing(classes=["disabled"]), TRANSPORT)
    found = matches(seeker, need, TRANSPORT)
    assert (found["full"], found["partial"], found["near"]) == ([], [], [])
    assert [each["code"] for each in found["refused"]] == ["passenger_class"]
    is_problem(asked(seeker, need, "0" * 32, TRANSPORT), 409)


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
