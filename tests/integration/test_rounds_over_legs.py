"""A round covers the offers of all legs of the deals in it, and rounds that meet become one."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from tests.towns import NORTHSHIRE, VENUES, Json, a_need, an_offer, asked, inbox, posted

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

NOW = dt.datetime(2027, 2, 1, 9, tzinfo=dt.UTC)
PLACE = NORTHSHIRE.town
IN_ASH, IN_BIRCH = "2027-04-06", "2027-04-13"
WEEKLY = {"first": IN_ASH, "starts": "14:00", "ends": "16:00", "rrule": "FREQ=WEEKLY;COUNT=2"}

Group = tuple[Member, str]


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, NORTHSHIRE.hub, NOW)


def hall(town: Town, name: str, day: str) -> str:
    """A hall that is open on one day."""
    hours = {"first": day, "starts": "13:00", "ends": "17:00"}
    holder = town.member(name, "holder", place=PLACE)
    return posted(holder, "offer", an_offer(place=PLACE, hours=[hours]))


def group(town: Town, name: str, when: object, **more: object) -> Group:
    """A group and its need, posted a minute after the one before."""
    town.clock.pass_time(minutes=1)
    member = town.member(name, "seeker", place=PLACE)
    return member, posted(member, "need", a_need(IN_ASH, place=PLACE, when=when, **more))


def on(day: str) -> Json:
    return {**WEEKLY, "first": day, "rrule": ""}


def asks(town: Town, who: Group) -> str:
    """The group asks for its best plan, an hour after whoever was before; the deal waits."""
    town.clock.pass_time(hours=1)
    answer = asked(*who)
    assert answer.status_code == 202, answer.text
    assert answer.json["in_round"]  # type: ignore[index]
    return str(answer.json["id"])  # type: ignore[index]


def deal(who: Group, deal: str) -> Json:
    read: Json = who[0].get(VENUES, f"/v1/deals/{deal}").json  # type: ignore[assignment]
    return read


def rivals(town: Town, order: str) -> dict[str, Group]:
    """Two halls with a date each; who wants both, one in Ash, one in Birch, posted in *order*."""
    hall(town, "Ash Hall", IN_ASH)
    hall(town, "Birch Hall", IN_BIRCH)
    makes = {
        "both": lambda: group(town, "Amber Lane", WEEKLY, may_split=True),
        "ash": lambda: group(town, "Clover Court", on(IN_ASH)),
        "birch": lambda: group(town, "Dale End", on(IN_BIRCH)),
    }
    return {name: makes[name]() for name in order.split()}


@pytest.mark.parametrize("turns", list(itertools.permutations(("both", "ash", "birch"))))
@pytest.mark.parametrize(
    ("posting", "winners"),
    [("both ash birch", {"both"}), ("birch both ash", {"birch", "ash"})],
)
def test_whoever_asks_first_the_same_groups_win(
    town: Town, posting: str, winners: set[str], turns: tuple[str, ...]
) -> None:
    """One round decides over both halls, by the turn order, in whatever order they were asked."""
    groups = rivals(town, posting)
    deals = {name: asks(town, groups[name]) for name in turns}
    deadlines = {deal(groups[name], each)["deadline"] for name, each in deals.items()}
    assert len(deadlines) == 1
    town.clock.pass_time(hours=71)
    assert town.tick().rounds_closed == 1
    ended = {name: deal(groups[name], each) for name, each in deals.items()}
    assert {name for name, each in ended.items() if each["state"] == "agreed"} == winners
    for name in set(ended) - winners:
        assert ended[name]["state"] == "declined"
        assert "earlier" in ended[name]["reason"]
        assert any("waiting list" in told for told in inbox(groups[name][0]))
    assert town.tick().rounds_closed == 0


def test_rounds_that_meet_become_one_and_close_when_the_first_would_have(town: Town) -> None:
    """Nobody loses the place it had, and the one between them is decided once, for both halls."""
    groups = rivals(town, "ash birch both")
    first = asks(town, groups["ash"])
    town.clock.pass_time(hours=20)
    second = asks(town, groups["birch"])
    apart = [deal(groups[name], each) for name, each in (("ash", first), ("birch", second))]
    assert apart[0]["deadline"] < apart[1]["deadline"]
    third = asks(town, groups["both"])
    together = [("ash", first), ("birch", second), ("both", third)]
    told = [deal(groups[name], each)["deadline"] for name, each in together]
    assert told == [apart[0]["deadline"]] * 3
    with town.network.reading() as work:
        assert len({work.deals.get(each).round for _, each in together}) == 1  # type: ignore[arg-type]
    town.clock.pass_time(hours=51)
    assert town.tick().rounds_closed == 1
    states = [deal(groups[name], each)["state"] for name, each in together]
    assert states == ["agreed", "agreed", "declined"]
