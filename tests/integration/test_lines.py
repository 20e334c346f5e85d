"""The line of those who wait: whoever comes first holds up nobody who wants another time."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.towns import NORTHSHIRE, VENUES, Json, a_need, an_offer, asked, inbox, posted

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

NOW = dt.datetime(2027, 2, 1, 9, tzinfo=dt.UTC)
DAILY = {"first": "2027-02-01", "starts": "09:00", "ends": "21:00", "rrule": "FREQ=DAILY"}
TUESDAY, THURSDAY = "2027-04-06", "2027-04-08"


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, NORTHSHIRE.hub, NOW)


def seeker(town: Town, name: str, day: str) -> Member:
    """A group with a need for that day."""
    town.clock.pass_time(minutes=1)
    member = town.member(name, "seeker", place=NORTHSHIRE.town)
    posted(member, "need", a_need(day, place=NORTHSHIRE.town))
    return member


def hall(town: Town, name: str) -> tuple[Member, str]:
    """A hall that is open every day."""
    town.clock.pass_time(minutes=1)
    holder = town.member(name, "holder", place=NORTHSHIRE.town)
    return holder, posted(holder, "offer", an_offer(place=NORTHSHIRE.town, hours=[DAILY]))


def displaced(town: Town, *groups: Member) -> None:
    """A hall agrees with *groups*, and then its premises go."""
    holder, offer = hall(town, "Cedar Hall")
    for group in groups:
        (need,) = group.get(VENUES, "/v1/needs").json["items"]  # type: ignore[index]
        assert asked(group, need["id"]).status_code == 201
    tag = holder.get(VENUES, f"/v1/offers/{offer}").headers["ETag"]
    leaves: Json = {"leaves_on": "2027-02-02"}
    assert holder.post(VENUES, f"/v1/offers/{offer}/leave", leaves, If_Match=tag).status_code == 200
    town.clock.pass_time(days=2)
    town.tick()


def says(member: Member, code: str) -> None:
    """The member's answer to the one thing that it is asked."""
    found = member.get(VENUES, "/v1/wakes").json["items"]  # type: ignore[index]
    (wake,) = [each for each in found if each["state"] == "asked"]
    answer = member.post(VENUES, f"/v1/wakes/{wake['id']}/answer", {"code": code})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("other", ["yes", None])
def test_after_a_no_whoever_stood_behind_is_told(town: Town, other: str | None) -> None:
    """Tuesday's next group is told after Tuesday's no, whatever Thursday's group has said."""
    tuesday, thursday = seeker(town, "Amber Lane", TUESDAY), seeker(town, "Birch Close", THURSDAY)
    displaced(town, tuesday, thursday)
    behind = seeker(town, "Clover Court", TUESDAY)
    hall(town, "Elder Hall")
    town.clock.pass_time(days=1)
    town.tick()
    assert not inbox(behind)
    if other:
        says(thursday, other)
    says(tuesday, "no")
    town.tick()
    (told,) = inbox(behind)
    assert "Something fits" in told


def test_after_a_yes_nobody_is_asked_for_the_same_time(town: Town) -> None:
    """Whoever stands behind a yes is not asked for what is given already."""
    tuesday = seeker(town, "Amber Lane", TUESDAY)
    displaced(town, tuesday)
    behind = seeker(town, "Clover Court", TUESDAY)
    hall(town, "Elder Hall")
    town.clock.pass_time(days=1)
    town.tick()
    says(tuesday, "yes")
    town.tick()
    assert not inbox(behind)
