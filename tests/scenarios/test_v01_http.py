"""V01 through HTTP: who is told how far it is, and in what words."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.towns import AREAS, NOW, VENUES, Area, Json, an_offer, matches, posted

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Town

BEYOND = dt.date(2028, 6, 1)
"""Until when the checks hold: a check of twelve months would end before the storage does."""


def store_of(place: str, area_m2: int) -> Json:
    return {
        "kind": "storage_offer",
        "place": place,
        "area_m2": area_m2,
        "available_from": "2027-01-01",
        "access": "weekly",
        "lockable": True,
        "price": {"basis": "per_month", "pence": 1500},
    }


@pytest.mark.parametrize("name", AREAS)
def test_v01_storage_near_the_town(store: Store, name: str) -> None:
    """V01: D is whole, C is 4 of 6 m², A and B are refused; only the coordinator reads 10.4 km."""
    area: Area = AREAS[name]
    town = Town.on(store, area.hub, NOW)
    bodies = {
        "A": an_offer(place=area.town),
        "B": store_of(area.city, 10),
        "C": store_of(area.town, 4),
        "D": store_of(area.village, 8),
    }
    ids = {
        each: posted(town.member(each, "holder", place=area.town, until=BEYOND), "offer", body)
        for each, body in bodies.items()
    }
    group = town.member("Amber Lane", "seeker", place=area.town, until=BEYOND)
    body: Json = {
        "kind": "storage_need",
        "place": area.town,
        "starts_on": "2027-01-11",
        "months": 12,
        "area_m2": 6,
        "lockable": True,
        "access": "weekly",
        "max_km": 5,
    }
    need = posted(group, "need", body)

    found = matches(group, need)
    assert [plan["legs"][0]["offer"] for plan in found["full"]] == [ids["D"]]
    assert [plan["legs"][0]["offer"] for plan in found["partial"]] == [ids["C"]]
    assert [each["sentence"] for each in found["partial"][0]["missing"]] == ["4 of 6 m²"]
    assert {(each["code"], each["offers"]) for each in found["refused"]} >= {
        ("space_type", 1),
        ("distance", 1),
    }
    told = group.get(VENUES, f"/v1/needs/{need}/matches").text
    assert "10.4" not in told
    assert ids["B"] not in told

    exact = matches(town.coordinator(), need)["refused"]
    reasons = {each["offer"]: each["reasons"] for each in exact}
    assert set(reasons) == {ids["A"], ids["B"]}
    assert reasons[ids["A"]][0]["code"] == "space_type"
    assert reasons[ids["B"]] == [{"code": "distance", "sentence": "10.4 > 5 km"}]
