"""Law 8: nothing past its freshness limit is shown; whoever posted it is asked before, once."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.towns import AREAS, VENUES, Area, a_need, an_offer, inbox, is_problem, matches, posted

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

NOW = dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC)
OPEN = {"first": "2026-11-30", "starts": "13:00", "ends": "17:00", "rrule": "FREQ=DAILY"}


@pytest.fixture(params=AREAS)
def area(request: pytest.FixtureRequest) -> Area:
    return AREAS[request.param]


@pytest.fixture
def town(store: Store, area: Area) -> Town:
    return Town.on(store, area.hub, NOW)


def on(town: Town, year: int, month: int, day: int) -> None:
    """Let it become the morning of that day, with two ticks."""
    town.clock.now = dt.datetime(year, month, day, 9, tzinfo=dt.UTC)
    town.tick()
    town.tick()


def asked_about(member: Member) -> int:
    """How often it was asked whether a posting still holds."""
    return sum(
        said.startswith(("Is this still so?", "Is it still available?")) for said in inbox(member)
    )


def finds(town: Town, area: Area, day: str) -> bool:
    """Whether a newcomer finds something for that day."""
    seeker = town.member(f"Newcomer {town.network.new_id()}", "seeker", place=area.town)
    return bool(matches(seeker, posted(seeker, "need", a_need(day, place=area.town)))["full"])


def test_law_08_hidden_in_time_reminded_once_and_never_deleted(town: Town, area: Area) -> None:
    """N04: last confirmed on 30 November; asked on 14 February, hidden from the 28th, kept."""
    holder = town.member("Cedar Hall", "holder", place=area.town)
    offer = posted(holder, "offer", an_offer(place=area.town, hours=[OPEN]))
    on(town, 2027, 2, 13)
    assert asked_about(holder) == 0
    for day in (14, 15, 27):
        on(town, 2027, 2, day)
        assert asked_about(holder) == 1
        assert finds(town, area, "2027-03-10")
    on(town, 2027, 2, 28)
    assert not finds(town, area, "2027-03-10")
    kept = holder.get(VENUES, f"/v1/offers/{offer}").json
    assert kept["state"] == "open"  # type: ignore[index]
    assert holder.post(VENUES, f"/v1/offers/{offer}/confirm").status_code == 200
    assert finds(town, area, "2027-03-10")
    on(town, 2027, 5, 16)
    assert asked_about(holder) == 2


@pytest.mark.parametrize("way", ["confirm", "put"])
def test_law_08_a_put_or_a_tap_renews(town: Town, area: Area, way: str) -> None:
    """Either gives the whole of the days again, also while a deal stands on it."""
    holder = town.member("Cedar Hall", "holder", place=area.town)
    body = an_offer(place=area.town, hours=[OPEN])
    offer = posted(holder, "offer", body)
    town.clock.pass_time(days=30)
    path = f"/v1/offers/{offer}"
    if way == "put":
        answer = holder.send("PUT", VENUES, path, body, If_Match='"1"')
    else:
        answer = holder.post(VENUES, f"{path}/confirm", Idempotency_Key="one")
        again = holder.post(VENUES, f"{path}/confirm", Idempotency_Key="one")
        assert again.json == answer.json
    assert answer.status_code == 200, answer.text
    assert answer.json["fresh_until"][:10] == "2027-03-30"  # type: ignore[index]
    assert answer.json["revision"] == 2  # type: ignore[index]


def test_law_08_nobody_confirms_what_is_not_its_own(town: Town, area: Area) -> None:
    """A stranger's posting is 404, a withdrawn one 409, an unchecked owner's 403."""
    holder = town.member("Cedar Hall", "holder", place=area.town, until=dt.date(2026, 12, 31))
    offer = posted(holder, "offer", an_offer(place=area.town, hours=[OPEN]))
    path = f"/v1/offers/{offer}/confirm"
    nosy = town.member("Nosy Group", "holder", place=area.town)
    is_problem(nosy.post(VENUES, path), 404)
    is_problem(nosy.post(VENUES, f"/v1/offers/{'0' * 32}/confirm"), 404)
    gone = posted(nosy, "offer", an_offer(place=area.town, hours=[OPEN]))
    nosy.send("DELETE", VENUES, f"/v1/offers/{gone}", If_Match='"1"')
    is_problem(nosy.post(VENUES, f"/v1/offers/{gone}/confirm"), 409)
    town.clock.pass_time(days=40)
    is_problem(holder.post(VENUES, path), 403)


def test_law_08_a_stale_need_expires_and_its_owner_is_told(town: Town, area: Area) -> None:
    """Its day is still ahead, but nobody stands for it any more: unmet, once."""
    seeker = town.member("Amber Lane", "seeker", place=area.town)
    need = posted(seeker, "need", a_need("2027-06-01", place=area.town))
    kept = posted(seeker, "need", a_need("2027-06-02", place=area.town))
    on(town, 2027, 2, 20)
    assert asked_about(seeker) == 2
    assert seeker.post(VENUES, f"/v1/needs/{kept}/confirm").status_code == 200
    on(town, 2027, 2, 28)
    states = {
        each: seeker.get(VENUES, f"/v1/needs/{each}").json["state"]  # type: ignore[index]
        for each in (need, kept)
    }
    assert states == {need: "expired", kept: "open"}
    assert sum(said.startswith("A need has run out") for said in inbox(seeker)) == 1
