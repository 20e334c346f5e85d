"""Other times that would do as well: the first near misses, and reasons to be woken."""

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
    matches,
    posted,
)

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

EARLY = {"first": "2027-02-02", "starts": "08:00", "ends": "10:00"}
WEEK = {"first": "2027-02-03", "starts": "14:00", "ends": "16:00"}
LATE = {"first": "2027-02-04", "starts": "15:00", "ends": "17:00"}


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ONLY_VENUES, NOW)


def seeker(town: Town) -> tuple[Member, str]:
    """A group that would rather come early, when nothing is open."""
    member = town.member("Amber Lane", "seeker", place=PLACE)
    return member, posted(member, "need", a_need(when=EARLY, or_when=[WEEK, LATE]))


def hall(town: Town) -> Member:
    """A hall that is open in the afternoons."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    posted(holder, "offer", an_offer(auto_accept=False))
    return holder


def test_the_other_times_are_the_first_near_misses(town: Town) -> None:
    """They come in the order in which they were named, and can be asked for as they stand."""
    hall(town)
    group, need = seeker(town)
    near = matches(group, need)["near"]
    assert [each["sentence"] for each in near[:2]] == [
        "at the other time that you named, Wednesday 3 Feb 14:00 to 16:00",
        "at the other time that you named, Thursday 4 Feb 15:00 to 17:00",
    ]
    assert near[0]["need"]["or_when"][0]["starts"] == "08:00"
    assert asked(group, posted(group, "need", near[0]["need"])).status_code == 202


def test_a_need_is_woken_by_what_fits_another_time_of_it(town: Town) -> None:
    """The group is asked, a yes takes the time that fits, and the holder sees no other time."""
    group, need = seeker(town)
    town.clock.pass_time(minutes=1)
    holder = hall(town)
    town.tick()
    (told,) = inbox(group)
    assert "Something fits" in told
    (wake,) = group.get(VENUES, "/v1/wakes").json["items"]  # type: ignore[index]
    answer: Json = group.post(VENUES, f"/v1/wakes/{wake['id']}/answer", {"code": "yes"}).json  # type: ignore[assignment]
    (window,) = [each["window"] for each in answer["deal"]["dates"]]
    assert window["start"] == "2027-02-03T14:00:00Z"
    body = group.get(VENUES, f"/v1/needs/{need}").json["body"]  # type: ignore[index]
    assert (body["when"]["first"], body["or_when"][0]["first"]) == ("2027-02-03", "2027-02-02")
    shown = holder.get(VENUES, f"/v1/deals/{answer['deal']['id']}").json
    assert "or_when" not in shown["needs"][0]["body"]  # type: ignore[index]
