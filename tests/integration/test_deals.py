"""What becomes of asking, through HTTP and on both stores."""

from __future__ import annotations

import datetime as dt

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
    best,
    inbox,
    is_problem,
    matches,
    pair,
    posted,
    stored,
)
from werkzeug.test import TestResponse

from cypn_core.application import check
from cypn_core.application.network import SYSTEM
from cypn_core.domain.standing import CheckOutcome
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

LAST_DAY = dt.date(2026, 12, 1)


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ONLY_VENUES, NOW)


def deal_of(answer: TestResponse, status: int) -> Json:
    """The deal in *answer*."""
    assert answer.status_code == status, answer.text
    found: Json = answer.json  # type: ignore[assignment]
    return found


def to(member: Member, deal: Json, verb: str, body: object = None) -> TestResponse:
    """Do *verb* to *deal* as this member last saw it."""
    seen = member.get(VENUES, f"/v1/deals/{deal['id']}")
    tag = seen.headers["ETag"]
    return member.post(VENUES, f"/v1/deals/{deal['id']}/{verb}", body, If_Match=tag)


def state(member: Member, side: str, posting: str) -> str:
    answer = member.get(VENUES, f"/v1/{side}s/{posting}")
    return str(answer.json["state"])  # type: ignore[index]


def everything_told(holder: Member, deal: Json, offer: str) -> str:
    """Every byte, headers included, that the holder can have."""
    answers = [
        holder.get(VENUES, "/v1/deals"),
        holder.get(VENUES, f"/v1/deals/{deal['id']}"),
        holder.get(VENUES, f"/v1/offers/{offer}"),
        holder.get(VENUES, "/v1/offers"),
        holder.get(VENUES, "/v1"),
        holder.get("membership", "/v1/inbox"),
    ]
    assert {answer.status_code for answer in answers} == {200}
    return "\n".join(f"{answer.headers}{answer.text}" for answer in answers)


def test_a_holder_is_asked_blind_says_yes_and_then_knows(town: Town) -> None:
    """Before its yes no byte tells who asks; after it both read names and contacts."""
    holder, seeker, offer, need = pair(town, auto_accept=False)
    deal = deal_of(asked(seeker, need), 202)
    assert deal["state"] == "asked"
    town.tick()
    told = everything_told(holder, deal, offer)
    for secret in ("Amber", "amber", str(seeker.id), "We are"):
        assert secret not in told, secret
    blind = seeker.get(VENUES, f"/v1/deals/{deal['id']}").text
    assert "Cedar" not in blind
    assert holder.id not in blind
    (shown,) = holder.get(VENUES, "/v1/deals").json["items"]  # type: ignore[index]
    assert shown["waits_for_you"]
    assert shown["needs"][0]["body"]["headcount"] == 12
    agreed = deal_of(to(holder, deal, "agree"), 200)
    assert agreed["state"] == "agreed"
    assert "Amber Lane" in {party.get("name") for party in agreed["parties"]}
    assert agreed["needs"][0]["body"]["note"] == "We sing in parts"
    assert state(seeker, "need", need) == "matched"


def test_declining_closes_the_time_for_everybody(town: Town) -> None:
    """After `unavailable` the need waits again and nobody is shown that time."""
    holder, seeker, _, need = pair(town, auto_accept=False)
    deal = deal_of(asked(seeker, need), 202)
    declined = deal_of(to(holder, deal, "decline", {"code": "unavailable"}), 200)
    assert (declined["state"], declined["reason"]) == ("declined", "unavailable")
    assert state(seeker, "need", need) == "open"
    assert not matches(seeker, need)["full"]
    friend = town.member("Friends of Cedar", "seeker", place=PLACE)
    assert not matches(friend, posted(friend, "need", a_need()))["full"]
    assert matches(friend, posted(friend, "need", a_need("2027-02-03")))["full"]
    town.tick()
    (told,) = inbox(seeker)
    assert told.startswith("Nothing came of it")
    assert "Cedar" not in told


@pytest.mark.parametrize("code", ["dislike", "rule_food", "Not you", ""])
def test_a_holder_declines_for_no_other_reason(town: Town, code: str) -> None:
    """Any other code is refused by name, and the deal still waits."""
    holder, seeker, _, need = pair(town, auto_accept=False)
    deal = deal_of(asked(seeker, need), 202)
    problem = is_problem(to(holder, deal, "decline", {"code": code}), 422)
    assert list(problem["errors"]) == ["code"]
    assert deal_of(seeker.get(VENUES, f"/v1/deals/{deal['id']}"), 200)["state"] == "asked"


def test_a_seeker_cannot_decline_nor_agree_for_the_holder(town: Town) -> None:
    """The seeker has said yes by asking: declining is the holder's, and so is the other yes."""
    _, seeker, _, need = pair(town, auto_accept=False)
    deal = deal_of(asked(seeker, need), 202)
    is_problem(to(seeker, deal, "decline", {"code": "unavailable"}), 403)
    is_problem(to(seeker, deal, "agree"), 409)


def test_a_cancelled_deal_frees_its_time(town: Town) -> None:
    """After the seeker leaves, the need is open, the time is free, and the holder is told."""
    holder, seeker, _, need = pair(town)
    deal = deal_of(asked(seeker, need), 201)
    assert state(seeker, "need", need) == "matched"
    assert deal_of(to(seeker, deal, "cancel"), 200)["state"] == "cancelled"
    assert state(seeker, "need", need) == "open"
    assert matches(seeker, need)["full"]
    is_problem(to(seeker, deal, "cancel"), 409)
    town.tick()
    assert any("free again" in told for told in inbox(holder))


def rivals(town: Town, day: str) -> tuple[tuple[Member, str], tuple[Member, str]]:
    """One thing, and two members who need it at the same time; the first was first."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    posted(holder, "offer", an_offer())
    first = town.member("Amber Lane", "seeker", place=PLACE)
    one = posted(first, "need", a_need(day))
    town.clock.pass_time(minutes=1)
    second = town.member("Birch Close", "seeker", place=PLACE)
    return (first, one), (second, posted(second, "need", a_need(day)))


def test_a_contested_time_is_settled_in_turn_when_its_window_closes(town: Town) -> None:
    """Far ahead both wait in a round; the earlier need has it; the other reads one sentence why."""
    (first, one), (second, two) = rivals(town, "2027-02-02")
    late = deal_of(asked(second, two), 202)
    early = deal_of(asked(first, one), 202)
    assert late["in_round"]
    assert early["in_round"]
    assert town.tick().rounds_closed == 0
    town.clock.pass_time(hours=73)
    assert town.tick().rounds_closed == 1
    won = deal_of(first.get(VENUES, f"/v1/deals/{early['id']}"), 200)
    lost = deal_of(second.get(VENUES, f"/v1/deals/{late['id']}"), 200)
    assert (won["state"], lost["state"]) == ("agreed", "declined")
    assert lost["reason"].count(".") == 1
    (told,) = inbox(second)
    assert lost["reason"] in told
    assert "Amber" not in told + lost["reason"]
    assert state(second, "need", two) == "open"
    assert town.tick().rounds_closed == 0


def test_near_the_start_the_first_has_it_at_once(town: Town) -> None:
    """Within the region's hours no window is opened; the second is told what else there is."""
    (first, one), (second, two) = rivals(town, "2026-11-23")
    plan = best(second, two)
    deal_of(asked(first, one), 201)
    problem = is_problem(asked(second, two, plan), 409)
    assert problem["alternatives"]["outcome"] in {"partial", "unmet"}
    assert state(second, "need", two) == "open"


def test_a_request_that_nobody_answers_lapses(town: Town) -> None:
    """Once its deadline is past the need waits again, and the late yes changes nothing."""
    holder, seeker, _, need = pair(town, auto_accept=False)
    deal = deal_of(asked(seeker, need), 202)
    town.clock.pass_time(days=8)
    assert town.tick().deals_lapsed == 1
    assert deal_of(seeker.get(VENUES, f"/v1/deals/{deal['id']}"), 200)["state"] == "lapsed"
    assert state(seeker, "need", need) == "open"
    is_problem(to(holder, deal, "agree"), 409)


@pytest.mark.parametrize("tag", ['"99"', "*", "1", 'W/"1"', '"x"', '""', '"' + "9" * 30 + '"'])
def test_whoever_saw_something_else_changes_nothing(town: Town, tag: str) -> None:
    """A stale or unreadable If-Match is refused with 412 on deals, needs and offers."""
    holder, seeker, offer, need = pair(town, auto_accept=False)
    deal = deal_of(asked(seeker, need), 202)
    before = stored(town.network.store)
    is_problem(holder.post(VENUES, f"/v1/deals/{deal['id']}/agree", If_Match=tag), 412)
    is_problem(holder.send("DELETE", VENUES, f"/v1/offers/{offer}", If_Match=tag), 412)
    is_problem(holder.send("PUT", VENUES, f"/v1/offers/{offer}", an_offer(), If_Match=tag), 412)
    assert stored(town.network.store) == before


def test_a_change_says_what_it_changes(town: Town) -> None:
    """Without If-Match: 428."""
    holder, seeker, offer, need = pair(town, auto_accept=False)
    deal = deal_of(asked(seeker, need), 202)
    is_problem(holder.post(VENUES, f"/v1/deals/{deal['id']}/agree"), 428)
    is_problem(holder.send("PUT", VENUES, f"/v1/offers/{offer}", an_offer()), 428)
    is_problem(seeker.send("DELETE", VENUES, f"/v1/needs/{need}"), 428)


def test_what_is_not_there_and_what_is_not_yours_look_the_same(town: Town) -> None:
    """Missing and foreign deals, needs and offers give one 404, to the byte, headers included."""
    holder, seeker, offer, need = pair(town, auto_accept=False)
    deal = deal_of(asked(seeker, need), 202)
    nosy = town.member("Nosy Group", "holder", "seeker", place=PLACE)
    none = "0" * 32
    foreign = {f"/v1/deals/{deal['id']}", f"/v1/needs/{need}", f"/v1/offers/{offer}"}
    missing = {f"/v1/{kind}/{none}" for kind in ("deals", "needs", "offers")}
    answers = [nosy.get(VENUES, path) for path in sorted(foreign | missing)]
    answers += [nosy.get(VENUES, f"/v1/needs/{each}/matches") for each in (need, none)]
    for verb in ("agree", "cancel"):
        for each in (deal["id"], none):
            answers.append(nosy.post(VENUES, f"/v1/deals/{each}/{verb}", If_Match='"1"'))
    for each in (need, none):
        answers.append(nosy.post(VENUES, f"/v1/needs/{each}/asks", {"plan": "0" * 32}))
        answers.append(nosy.send("DELETE", VENUES, f"/v1/needs/{each}", If_Match='"1"'))
    assert len({(answer.status_code, answer.data, str(answer.headers)) for answer in answers}) == 1
    is_problem(answers[0], 404)
    assert is_problem(holder.get(VENUES, f"/v1/needs/{need}"), 404)


def test_what_is_asked_for_is_not_changed_under_the_one_who_asks(town: Town) -> None:
    """While a deal waits or stands its offer and its need are neither edited nor withdrawn."""
    holder, seeker, offer, need = pair(town, auto_accept=False)
    deal = deal_of(asked(seeker, need), 202)
    dearer = an_offer(price={"basis": "per_hour", "pence": 9900})
    for change in range(2):
        is_problem(holder.send("PUT", VENUES, f"/v1/offers/{offer}", dearer, If_Match='"1"'), 409)
        is_problem(holder.send("DELETE", VENUES, f"/v1/offers/{offer}", If_Match='"1"'), 409)
        tag = seeker.get(VENUES, f"/v1/needs/{need}").headers["ETag"]
        is_problem(seeker.send("DELETE", VENUES, f"/v1/needs/{need}", If_Match=tag), 409)
        if not change:
            deal_of(to(holder, deal, "agree"), 200)
    deal_of(to(seeker, deal, "cancel"), 200)
    gone = holder.send("DELETE", VENUES, f"/v1/offers/{offer}", If_Match='"1"')
    assert gone.json["state"] == "withdrawn"  # type: ignore[index]


def test_an_offer_that_was_edited_is_asked_for_on_its_new_terms(town: Town) -> None:
    """A plan from before the edit is no longer there; nobody agrees to what was not shown."""
    holder, seeker, offer, need = pair(town)
    plan = best(seeker, need)
    dearer = an_offer(price={"basis": "per_hour", "pence": 9900})
    assert (
        holder.send("PUT", VENUES, f"/v1/offers/{offer}", dearer, If_Match='"1"').status_code == 200
    )
    problem = is_problem(asked(seeker, need, plan), 409)
    assert problem["alternatives"]["full"][0]["pence"] == 19_800


def test_a_need_waits_on_one_deal_at_a_time(town: Town) -> None:
    """A second ask while the first waits, and one after it is agreed, are 409."""
    holder, seeker, _, need = pair(town, auto_accept=False)
    plan = best(seeker, need)
    deal = deal_of(asked(seeker, need, plan), 202)
    is_problem(asked(seeker, need, plan), 409)
    deal_of(to(holder, deal, "agree"), 200)
    is_problem(asked(seeker, need, plan), 409)


def test_lists_come_in_pages_that_leave_nothing_out(town: Town) -> None:
    """`next` leads from page to page; each thing stands in exactly one of them."""
    seeker = town.member("Amber Lane", "seeker", place=PLACE)
    made = {posted(seeker, "need", a_need(f"2027-02-0{day}")) for day in range(1, 6)}
    seen: list[str] = []
    path = "/v1/needs?limit=2"
    while True:
        page: Json = seeker.get(VENUES, path).json  # type: ignore[assignment]
        assert set(page) == {"items", "next"}
        assert len(page["items"]) <= 2
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        path = f"/v1/needs?limit=2&after={page['next']}"
    assert len(seen) == 5
    assert set(seen) == made


def test_a_nearer_request_brings_its_round_forward(town: Town) -> None:
    """A round is for one offer; whoever asks for the nearest time decides when it closes."""
    (first, one), (second, _) = rivals(town, "2027-02-02")
    near, nearer = (posted(each, "need", a_need("2026-11-25")) for each in (first, second))
    deal_of(asked(first, one), 202)
    soon = deal_of(asked(second, nearer), 202)
    assert soon["deadline"] < "2026-11-23T14:01"
    assert state(first, "need", near) == "open"
    town.clock.pass_time(hours=30)
    assert town.tick().rounds_closed == 1


def test_two_waiting_requests_for_one_time_are_both_declined(town: Town) -> None:
    """One no closes the time for everybody: the other request is declined with it."""
    holder, seeker, _, need = pair(town, auto_accept=False)
    other = town.member("Birch Close", "seeker", place=PLACE)
    second = posted(other, "need", a_need())
    deals = [deal_of(asked(seeker, need), 202), deal_of(asked(other, second), 202)]
    deal_of(to(holder, deals[0], "decline", {"code": "unavailable"}), 200)
    for deal in deals:
        now = deal_of(holder.get(VENUES, f"/v1/deals/{deal['id']}"), 200)
        assert (now["state"], now["reason"]) == ("declined", "unavailable")


def test_changing_a_need_counts_against_the_daily_budget(town: Town) -> None:
    """Nobody maps the offers by moving one need about."""
    _, seeker, _, need = pair(town)
    limit = town.network.hub.region.settings.daily_needs
    changed = [
        seeker.send(
            "PUT",
            VENUES,
            f"/v1/needs/{need}",
            a_need(headcount=revision),
            If_Match=f'"{revision}"',
        )
        for revision in range(1, limit + 1)
    ]
    assert {answer.status_code for answer in changed[:-1]} == {200}
    is_problem(changed[-1], 422)


def test_whoever_acts_for_another_group_leaves_other_peoples_deals_alone(town: Town) -> None:
    """A coordinator acts for a group, and a group acts in its own deals only."""
    _, seeker, _, need = pair(town)
    stranger = town.member("Birch Close", "seeker", place=PLACE)
    deal = deal_of(asked(seeker, need), 201)
    answer = town.coordinator().post(
        VENUES, f"/v1/deals/{deal['id']}/cancel", If_Match='"2"', Cypn_For=stranger.id
    )
    assert answer.status_code in {403, 412}
    assert deal_of(seeker.get(VENUES, f"/v1/deals/{deal['id']}"), 200)["state"] == "agreed"


def test_one_key_is_one_request_for_one_group(town: Town) -> None:
    """The same Idempotency-Key for another group is refused, not answered for the first."""
    groups = [town.member(name, "seeker", place=PLACE) for name in ("Amber Lane", "Birch Close")]
    coordinator = town.coordinator()
    answers = [
        coordinator.post(
            VENUES, "/v1/needs", a_need(), Idempotency_Key="one", Cypn_For=each.id
        ).status_code
        for each in groups
    ]
    assert answers == [201, 422]


def test_a_check_that_lapses_while_a_request_waits_stops_the_deal(town: Town) -> None:
    """Standing is read at the moment that counts: at the holder's yes, not at the question."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    seeker = town.member("Amber Lane", "seeker", place=PLACE, until=LAST_DAY)
    posted(holder, "offer", an_offer(auto_accept=False))
    need = posted(seeker, "need", a_need("2026-11-24"))
    deal = deal_of(asked(seeker, need), 202)
    with town.network.writing() as work:
        check.record(work, SYSTEM, seeker.id, "seeker", CheckOutcome.FAILED, None)
    is_problem(to(holder, deal, "agree"), 409)


def test_what_has_begun_is_agreed_no_more(town: Town) -> None:
    """A yes that comes after the start, though in time to answer, is refused: it is too late."""
    holder, seeker, _, _ = pair(town, auto_accept=False)
    soon = posted(seeker, "need", a_need("2026-11-23"))
    deal = deal_of(asked(seeker, soon), 202)
    town.clock.pass_time(hours=30)
    problem = is_problem(to(holder, deal, "agree"), 409)
    assert "has begun" in str(problem)
    assert state(seeker, "need", soon) == "open"
