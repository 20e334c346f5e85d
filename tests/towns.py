"""Bodies, members and questions that the tests through HTTP share."""

from __future__ import annotations

import datetime as dt
from typing import Any

from attrs import frozen
from sqlalchemy import func, select
from werkzeug.test import TestResponse

import cypn_region_banes.plugin as banes
import cypn_region_northshire.plugin as northshire
from cypn_core.hub import Hub
from cypn_core.storage import tables
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town
from cypn_procurement import plugin as procurement
from cypn_transport import plugin as transport
from cypn_venue_bank import plugin as venue_bank

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
VENUES = "venue_bank"
PLACE = "Norchester"
PROBLEM = "application/problem+json"
ALL = Hub.of(venue_bank, transport, procurement, northshire)
ONLY_VENUES = Hub.of(venue_bank, northshire)

Json = dict[str, Any]


@frozen
class Area:
    """A region and the names in it that a scenario goes by."""

    hub: Hub
    town: str
    city: str
    village: str
    doubtful: str
    outside: str


BANES = Area(
    Hub.of(venue_bank, transport, procurement, banes),
    "Keynsham", "Bath", "Saltford", "Weston", "North Somerset",
)  # fmt: skip
NORTHSHIRE = Area(ALL, "Wexbridge", "Norchester", "Sallow", "Marsh End", "West Northshire")
AREAS = {"banes": BANES, "northshire": NORTHSHIRE}


def area_of(town: Town) -> Area:
    """The region that *town* lies in."""
    return AREAS[town.network.hub.region.code]


def a_need(day: str = "2027-02-02", **more: object) -> Json:
    """Two hours in the afternoon, for twelve."""
    return {
        "kind": "space_need",
        "place": PLACE,
        "headcount": 12,
        "when": {"first": day, "starts": "14:00", "ends": "16:00"},
        **more,
    }


def an_offer(**more: object) -> Json:
    """A hall for forty, open every afternoon from today on, that says yes by itself."""
    daily = {"first": "2026-11-22", "starts": "13:00", "ends": "17:00", "rrule": "FREQ=DAILY"}
    return {
        "kind": "space_offer",
        "place": PLACE,
        "space_type": "hall",
        "capacity": 40,
        "hours": [daily],
        "price": {"basis": "per_hour", "pence": 800},
        **more,
    }


def posted(member: Member, side: str, body: object, service: str = VENUES) -> str:
    """Post *body*; its id."""
    answer = member.post(service, f"/v1/{side}s", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])  # type: ignore[index]


def matches(member: Member, need: str, service: str = VENUES) -> Json:
    """What the hub has to say to *need*."""
    answer = member.get(service, f"/v1/needs/{need}/matches")
    assert answer.status_code == 200, answer.text
    found: Json = answer.json  # type: ignore[assignment]
    return found


def best(member: Member, need: str, service: str = VENUES) -> str:
    """The key of the best plan."""
    found = matches(member, need, service)
    assert found["full"], found
    return str(found["full"][0]["key"])


def asked(
    member: Member, need: str, plan: str | None = None, service: str = VENUES, **headers: str
) -> TestResponse:
    """Ask for *plan*, or for the best one."""
    body = {"plan": plan or best(member, need, service)}
    return member.post(service, f"/v1/needs/{need}/asks", body, **headers)


def inbox(member: Member) -> list[str]:
    """The texts of a member's messages."""
    answer = member.get("membership", "/v1/inbox")
    assert answer.status_code == 200, answer.text
    return [f"{each['subject']}: {each['text']}" for each in answer.json["items"]]  # type: ignore[index]


def stored(store: Store) -> dict[str, int]:
    """How many rows each table of the network has."""
    with store.reading() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in (
                tables.posting, tables.deal, tables.use, tables.event, tables.idempotency,
            )
        }  # fmt: skip


def is_problem(answer: TestResponse, status: int) -> Json:
    """The problem that *answer* tells; it is of this status and holds no traceback."""
    assert answer.status_code == status, answer.text[:500]
    assert answer.content_type == PROBLEM
    assert "Traceback" not in answer.text
    found: Json = answer.json  # type: ignore[assignment]
    assert found["status"] == status
    return found


def pair(town: Town, **offer: object) -> tuple[Member, Member, str, str]:
    """A holder with an offer, a seeker with a need that it fits: both, and the ids of the two."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    seeker = town.member("Amber Lane", "seeker", place=PLACE)
    given = posted(holder, "offer", an_offer(**offer))
    return holder, seeker, given, posted(seeker, "need", a_need(note="We sing in parts"))
