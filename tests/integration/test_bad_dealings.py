"""Bad offers, odd nights, and requests that come too late: refused in words, nothing stored."""

from __future__ import annotations

from typing import Any

import pytest
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
    pair,
    posted,
    stored,
)
from werkzeug.test import TestResponse

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

GAP, FOLD = "2027-03-28", "2027-10-31"
"""The nights on which 01:30 is not, and is twice."""
DAILY: Json = {"first": "2026-11-22", "starts": "13:00", "ends": "17:00", "rrule": "FREQ=DAILY"}
NIGHTS: Json = {"first": "2026-11-22", "starts": "00:00", "ends": "06:00", "rrule": "FREQ=DAILY"}


def hours(**changes: Any) -> Json:
    return {"hours": [DAILY | changes]}


BAD_OFFERS: dict[str, tuple[Json, str, str]] = {
    "a leaf that stands in it twice": ({"parts": ["stage", "stage"]}, "parts", "twice"),
    "a leaf that is made of itself": (
        {"parts": [{"code": "hall", "parts": ["hall"]}]},
        "parts[0]",
        "must be a text",
    ),
    "a leaf that is no code": ({"parts": ["The Hall"]}, "parts[0]", "must be"),
    "a buffer longer than the day": ({"set_up_minutes": 1441}, "set_up_minutes", "at most 1440"),
    "buffers that fill the day": (
        {"set_up_minutes": 720, "clear_up_minutes": 720},
        "set_up_minutes",
        "less than a day",
    ),
    "an unknown term": (hours(during=["summer_2099"]), "hours[0].during", "not a calendar"),
    "unknown holidays": (hours(skip=["doomsday"]), "hours[0].skip", "bank_holidays"),
    "unknown closing days": ({"closes_on": ["doomsday"]}, "closes_on[0]", "bank_holidays"),
    "from 24:00": (hours(starts="24:00", ends="24:00"), "hours[0].ends", "after starts"),
    "to 24:01": (hours(ends="24:01"), "hours[0].ends", "00:00 to 24:00"),
    "SECONDLY": (hours(rrule="FREQ=SECONDLY"), "hours[0].rrule", "DAILY, WEEKLY or MONTHLY"),
    "earlier users SECONDLY": (
        {"existing_hours": [DAILY | {"rrule": "FREQ=SECONDLY"}]},
        "existing_hours[0].rrule",
        "DAILY, WEEKLY or MONTHLY",
    ),
}


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ONLY_VENUES, NOW)


@pytest.fixture
def member(town: Town) -> Member:
    return town.member("Amber Lane", "seeker", "holder", place=PLACE)


def changed(town: Town, sent: TestResponse, status: int, before: dict[str, int]) -> Json:
    """The problem of a request after which the store holds what it held *before*."""
    problem = is_problem(sent, status)
    assert stored(town.network.store) == before
    return problem


@pytest.mark.parametrize("name", BAD_OFFERS)
def test_a_bad_offer_names_its_field_and_the_mend(town: Town, member: Member, name: str) -> None:
    """422 under the one field, with what would do; also as the change of an offer that stands."""
    wrong, field, said = BAD_OFFERS[name]
    offer = posted(member, "offer", an_offer())
    before = stored(town.network.store)
    new = member.post(VENUES, "/v1/offers", an_offer(**wrong))
    old = member.send("PUT", VENUES, f"/v1/offers/{offer}", an_offer(**wrong), If_Match='"1"')
    for answer in (new, old):
        errors = changed(town, answer, 422, before)["errors"]
        assert list(errors) == [field]
        assert said in errors[field][0]


@pytest.mark.parametrize("code", ["during", "skip"])
def test_a_need_in_an_unknown_term_names_those_that_there_are(
    town: Town, member: Member, code: str
) -> None:
    """422 under the path of the field, with the calendars of the region."""
    need = a_need()
    need["when"][code] = ["summer_2099"]
    before = stored(town.network.store)
    errors = changed(town, member.post(VENUES, "/v1/needs", need), 422, before)["errors"]
    assert list(errors) == [f"when.{code}"]
    assert "term_summer_2027" in errors[f"when.{code}"][0]


def test_a_time_that_the_night_skips_is_no_time(town: Town, member: Member) -> None:
    """From 01:15 to 01:45 in spring is nothing: 422 that says why."""
    need = a_need(when={"first": GAP, "starts": "01:15", "ends": "01:45"})
    before = stored(town.network.store)
    errors = changed(town, member.post(VENUES, "/v1/needs", need), 422, before)["errors"]
    assert "clock change" in errors["when"][0]


@pytest.mark.parametrize(
    ("day", "ends", "window"),
    [
        (GAP, "03:30", ("2027-03-28T01:00:00Z", "2027-03-28T02:30:00Z")),
        (FOLD, "03:30", ("2027-10-31T00:30:00Z", "2027-10-31T03:30:00Z")),
    ],
)
def test_half_past_one_on_both_change_nights(
    town: Town, day: str, ends: str, window: tuple[str, str]
) -> None:
    """What is skipped stands for the jump, what comes twice for its first pass; as agreed."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    seeker = town.member("Amber Lane", "seeker", place=PLACE)
    posted(holder, "offer", an_offer(hours=[NIGHTS]))
    need = posted(seeker, "need", a_need(when={"first": day, "starts": "01:30", "ends": ends}))
    found = asked(seeker, need)
    assert found.status_code == 201, found.text
    (date,) = found.json["dates"]  # type: ignore[index]
    assert (date["window"]["start"], date["window"]["end"]) == window


@pytest.fixture
def request_(town: Town) -> tuple[Member, Member, str, str]:
    """A holder who decides by hand was asked: holder, seeker, offer and deal."""
    holder, seeker, offer, need = pair(town, auto_accept=False)
    answer = asked(seeker, need)
    assert answer.status_code == 202, answer.text
    return holder, seeker, offer, str(answer.json["id"])  # type: ignore[index]


Request = tuple[Member, Member, str, str]


def moved(member: Member, deal: str, verb: str, tag: str | None = None) -> TestResponse:
    """Agree or cancel, by default on what is read just before."""
    read = member.get(VENUES, f"/v1/deals/{deal}").headers["ETag"]
    return member.post(VENUES, f"/v1/deals/{deal}/{verb}", If_Match=tag or read)


def state(member: Member, deal: str) -> str:
    return str(member.get(VENUES, f"/v1/deals/{deal}").json["state"])  # type: ignore[index]


def test_an_offer_edited_while_it_is_asked_for(town: Town, request_: Request) -> None:
    """409 that says what to do first; what is then agreed are the terms that were asked for."""
    holder, seeker, offer, deal = request_
    dearer = an_offer(auto_accept=False, price={"basis": "per_hour", "pence": 9000})
    before = stored(town.network.store)
    edit = holder.send("PUT", VENUES, f"/v1/offers/{offer}", dearer, If_Match='"1"')
    assert "cancel or answer it first" in changed(town, edit, 409, before)["detail"]
    agreed: Any = moved(holder, deal, "agree").json
    assert (agreed["state"], agreed["pence"]) == ("agreed", 1600)
    assert state(seeker, deal) == "agreed"


def test_a_hold_is_not_taken_twice(town: Town, request_: Request) -> None:
    """Agreeing again is 412 with the old tag and 409 with the new; one use stands."""
    holder, _, _, deal = request_
    old = holder.get(VENUES, f"/v1/deals/{deal}").headers["ETag"]
    assert moved(holder, deal, "agree").status_code == 200
    before = stored(town.network.store)
    assert before["use"] == 1
    changed(town, moved(holder, deal, "agree", old), 412, before)
    assert changed(town, moved(holder, deal, "agree"), 409, before)["detail"]


def test_the_same_plan_is_not_asked_for_twice(town: Town, request_: Request) -> None:
    """The need stands in a request already: 409 says so."""
    _, seeker, _, deal = request_
    told: Any = seeker.get(VENUES, f"/v1/deals/{deal}").json
    need = told["needs"][0]["id"]
    before = stored(town.network.store)
    again = asked(seeker, need, "0" * 32)
    assert changed(town, again, 409, before)["detail"]


def test_agreeing_after_the_time_to_answer_is_over(town: Town, request_: Request) -> None:
    """Also where no tick came by: 409 that says so, and nothing is occupied."""
    holder, seeker, _, deal = request_
    town.clock.pass_time(days=10)
    problem = is_problem(moved(holder, deal, "agree"), 409)
    assert "time to answer is over" in problem["detail"]
    town.tick()
    assert state(seeker, deal) == "lapsed"
    assert stored(town.network.store)["use"] == 0
    is_problem(moved(holder, deal, "agree"), 409)


@pytest.mark.parametrize("tag", ['"0"', '"99"', 'W/"1"', "*", "1"])
def test_a_stale_tag_changes_nothing(town: Town, request_: Request, tag: str) -> None:
    """412 on a deal, a need and an offer, whichever way it is wrong."""
    holder, seeker, offer, deal = request_
    before = stored(town.network.store)
    answers = [
        moved(holder, deal, "agree", tag),
        holder.send("PUT", VENUES, f"/v1/offers/{offer}", an_offer(), If_Match=tag),
        holder.send("DELETE", VENUES, f"/v1/offers/{offer}", If_Match=tag),
        holder.post(VENUES, f"/v1/offers/{offer}/leave", {"leaves_on": "2027-01-01"}, If_Match=tag),
    ]
    for answer in answers:
        assert "ETag" in changed(town, answer, 412, before)["detail"] or tag in {'"0"', '"99"'}
    assert state(seeker, deal) == "asked"


def test_without_a_tag_nothing_is_changed(town: Town, request_: Request) -> None:
    """428 that says what to send."""
    holder, _, _, deal = request_
    before = stored(town.network.store)
    changed(town, holder.post(VENUES, f"/v1/deals/{deal}/agree"), 428, before)
