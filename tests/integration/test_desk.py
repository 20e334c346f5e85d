"""The coordinator's desk: what is on it, in which order, and what it costs however long it is."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event as listening
from tests.post_office import write_to
from tests.towns import NOW, ONLY_VENUES, PLACE, VENUES, a_need, an_offer, asked, is_problem, posted

from cypn_core.application import bounces, check
from cypn_core.application.desk import desk
from cypn_core.application.desk_items import Item, Kind
from cypn_core.application.match import answer_to
from cypn_core.application.network import SYSTEM, Caller, Work
from cypn_core.domain.errors import NotAllowed
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.postings import PostingState
from cypn_core.domain.standing import CheckOutcome
from cypn_core.storage.belongings import CheckRequests
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

CLERK = Caller(actor="key:clerk", scopes=frozenset({"coordinator"}))
CHECKS = {Kind.CHECK_LAPSED, Kind.CHECK_PENDING, Kind.CHECK_EXPIRING, Kind.CHECK_READY}


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ONLY_VENUES, NOW)


def on_desk(town: Town, *kinds: Kind) -> list[Item]:
    with town.network.reading() as work:
        return [each for each in desk(work, CLERK) if not kinds or each.kind in kinds]


def recorded(town: Town, member: Member, role: str, outcome: CheckOutcome) -> None:
    town.network.transact(lambda work: check.record(work, SYSTEM, member.id, role, outcome, None))


def waiting(town: Town, name: str, **need: Any) -> Member:
    """A checked group whose need waits."""
    group = town.member(name, "seeker", place=PLACE)
    posted(group, "need", a_need(**need))
    return group


def test_a_check_for_which_groups_wait_comes_first_and_says_how_many(town: Town) -> None:
    """Two halls pend; four groups wait for what one of them offers, and nobody for the other's."""
    wanted, other = (town.member(n, "holder", place=PLACE) for n in ("Cedar Hall", "Elm Rooms"))
    posted(wanted, "offer", an_offer())
    posted(other, "offer", an_offer(capacity=2))
    for hall in (other, wanted):
        recorded(town, hall, "holder", CheckOutcome.PENDING)
    for name in ("Amber Lane", "Birch Club", "Oak Choir", "Rowan Group"):
        waiting(town, name)
    first, second = on_desk(town, Kind.CHECK_PENDING)
    assert (first.about, first.groups) == (wanted.id, 4)
    assert "Cedar Hall" in first.sentence
    assert "wait for what it offers: 4" in first.unlocks
    assert (second.about, second.groups) == (other.id, 0)


def test_needs_of_its_own_wait_for_a_groups_check(town: Town) -> None:
    """A group whose own check lapsed counts as one that waits, and the sentence says its needs."""
    until = NOW.date() + dt.timedelta(days=3)
    group = town.member("Amber Lane", "seeker", place=PLACE, until=until)
    posted(group, "need", a_need())
    town.clock.pass_time(days=5)
    (item,) = on_desk(town, Kind.CHECK_LAPSED)
    assert (item.about, item.groups) == (group.id, 1)
    assert "of its own that wait: 1" in item.unlocks


def test_a_group_that_could_not_take_it_does_not_wait_for_it(town: Town) -> None:
    """Its own check lapsed, or it has switched the exchange off: neither is counted."""
    hall = town.member("Cedar Hall", "holder", place=PLACE)
    posted(hall, "offer", an_offer())
    short = town.member("Amber Lane", "seeker", place=PLACE, until=NOW.date())
    off = waiting(town, "Birch Club")
    for group in (short, waiting(town, "Oak Choir", day="2027-02-03")):
        posted(group, "need", a_need("2027-02-04"))
    known = off.get("membership", "/v1/organisation")
    profile = {**known.json["profile"], "exchanges_off": [VENUES]}  # type: ignore[index]
    tag = known.headers["ETag"]
    assert (
        off.send("PUT", "membership", "/v1/organisation", profile, If_Match=tag).status_code == 200
    )
    town.clock.pass_time(days=1)
    recorded(town, hall, "holder", CheckOutcome.PENDING)
    (item,) = on_desk(town, Kind.CHECK_PENDING)
    assert item.groups == 1


def test_what_organisations_say_themselves_stands_in_the_place_of_what_is_on_record(
    town: Town,
) -> None:
    """Ready for a check that pends: one item, which says that it is ready."""
    hall = town.member("Cedar Hall", place=PLACE)
    recorded(town, hall, "holder", CheckOutcome.PENDING)
    town.network.transact(
        lambda work: CheckRequests(work.connection).ready(hall.id, "holder", work.now)
    )
    (item,) = on_desk(town)
    assert (item.kind, item.about, item.role) == (Kind.CHECK_READY, hall.id, "holder")


def test_nobody_but_a_coordinator_has_a_desk(town: Town) -> None:
    """Neither a member nor an operator."""
    member = town.acting(town.member("Amber Lane", "seeker", place=PLACE))
    for caller in (member, Caller(actor="key:x", scopes=frozenset({"operator"}))):
        with town.network.reading() as work, pytest.raises(NotAllowed):
            desk(work, caller)


def test_the_desk_is_read_through_http_by_coordinators_alone(town: Town) -> None:
    """Each item with its sentence, what it unlocks, and the id that it is about."""
    hall = town.member("Cedar Hall", place=PLACE)
    recorded(town, hall, "holder", CheckOutcome.PENDING)
    answer = town.coordinator().get("membership", "/v1/desk")
    (item,) = answer.json["items"]  # type: ignore[index]
    assert (item["kind"], item["about"], item["role"]) == ("check_pending", hall.id, "holder")
    assert "Cedar Hall" in item["sentence"]
    assert answer.json["counts"] == {"check_pending": 1}  # type: ignore[index]
    is_problem(hall.get("membership", "/v1/desk"), 403)


def test_a_request_for_the_coordinator_stands_there_without_a_name(town: Town) -> None:
    """Who asks is another, audited question."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    group = town.member("Amber Lane", "seeker", place=PLACE)
    posted(holder, "offer", an_offer(beside=["adults_only"]))
    need = posted(group, "need", a_need(age_group="pre_school"))
    plan = group.get(VENUES, f"/v1/needs/{need}/matches").json["partial"][0]["key"]  # type: ignore[index]
    deal = asked(group, need, plan).json["id"]  # type: ignore[index]
    (item,) = on_desk(town, Kind.CLEARANCE)
    assert (item.about, item.groups, item.exchange) == (deal, 1, VENUES)
    assert not [name for name in ("Amber", "Cedar") if name in f"{item}"]


def test_a_displaced_need_stands_there_until_it_is_served(town: Town) -> None:
    """The premises go, and what was agreed goes with them."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    group = town.member("Amber Lane", "seeker", place=PLACE)
    offer, need = posted(holder, "offer", an_offer()), posted(group, "need", a_need())
    assert asked(group, need).status_code == 201
    tag = holder.get(VENUES, f"/v1/offers/{offer}").headers["ETag"]
    leaves = {"leaves_on": "2027-01-04"}
    assert holder.post(VENUES, f"/v1/offers/{offer}/leave", leaves, If_Match=tag).status_code == 200
    (item,) = on_desk(town, Kind.DISPLACED)
    assert (item.about, item.groups) == (need, 1)
    posted(town.member("Elm Rooms", "holder", place=PLACE), "offer", an_offer())
    assert asked(group, need).status_code == 201
    assert on_desk(town, Kind.DISPLACED) == []


def test_three_declines_stand_there_and_two_do_not(town: Town) -> None:
    """V09: as often as the region says in as many days as it says, with how many still wait."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    posted(holder, "offer", an_offer(auto_accept=False))
    for number in (1, 2, 3):
        assert on_desk(town, Kind.FLAG) == []
        group = town.member(f"Group {number}", "seeker", place=PLACE)
        need = posted(group, "need", a_need(f"2027-02-0{number}"))
        deal = asked(group, need).json["id"]  # type: ignore[index]
        tag = holder.get(VENUES, f"/v1/deals/{deal}").headers["ETag"]
        body = {"code": "unavailable"}
        told = holder.post(VENUES, f"/v1/deals/{deal}/decline", body, If_Match=tag)
        assert told.status_code == 200
    (item,) = on_desk(town, Kind.FLAG)
    assert (item.about, item.groups) == (holder.id, 3)
    assert "3 times in 90 days" in item.sentence
    assert "Cedar" not in f"{item}"


def test_a_member_is_there_once_mail_reaches_neither_contact(town: Town) -> None:
    """N04: the first bounce goes to the second contact, the second bounce to the coordinator."""
    hall = town.member("Cedar Hall", "holder", place=PLACE)
    write_to(hall, "ada@hall.example.org", "jo@hall.example.org")
    for address, there in (("ada@hall.example.org", 0), ("jo@hall.example.org", 1)):
        with town.network.writing() as work:
            bounces.bounce(work, CLERK, address)
        assert len(on_desk(town, Kind.UNREACHED)) == there
    (item,) = on_desk(town, Kind.UNREACHED)
    assert (item.about, "Cedar Hall" in item.sentence) == (hall.id, True)


def test_an_offer_that_nobody_confirmed_is_there_in_its_last_week(town: Town) -> None:
    """Not while the reminder may still be answered, and once for all offers of a holder."""
    hall = town.member("Cedar Hall", "holder", place=PLACE)
    for _ in range(2):
        posted(hall, "offer", an_offer())
    town.clock.pass_time(days=82)
    assert on_desk(town, Kind.STALE) == []
    town.clock.pass_time(days=2)
    (item,) = on_desk(town, Kind.STALE)
    assert item.facts["offers"] == 2
    assert "Cedar" not in f"{item}"


def test_a_round_that_should_have_closed_yesterday_is_there(town: Town) -> None:
    """The hub's clock stood still, or somebody who comes first has not answered."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    posted(holder, "offer", an_offer())
    groups = [town.member(name, "seeker", place=PLACE) for name in ("Amber Lane", "Birch Club")]
    needs = [posted(group, "need", a_need()) for group in groups]
    for group, need in zip(groups, needs, strict=True):
        assert asked(group, need).status_code == 202
    town.clock.pass_time(days=3)
    assert on_desk(town, Kind.ROUND) == []
    town.clock.pass_time(days=6)
    (item,) = on_desk(town, Kind.ROUND)
    assert item.groups == 2


def test_the_order_is_by_groups_then_kind_then_day(town: Town) -> None:
    """Whatever the sources give, and in whatever order."""
    hall = town.member("Cedar Hall", "holder", place=PLACE)
    posted(hall, "offer", an_offer())
    recorded(town, hall, "holder", CheckOutcome.PENDING)
    for name in ("Amber Lane", "Birch Club"):
        waiting(town, name)
    for name in ("Elm Rooms", "Fir Rooms"):
        recorded(town, town.member(name, place=PLACE), "seeker", CheckOutcome.PENDING)
    items = on_desk(town)
    kinds = list(Kind)
    keys = [(-each.groups, kinds.index(each.kind), each.day) for each in items]
    assert keys == sorted(keys)
    assert [each.groups for each in items] == [2, 0, 0]


@contextmanager
def statements(town: Town) -> Iterator[list[str]]:
    """What is sent to the store meanwhile."""
    sent: list[str] = []

    def note(*said: object) -> None:
        sent.append(str(said[2]))

    listening.listen(town.network.store.engine, "before_cursor_execute", note)
    yield sent
    listening.remove(town.network.store.engine, "before_cursor_execute", note)


def test_a_longer_desk_asks_the_store_no_more_often(town: Town) -> None:
    """Three organisations or nine, with offers and needs: the same number of statements."""
    counts = []
    for batch in range(2):
        for n in range(3 if batch == 0 else 6):
            hall = town.member(f"Hall {batch}{n}", "holder", place=PLACE)
            posted(hall, "offer", an_offer())
            recorded(town, hall, "holder", CheckOutcome.PENDING)
            waiting(town, f"Group {batch}{n}", day=f"2027-02-0{n + 1}")
        with statements(town) as sent:
            assert on_desk(town, Kind.CHECK_PENDING)
        counts.append(len(sent))
    assert counts[0] == counts[1] < 40


class Undone(Exception):
    """Raised so that a transaction leaves nothing behind."""


def brute_force(town: Town, organisation: str, role: str) -> set[OrganisationId]:
    """The groups whose needs one of its offers would meet: pass the check, ask, and undo it all."""
    found: set[OrganisationId] = set()

    def tried(work: Work) -> None:
        owner = OrganisationId(organisation)
        check.record(work, SYSTEM, owner, role, CheckOutcome.PASSED, None)
        mine = {each.id for each in work.postings.offers_of([owner], [VENUES], work.now)}
        for need in work.postings.open(VENUES, "need", work.today, work.now):
            waits = need.state is PostingState.OPEN and not work.deals.live_with(need.id)
            plans = answer_to(work, need).full if waits and need.organisation != owner else ()
            if any(len(plan.legs) == 1 and plan.legs[0].offer in mine for plan in plans):
                found.add(need.organisation)
        raise Undone

    with pytest.raises(Undone):
        town.network.transact(tried)
    return found


@pytest.mark.parametrize("seed", range(5))
def test_the_groups_that_wait_are_those_that_passing_the_check_would_serve(
    town: Town, seed: int
) -> None:
    """On small random worlds: brute force passes each check in turn and asks for every need."""
    rng = random.Random(seed)  # noqa: S311 - a small world, not a secret
    halls = [town.member(f"Hall {n}", "holder", "seeker", place=PLACE) for n in range(4)]
    for n in range(6):
        size, hour = rng.choice((10, 40)), rng.choice((9, 13))
        daily = {
            "first": "2026-11-22",
            "starts": f"{hour:02}:00",
            "ends": f"{hour + 4}:00",
            "rrule": "FREQ=DAILY",
        }
        posted(
            halls[n % 4],
            "offer",
            an_offer(
                capacity=size,
                hours=[daily],
                price={"basis": "per_hour", "pence": rng.choice((500, 900))},
            ),
        )
    for n in range(5):
        hour = rng.choice((10, 14))
        when = {"first": f"2027-02-0{n + 1}", "starts": f"{hour}:00", "ends": f"{hour + 2}:00"}
        budget = {"budget_pence": 1200} if rng.random() < 0.5 else {}
        waiting(town, f"Group {n}", headcount=rng.choice((8, 20, 60)), when=when, **budget)
    posted(halls[0], "need", a_need("2027-02-08"))
    for hall in halls[:3]:
        recorded(town, hall, "holder", CheckOutcome.PENDING)
    town.clock.pass_time(days=1)  # of one day's decisions the strictest counts
    items = on_desk(town, Kind.CHECK_PENDING)
    exact = {each.about: len(brute_force(town, each.about, "holder")) for each in items}
    assert {each.about: each.facts["others"] for each in items} == exact
    assert [each.groups for each in items] == sorted(exact.values(), reverse=True)
