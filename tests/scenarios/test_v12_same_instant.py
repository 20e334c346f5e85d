"""V12: twenty confirmations at the same instant, each from a process of its own."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select
from tests.integration.racers import PATIENCE, race
from tests.integration.store_rows import drop_guard
from tests.towns import AREAS, NOW, VENUES, Area, a_need, an_offer, area_of, best, posted, stored
from tests.towns import asked as ask

from cypn_core.storage import tables
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

GROUPS = 20
TOMORROW = "2026-11-23"
Told = list[dict[str, Any]]


def confirm(store: Store, barrier: Any, number: int, told: Told) -> tuple[int, str]:
    """One process: a service of its own, and its group's request when all are ready."""
    each = told[number]
    apps = Town.on(store, AREAS[each["area"]].hub, NOW).apps
    member = Member(id=each["id"], name="", token=each["token"], apps=apps)
    assert member.get(VENUES, "/v1").status_code == 200
    barrier.wait(PATIENCE)
    answer = member.post(VENUES, each["path"], each["body"], **each["headers"])
    return answer.status_code, answer.text


@pytest.fixture
def town(store: Store, area: Area) -> Town:
    return Town.on(store, area.hub, NOW)


def as_told(town: Town, member: Member, path: str, body: Any, **headers: str) -> dict[str, Any]:
    """What a process has to know to send a request of *member*."""
    return {
        "area": town.network.hub.region.code,
        "id": member.id,
        "token": member.token,
        "path": path,
        "body": body,
        "headers": headers,
    }


def bookings(store: Store) -> int:
    """How many times the thing is taken."""
    live = tables.use.c.status.in_(tables.LIVE)
    with store.reading() as connection:
        return connection.scalar(select(func.count()).select_from(tables.use).where(live)) or 0


def test_v12_one_of_twenty_has_it(town: Town, store: Store, store_url: str) -> None:
    """V12: one 201 and nineteen 409 with alternatives; the winner's retry creates nothing."""
    holder = town.member("Cedar Hall", "holder", place=area_of(town).city)
    posted(holder, "offer", an_offer(place=area_of(town).city))
    posted(holder, "offer", an_offer(place=area_of(town).town))
    told: Told = []
    groups = [town.member(f"Group {n}", "seeker", place=area_of(town).city) for n in range(GROUPS)]
    for n, group in enumerate(groups):
        need = posted(group, "need", a_need(TOMORROW, place=area_of(town).city, max_km=3))
        body = {"plan": best(group, need)}
        told.append(
            as_told(town, group, f"/v1/needs/{need}/asks", body, Idempotency_Key=f"ask-{n}")
        )

    answers = race(confirm, store_url, told, GROUPS)

    codes = sorted(answer[0] for answer in answers)
    assert codes == [201, *[409] * (GROUPS - 1)], answers
    lost = [text for code, text in answers if code == 409]
    assert all('"alternatives":' in text.replace(" ", "") for text in lost)
    assert all("/problems/taken" in text for text in lost)
    for leak in ("Traceback", "sqlite", "psycopg", "trigger", "SELECT", "use_capacity"):
        assert not any(leak in text for text in lost)
    assert bookings(store) == 1
    (won,) = (text for code, text in answers if code == 201)
    _the_winner_asks_again(store, groups, told, won)


def _the_winner_asks_again(store: Store, groups: list[Member], told: Told, won: str) -> None:
    before = stored(store)
    held = [bool(group.get(VENUES, "/v1/deals").json["items"]) for group in groups]  # type: ignore[index]
    assert held.count(True) == 1
    winner = held.index(True)
    again = groups[winner].post(
        VENUES, told[winner]["path"], told[winner]["body"], **told[winner]["headers"]
    )
    assert (again.status_code, again.text) == (201, won)
    assert stored(store) == before
    assert bookings(store) == 1


def waiting(town: Town, groups: int) -> Told:
    """As many requests for one slot, and the holder's yes to each of them."""
    holder = town.member("Cedar Hall", "holder", place=area_of(town).city)
    posted(holder, "offer", an_offer(place=area_of(town).city, auto_accept=False))
    told: Told = []
    for n in range(groups):
        group = town.member(f"Group {n}", "seeker", place=area_of(town).city)
        answer = ask(group, posted(group, "need", a_need(TOMORROW, place=area_of(town).city)))
        assert answer.status_code == 202, answer.text
        path, tag = f"{answer.headers['Location']}/agree", answer.headers["ETag"]
        told.append(as_told(town, holder, path, None, If_Match=tag))
    return told


def test_v12_a_holder_who_says_yes_to_all_gives_it_once(
    town: Town, store: Store, store_url: str
) -> None:
    """V12: yes to six requests for one slot at once: one is agreed, five are 409."""
    answers = race(confirm, store_url, waiting(town, 6), 6)
    assert sorted(answer[0] for answer in answers) == [200, *[409] * 5], answers
    assert bookings(store) == 1


def test_v12_without_the_guard_it_is_given_to_all(town: Town, store: Store, store_url: str) -> None:
    """V12, the control: with the triggers dropped the same six are all agreed, in both stores."""
    told = waiting(town, 6)
    drop_guard(store)
    answers = race(confirm, store_url, told, 6)
    assert [answer[0] for answer in answers] == [200] * 6, answers
    assert bookings(store) == 6
