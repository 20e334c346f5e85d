"""A holder closes and reopens its own offer, through HTTP and on both stores."""

from __future__ import annotations

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
    inbox,
    is_problem,
    matches,
    pair,
    posted,
)
from werkzeug.test import TestResponse

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

DAY = {"first": "2027-02-02", "code": "works"}


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ONLY_VENUES, NOW)


def told(answer: TestResponse, status: int = 200) -> Json:
    """The body of *answer*, which has this status."""
    assert answer.status_code == status, answer.text
    found: Json = answer.json  # type: ignore[assignment]
    return found


def closed(holder: Member, offer: str, **span: object) -> Json:
    """The holder closes the day of the need, or another *span*."""
    path = f"/v1/offers/{offer}/closures"
    return told(holder.post(VENUES, path, {**DAY, **span}), 201)


def closures(holder: Member, offer: str) -> list[Json]:
    """The closures of *offer* that stand."""
    found: list[Json] = told(holder.get(VENUES, f"/v1/offers/{offer}/closures"))["items"]
    return found


def reopened(holder: Member, offer: str, closure: str) -> TestResponse:
    """The holder reopens *closure*."""
    return holder.send("DELETE", VENUES, f"/v1/offers/{offer}/closures/{closure}")


def deal_now(member: Member, deal: str) -> Json:
    """The deal as it is."""
    return told(member.get(VENUES, f"/v1/deals/{deal}"))


def to(member: Member, deal: str, verb: str, body: object = None) -> TestResponse:
    """Do *verb* to *deal* as it is."""
    tag = member.get(VENUES, f"/v1/deals/{deal}").headers["ETag"]
    return member.post(VENUES, f"/v1/deals/{deal}/{verb}", body, If_Match=tag)


def answered(member: Member, code: str) -> Json:
    """The member's answer to the newest thing that it was told fits."""
    wakes = told(member.get(VENUES, "/v1/wakes"))["items"]
    (wake,) = [each for each in wakes if each["state"] == "asked"]
    return told(member.post(VENUES, f"/v1/wakes/{wake['id']}/answer", {"code": code}))


def test_closing_over_what_is_agreed_displaces_it_and_tells_each_group_once(town: Town) -> None:
    """The need waits again as displaced, the group has one message, and nobody is shown it."""
    holder, seeker, offer, need = pair(town)
    deal = told(asked(seeker, need), 201)["id"]
    town.tick()
    before = inbox(seeker)
    closure = closed(holder, offer)
    assert closure["windows"] == [{"start": "2027-02-02T00:00:00Z", "end": "2027-02-03T00:00:00Z"}]
    assert (deal_now(seeker, deal)["state"], deal_now(seeker, deal)["reason"]) == (
        "displaced", "closed",
    )  # fmt: skip
    town.tick()
    town.tick()
    (new,) = [each for each in inbox(seeker) if each.startswith("Closed: ")]
    assert "none yet" in new
    assert len(inbox(seeker)) == len(before) + 1
    assert not matches(seeker, need)["full"]
    with town.network.reading() as work:
        (waiting,) = work.postings.unanswered([VENUES])
        assert (waiting.id, waiting.priority.name) == (need, "DISPLACED")


def test_closures_that_overlap_become_one_and_reopening_frees_all_of_it(town: Town) -> None:
    """Two that share an hour are listed as one; reopened, the time is offered as before."""
    holder, seeker, offer, need = pair(town)
    closed(holder, offer, starts="13:00", ends="15:00")
    closed(holder, offer, starts="14:00", ends="17:00", code="own_use")
    (one,) = closures(holder, offer)
    assert one["windows"] == [{"start": "2027-02-02T13:00:00Z", "end": "2027-02-02T17:00:00Z"}]
    assert not matches(seeker, need)["full"]
    assert told(reopened(holder, offer, one["id"]))["state"] == "reopened"
    assert closures(holder, offer) == []
    assert matches(seeker, need)["full"]
    is_problem(reopened(holder, offer, one["id"]), 409)


def test_a_closure_is_its_holders_alone(town: Town) -> None:
    """To anybody else, and under another offer, it looks like one that never was."""
    holder, seeker, offer, _ = pair(town)
    other = posted(holder, "offer", an_offer())
    closure = closed(holder, offer)["id"]
    never = is_problem(reopened(seeker, offer, "0" * 32), 404)
    assert is_problem(reopened(seeker, offer, closure), 404) == never
    is_problem(reopened(holder, other, closure), 404)
    is_problem(seeker.get(VENUES, f"/v1/offers/{offer}/closures"), 404)


@pytest.mark.parametrize(
    ("span", "field"),
    [
        ({"first": "2026-11-01"}, "last"),
        ({"starts": "15:00", "ends": "15:00"}, "ends"),
        ({"last": "2027-02-01"}, "ends"),
        ({"last": "2029-02-01"}, "last"),
        ({"first": "9999-12-31"}, "first"),
        ({"starts": "25:00"}, "starts"),
        ({"code": "Not you"}, "code"),
    ],
)
def test_a_bad_closure_is_refused_by_field(town: Town, span: Json, field: str) -> None:
    """What is past, empty, too long or unreadable names its field, and nothing is closed."""
    holder, _, offer, _ = pair(town)
    answer = holder.post(VENUES, f"/v1/offers/{offer}/closures", {**DAY, **span})
    assert list(is_problem(answer, 422)["errors"]) == [field]
    assert closures(holder, offer) == []


def test_declining_as_unavailable_is_a_closure_that_the_holder_can_see(town: Town) -> None:
    """The declined time is listed with the code, and only once."""
    holder, seeker, offer, need = pair(town, auto_accept=False)
    deal = told(asked(seeker, need), 202)["id"]
    told(to(holder, deal, "decline", {"code": "unavailable"}))
    (one,) = closures(holder, offer)
    assert one["code"] == "unavailable"
    assert one["windows"] == [{"start": "2027-02-02T14:00:00Z", "end": "2027-02-02T16:00:00Z"}]


def turned_away(town: Town, *, auto_accept: bool, day: str) -> tuple[Member, Member, Member, str]:
    """A holder who declined a seeker on *day*, and then reopened for a friend, who asks."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    seeker = town.member("Amber Lane", "seeker", place=PLACE)
    friend = town.member("Friends of Cedar", "seeker", place=PLACE)
    offer = posted(holder, "offer", an_offer(auto_accept=auto_accept))
    need = posted(seeker, "need", a_need(day))
    deal = told(asked(seeker, need), 201 if auto_accept else 202)["id"]
    told(to(holder, deal, "decline", {"code": "unavailable"}))
    (closure,) = closures(holder, offer)
    wanted = posted(friend, "need", a_need(day))
    told(reopened(holder, offer, closure["id"]))
    answer = told(asked(friend, wanted), 202)
    return holder, seeker, friend, answer["id"]


@pytest.mark.parametrize("day", ["2027-02-02", "2026-11-23"], ids=["far", "near"])
@pytest.mark.parametrize("says_yes", ["by_rule", "by_hand"])
def test_who_was_declined_is_offered_it_before_the_friend(
    town: Town, day: str, says_yes: str
) -> None:
    """However near, the friend who asks at once waits; the declined group gets it by its yes."""
    auto_accept = says_yes == "by_rule"
    holder, seeker, friend, deal = turned_away(town, auto_accept=auto_accept, day=day)
    if not auto_accept:
        assert told(to(holder, deal, "agree"))["state"] == "asked"
    assert deal_now(friend, deal)["in_round"]
    town.tick()
    assert deal_now(friend, deal)["state"] == "asked"
    mine = answered(seeker, "yes")["deal"]["id"]
    if not auto_accept:
        told(to(holder, mine, "agree"))
    town.clock.pass_time(days=20)
    town.tick()
    assert deal_now(friend, deal)["state"] in {"declined", "lapsed"}
    assert deal_now(seeker, mine)["state"] in {"agreed", "done"}


def test_the_friend_gets_it_after_the_declined_group_said_no(town: Town) -> None:
    """Near its time a no decides at once; until then the friend waits."""
    _, seeker, friend, deal = turned_away(town, auto_accept=True, day="2026-11-23")
    town.tick()
    assert deal_now(friend, deal)["state"] == "asked"
    answered(seeker, "no")
    assert deal_now(friend, deal)["state"] == "agreed"


def test_the_friend_gets_it_when_the_declined_group_did_not_answer(town: Town) -> None:
    """Silence gives it away once the time to answer is over."""
    _, _, friend, deal = turned_away(town, auto_accept=True, day="2027-02-02")
    town.tick()
    town.clock.pass_time(days=2)
    town.tick()
    assert deal_now(friend, deal)["state"] == "asked"
    for _ in range(10):
        town.clock.pass_time(days=1)
        town.tick()
    assert deal_now(friend, deal)["state"] == "agreed"


def test_what_is_taken_back_after_agreeing_counts_as_a_decline(town: Town) -> None:
    """A whole deal declined, one date of a series, and a closure over what is agreed: three."""
    holder, seeker, offer, need = pair(town)
    told(to(holder, told(asked(seeker, need), 201)["id"], "decline", {"code": "unavailable"}))
    hours = {"first": "2027-03-02", "starts": "14:00", "ends": "16:00"}
    series = posted(seeker, "need", a_need(when={**hours, "rrule": "FREQ=WEEKLY;COUNT=3"}))
    deal = told(asked(seeker, series), 201)["id"]
    told(to(holder, deal, "cancel-date", {"on": "2027-03-09", "code": "unavailable"}))
    told(to(seeker, deal, "cancel-date", {"on": "2027-03-02"}))
    closed(holder, offer, first="2027-03-16")
    report = town.coordinator().get("membership", "/v1/reports/coordinator")
    (row,) = told(report)["declines"]
    assert (row["organisation"], row["declines"], row["flag"]) == (holder.id, 3, True)
