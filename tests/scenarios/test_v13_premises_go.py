"""V13: the premises go, and what was agreed for later is displaced and comes first."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.towns import (
    AREAS,
    VENUES,
    Area,
    Json,
    a_need,
    an_offer,
    asked,
    best,
    inbox,
    is_problem,
    matches,
    posted,
)

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

NOW = dt.datetime(2027, 2, 1, 9, tzinfo=dt.UTC)
SAVED = dt.datetime(2027, 2, 15, 9, tzinfo=dt.UTC)
DAILY = {"first": "2027-02-01", "starts": "09:00", "ends": "21:00", "rrule": "FREQ=DAILY"}


@pytest.fixture(params=AREAS)
def area(request: pytest.FixtureRequest) -> Area:
    return AREAS[request.param]


@pytest.fixture
def town(store: Store, area: Area) -> Town:
    return Town.on(store, area.hub, NOW)


def weekly(first: str, hour: int, count: int) -> Json:
    """An hour a week."""
    times = {"starts": f"{hour}:00", "ends": f"{hour + 1}:00"}
    return {"first": first, **times, "rrule": f"FREQ=WEEKLY;COUNT={count}"}


def four_groups(town: Town, area: Area) -> list[tuple[Member, str, str]]:
    """Four groups with three bookings each from April on; the first one's series began in March."""
    whens = [
        weekly("2027-03-18", 10, 5),
        weekly("2027-04-01", 12, 3),
        weekly("2027-04-01", 14, 3),
        weekly("2027-04-01", 16, 3),
    ]
    found = []
    for at, when in enumerate(whens):
        group = town.member(f"Group {'ABCD'[at]}", "seeker", place=area.town)
        need = posted(group, "need", a_need(place=area.town, when=when, headcount=10 + at))
        answer = asked(group, need)
        assert answer.status_code == 201, answer.text
        found.append((group, need, answer.json["id"]))  # type: ignore[index]
    return found


def leaves(holder: Member, offer: str, day: str = "2027-04-01") -> Json:
    """The holder withdraws the offer from that day."""
    tag = holder.get(VENUES, f"/v1/offers/{offer}").headers["ETag"]
    answer = holder.post(VENUES, f"/v1/offers/{offer}/leave", {"leaves_on": day}, If_Match=tag)
    assert answer.status_code == 200, answer.text
    return answer.json  # type: ignore[return-value]


def needs(member: Member) -> dict[str, Json]:
    """The member's needs by state."""
    found: Json = member.get(VENUES, "/v1/needs").json  # type: ignore[assignment]
    return {each["state"]: each for each in found["items"]}


def test_v13_later_bookings_become_displaced_needs_first_in_the_queue(
    town: Town, area: Area
) -> None:
    """V13: 12 bookings wait again with every attribute; what lies before the end still stands."""
    holder = town.member("Cedar Hall", "holder", place=area.town)
    offer = posted(holder, "offer", an_offer(place=area.town, hours=[DAILY]))
    groups = four_groups(town, area)
    town.clock.now = SAVED
    assert leaves(holder, offer)["leaves_on"] == "2027-04-01"
    began, _, deal = groups[0]
    shown: Json = began.get(VENUES, f"/v1/deals/{deal}").json  # type: ignore[assignment]
    assert shown["state"] == "agreed"
    assert [(e["state"], e["reason"]) for e in shown["dates"]] == [("stands", "")] * 2 + [
        ("lost", "withdrawn")
    ] * 3
    displaced = 0
    for group, need, deal in groups:
        waits = needs(group)["open"]
        when = waits["body"]["when"]
        displaced += 1 + len(when["extra_dates"]) if when["extra_dates"] else 3
        first: Json = group.get(VENUES, f"/v1/needs/{need}").json  # type: ignore[assignment]
        kept = {k: v for k, v in first["body"].items() if k != "when"}
        assert {k: v for k, v in waits["body"].items() if k != "when"} == kept
        assert (when["starts"], when["ends"]) == (
            first["body"]["when"]["starts"],
            first["body"]["when"]["ends"],
        )
        assert waits["created"] == first["created"]
        if group is not began:
            ended: Json = group.get(VENUES, f"/v1/deals/{deal}").json  # type: ignore[assignment]
            assert (ended["state"], ended["reason"]) == ("displaced", "withdrawn")
            assert waits["id"] == need
    assert displaced == 12
    with town.network.reading() as work:
        waiting = work.postings.unanswered([VENUES])
        assert {posting.priority.name for posting in waiting} == {"DISPLACED"}
        assert len(waiting) == 4


def test_v13_each_group_gets_one_message_with_what_there_is_instead(town: Town, area: Area) -> None:
    """V13: "none yet" or the number of plans, once, and no name."""
    holder = town.member("Cedar Hall", "holder", place=area.town)
    offer = posted(holder, "offer", an_offer(place=area.town, hours=[DAILY]))
    groups = two_groups(town, area)
    other = town.member("Elm Rooms", "holder", place=area.town)
    small = {**DAILY, "starts": "12:00", "ends": "13:00"}
    posted(other, "offer", an_offer(place=area.town, hours=[small]))
    town.tick()
    town.clock.now = SAVED
    leaves(holder, offer)
    town.tick()
    town.tick()
    told = {
        group.name: [said for said in inbox(group) if said.startswith("An offer ends")]
        for group, _ in groups
    }
    assert {len(said) for said in told.values()} == {1}
    assert "Found instead: 1 for the whole of need" in told["Group B"][0]
    assert told["Group C"][0].endswith("Found instead: none yet.")
    assert not any("Elm" in said for texts in told.values() for said in texts)
    assert not [s for g, _ in groups for s in inbox(g) if s.startswith(("Dates", "Nothing"))]


def two_groups(town: Town, area: Area) -> list[tuple[Member, str]]:
    """Two groups, each with bookings of three weeks from April on."""
    found = []
    for name, hour in (("Group B", 12), ("Group C", 14)):
        group = town.member(name, "seeker", place=area.town)
        need = posted(group, "need", a_need(place=area.town, when=weekly("2027-04-01", hour, 3)))
        assert asked(group, need).status_code == 201
        found.append((group, need))
    return found


def test_v13_nothing_behind_the_end_is_offered_and_what_lies_before_is(
    town: Town, area: Area
) -> None:
    """V13: the last day given is the one before; then the offer is withdrawn by itself."""
    holder = town.member("Cedar Hall", "holder", place=area.town)
    offer = posted(holder, "offer", an_offer(place=area.town, hours=[DAILY]))
    town.clock.now = SAVED
    leaves(holder, offer)
    group = town.member("Group A", "seeker", place=area.town)
    before, behind = (
        posted(group, "need", a_need(day, place=area.town)) for day in ("2027-03-31", "2027-04-01")
    )
    assert matches(group, before)["full"]
    assert not matches(group, behind)["full"]
    town.clock.now = dt.datetime(2027, 4, 1, 9, tzinfo=dt.UTC)
    assert town.tick().offers_ended == 1
    assert town.tick().offers_ended == 0
    assert holder.get(VENUES, f"/v1/offers/{offer}").json["state"] == "withdrawn"  # type: ignore[index]


def test_v13_displaced_comes_before_everybody_else(town: Town, area: Area) -> None:
    """V13: in the round for another place the displaced group wins against an earlier request."""
    holder = town.member("Cedar Hall", "holder", place=area.town)
    offer = posted(holder, "offer", an_offer(place=area.town, hours=[DAILY]))
    early = town.member("Early Group", "seeker", place=area.town)
    moved = town.member("Moved Group", "seeker", place=area.town)
    far = {"first": "2027-05-04", "starts": "14:00", "ends": "16:00"}
    town.clock.pass_time(days=1)
    its = posted(moved, "need", a_need(place=area.town, when=far))
    assert asked(moved, its).status_code == 201
    town.clock.now = SAVED
    leaves(holder, offer)
    first = posted(early, "need", a_need(place=area.town, when=far))
    other = town.member("Elm Rooms", "holder", place=area.town)
    posted(other, "offer", an_offer(place=area.town, hours=[DAILY]))
    lost = asked(early, first, best(early, first)).json["id"]  # type: ignore[index]
    won = asked(moved, its, best(moved, its)).json["id"]  # type: ignore[index]
    town.clock.pass_time(days=10)
    town.tick()
    assert moved.get(VENUES, f"/v1/deals/{won}").json["state"] == "agreed"  # type: ignore[index]
    beaten: Json = early.get(VENUES, f"/v1/deals/{lost}").json  # type: ignore[assignment]
    assert beaten["state"] == "declined"
    assert "displaced" in beaten["reason"]


@pytest.mark.parametrize(
    "body",
    [{}, {"leaves_on": "soon"}, {"leaves_on": "2027-01-31"}, {"leaves_on": "2027-04-01", "x": 1}],
)
def test_v13_a_bad_end_names_its_field(town: Town, area: Area, body: Json) -> None:
    """No day, no date, a past day, an unknown key: 422; a later end than was told: 422 too."""
    holder = town.member("Cedar Hall", "holder", place=area.town)
    offer = posted(holder, "offer", an_offer(place=area.town, hours=[DAILY]))
    path = f"/v1/offers/{offer}/leave"
    problem = is_problem(holder.post(VENUES, path, body, If_Match='"1"'), 422)
    assert list(problem["errors"]) in (["leaves_on"], ["x"])
    leaves(holder, offer, "2027-03-01")
    later = holder.post(VENUES, path, {"leaves_on": "2027-03-02"}, If_Match='"2"')
    assert list(is_problem(later, 422)["errors"]) == ["leaves_on"]
    is_problem(holder.post(VENUES, path, {"leaves_on": "2027-02-20"}, If_Match='"1"'), 412)


def test_what_has_taken_place_is_not_displaced(town: Town, area: Area) -> None:
    """Who ends its offer today takes nothing back that has begun or is over."""
    holder = town.member("Cedar Hall", "holder", place=area.town)
    offer = posted(holder, "offer", an_offer(place=area.town, hours=[DAILY]))
    group = town.member("Group A", "seeker", place=area.town)
    need = posted(group, "need", a_need(place=area.town, when=weekly("2027-02-15", 10, 2)))
    deal = asked(group, need).json["id"]  # type: ignore[index]
    town.clock.now = dt.datetime(2027, 2, 15, 10, 30, tzinfo=dt.UTC)
    leaves(holder, offer, "2027-02-15")
    shown: Json = group.get(VENUES, f"/v1/deals/{deal}").json  # type: ignore[assignment]
    assert [each["state"] for each in shown["dates"]] == ["stands", "lost"]
