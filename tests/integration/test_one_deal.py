"""One deal from end to end, through HTTP, on both stores."""

from __future__ import annotations

import datetime as dt

import pytest

import cypn_region_northshire.plugin as northshire
from cypn_core.hub import Hub
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town
from cypn_venue_bank import plugin as venue_bank

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
HUB = Hub.of(venue_bank, northshire)


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, HUB, NOW)


def a_need(day: str = "2027-02-02") -> dict[str, object]:
    return {
        "kind": "space_need",
        "place": PLACE,
        "headcount": 12,
        "when": {"first": day, "starts": "14:00", "ends": "16:00"},
        "note": "We sing in parts",
    }


def an_offer(**more: object) -> dict[str, object]:
    return {
        "kind": "space_offer",
        "place": PLACE,
        "space_type": "hall",
        "capacity": 40,
        "hours": [
            {
                "first": "2027-01-04",
                "starts": "13:00",
                "ends": "17:00",
                "rrule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
            }
        ],
        "price": {"basis": "per_hour", "pence": 800},
        **more,
    }


PLACE = "Norchester"


def posted(member: Member, side: str, body: object) -> str:
    answer = member.post("venue_bank", f"/v1/{side}s", body)
    assert answer.status_code == 201, answer.json
    return str(answer.json["id"])


def best(member: Member, need: str) -> dict[str, object]:
    answer = member.get("venue_bank", f"/v1/needs/{need}/matches")
    assert answer.status_code == 200, answer.json
    assert answer.json["full"], answer.json
    return answer.json["full"][0]


def test_a_need_is_matched_asked_for_blind_agreed_and_told(town: Town) -> None:
    """Post, match, ask: agreed inside the house rules, and both find it in their inbox."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    seeker = town.member("Amber Lane", "seeker", place=PLACE)
    posted(holder, "offer", an_offer())
    need = posted(seeker, "need", a_need())
    plan = best(seeker, need)
    asked = seeker.post("venue_bank", f"/v1/needs/{need}/asks", {"plan": plan["key"]})
    assert asked.status_code == 201, asked.json
    assert asked.json["state"] == "agreed"
    town.tick()
    for member, other in ((holder, seeker), (seeker, holder)):
        (message,) = member.get("membership", "/v1/inbox").json["items"]
        assert other.name in message["text"]
