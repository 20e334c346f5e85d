"""Named listings: only who agreed to it, everywhere at once, and never who asks."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import event
from tests.towns import (
    NOW,
    ONLY_VENUES,
    PLACE,
    VENUES,
    Json,
    a_need,
    an_offer,
    asked,
    is_problem,
    matches,
    posted,
)

from cypn_core.storage.engine import Store
from cypn_core.testing.town import MEMBERSHIP, Member, Town


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ONLY_VENUES, NOW)


def public(town: Town) -> Json:
    """What anybody reads, without a key; the page names the same holders."""
    client = town.apps[MEMBERSHIP].test_client()
    answer, page = client.get("/v1/listings"), client.get("/listings")
    assert (answer.status_code, page.status_code) == (200, 200)
    assert page.content_type == "text/html; charset=utf-8"
    found: Json = answer.json  # type: ignore[assignment]
    for each in found["listings"]:
        assert each["name"].replace("&", "&amp;") in page.text
    assert page.text.count("<li>") == len(found["listings"])
    return found


def names(town: Town) -> list[str]:
    return [each["name"] for each in public(town)["listings"]]


def hall(town: Town, name: str, **offer: object) -> tuple[Member, str]:
    holder = town.member(name, "holder", place=PLACE)
    return holder, posted(holder, "offer", an_offer(note="Ring Kim", **offer))


def choose(holder: Member, offer: str, *, named: bool) -> None:
    answer = holder.post(VENUES, f"/v1/offers/{offer}/listing", {"named": named})
    assert answer.status_code == 200, answer.text
    assert answer.json["body"]["named_listing"] is named  # type: ignore[index]


def test_only_who_agreed_is_listed_and_with_coded_facts(town: Town) -> None:
    """The name, and what a stranger may read: no note, no exact place, no contact, no id."""
    hall(town, "Cedar & Sons Hall", named_listing=True)
    hall(town, "Quiet Hall")
    (listed,) = public(town)["listings"]
    assert listed["name"] == "Cedar & Sons Hall"
    assert (listed["exchange"], listed["category"]) == (VENUES, "hall")
    assert (listed["facts"]["capacity"], listed["facts"]["space_type"]) == (40, "hall")
    assert listed["facts"]["place"] == town.network.hub.region.zone_label(PLACE)
    told = json.dumps(public(town))
    for secret in ("Ring Kim", "kim@example.org", "Quiet", '"id"'):
        assert secret not in told, secret


def test_agreeing_and_taking_it_back_works_at_once_also_with_a_deal(town: Town) -> None:
    """Neither waits for a tick, and neither touches what is agreed."""
    holder, offer = hall(town, "Cedar Hall")
    seeker = town.member("Amber Lane", "seeker", place=PLACE)
    deal = asked(seeker, posted(seeker, "need", a_need()))
    assert deal.status_code == 201
    choose(holder, offer, named=True)
    assert names(town) == ["Cedar Hall"]
    choose(holder, offer, named=True)
    choose(holder, offer, named=False)
    assert names(town) == []
    assert seeker.get(VENUES, deal.headers["Location"]).json["state"] == "agreed"  # type: ignore[index]


def test_what_is_not_offered_any_more_is_not_listed(town: Town) -> None:
    """A withdrawn offer, one that nobody confirmed, and one whose holder's check has lapsed."""
    holder, offer = hall(town, "Cedar Hall", named_listing=True)
    hall(town, "Oak Hall", named_listing=True)
    assert names(town) == ["Cedar Hall", "Oak Hall"]
    assert holder.send("DELETE", VENUES, f"/v1/offers/{offer}", If_Match='"1"').status_code == 200
    assert names(town) == ["Oak Hall"]
    town.clock.pass_time(days=91)
    assert names(town) == []
    is_problem(holder.post(VENUES, f"/v1/offers/{offer}/listing", {"named": True}), 409)


def test_whoever_asks_stays_blind(town: Town) -> None:
    """A need cannot be listed; a listing changes nothing of what a seeker or a holder reads."""
    hall(town, "Cedar Hall", named_listing=True)
    seeker = town.member("Amber Lane", "seeker", place=PLACE)
    is_problem(seeker.post(VENUES, "/v1/needs", a_need(named_listing=True)), 422)
    need = posted(seeker, "need", a_need())
    assert "Amber" not in json.dumps(public(town))
    assert "Cedar" not in json.dumps(matches(seeker, need))
    is_problem(seeker.post(VENUES, f"/v1/offers/{need}/listing", {"named": True}), 404)


def test_of_the_others_only_counts_are_told_and_only_as_published(town: Town) -> None:
    """None before the first publication; three are told, and one more only a step later."""
    hall(town, "Cedar Hall", named_listing=True)
    for n in range(3):
        hall(town, f"Quiet Hall {n}")
    hall(town, "Small Hall", space_type="meeting_room")
    assert public(town)["others"] is None
    town.tick()
    told = {each["category"]: each["said"] for each in public(town)["others"]["counts"]}
    assert told == {"hall": "3", "meeting_room": "fewer than 3"}
    hall(town, "Quiet Hall 3")
    town.tick()
    before = public(town)["others"]
    town.clock.pass_time(days=7)
    town.tick()
    after = public(town)["others"]
    assert (after["counts"], after["on"]) == (before["counts"], "2026-11-23")


def test_a_long_list_takes_no_more_statements_than_a_short_one(town: Town, store: Store) -> None:
    """Anybody may read it, without a key: what it asks of the store does not grow with it."""

    def asks() -> int:
        heard: list[object] = []

        def hear(*given: object) -> None:
            heard.append(given)

        event.listen(store.engine, "before_cursor_execute", hear)
        public(town)
        event.remove(store.engine, "before_cursor_execute", hear)
        return len(heard)

    holder = town.member("Cedar Hall", "holder", place=PLACE)
    posted(holder, "offer", an_offer(named_listing=True))
    few = asks()
    for name in ("Elm Hall", "Fir Hall", "Gorse Hall"):
        posted(town.member(name, "holder", place=PLACE), "offer", an_offer(named_listing=True))
    assert len(names(town)) == 4
    assert asks() == few > 0
