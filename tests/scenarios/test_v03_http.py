"""V03 through HTTP: the legs of a split plan are one deal, asked for and agreed as one."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.towns import (
    AREAS,
    NOW,
    VENUES,
    Area,
    Json,
    a_need,
    an_offer,
    asked,
    is_problem,
    matches,
    posted,
)

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

AUGUST_10, AUGUST_17 = "2027-08-10", "2027-08-17"


@pytest.fixture(params=AREAS)
def area(request: pytest.FixtureRequest) -> Area:
    return AREAS[request.param]


@pytest.fixture
def town(store: Store, area: Area) -> Town:
    return Town.on(store, area.hub, NOW)


def block(area: Area, **more: object) -> Json:
    """Tuesdays from 10:00 to 15:00 in the summer holidays of 2027, for 29."""
    when = {
        "first": "2027-07-22",
        "starts": "10:00",
        "ends": "15:00",
        "rrule": "FREQ=WEEKLY;BYDAY=TU",
        "during": ["summer_holidays"],
    }
    return a_need(place=area.town, headcount=29, when=when, **more)


def venue(town: Town, area: Area, name: str, *, gap: bool, **more: object) -> Member:
    """A space for the summer: without the two Tuesdays, or for those two only."""
    day = {"starts": "09:00", "ends": "16:00"}
    if gap:
        hours = {"first": "2027-07-20", "rrule": "FREQ=DAILY", **day}
        hours["except_dates"] = [AUGUST_10, AUGUST_17]
    else:
        hours = {"first": AUGUST_10, "extra_dates": [AUGUST_17], **day}
    holder = town.member(name, "holder", place=area.town)
    posted(holder, "offer", an_offer(place=area.town, hours=[hours], **more))
    return holder


def state(member: Member, need: str) -> str:
    return str(member.get(VENUES, f"/v1/needs/{need}").json["state"])  # type: ignore[index]


def counts(plan: Json) -> list[int]:
    return sorted(len(leg["windows"]) for leg in plan["legs"])


def test_v03_without_consent_four_of_six_is_partial(town: Town, area: Area) -> None:
    """V03: the best is A with 4 of 6, marked partial, and both missing dates are listed."""
    venue(town, area, "Ash Hall", gap=True)
    venue(town, area, "Birch Hall", gap=False)
    seeker = town.member("Amber Lane", "seeker", place=area.town)
    found = matches(seeker, posted(seeker, "need", block(area)))
    assert (found["outcome"], found["full"]) == ("partial", [])
    assert counts(found["partial"][0]) == [4]
    assert found["partial"][0]["missing"][0]["dates"] == [AUGUST_10, AUGUST_17]
    (near,) = [each for each in found["near"] if each["need"]["may_split"]]
    assert counts(near["plan"]) == [2, 4]


def test_v03_two_venues_are_one_deal(town: Town, area: Area) -> None:
    """V03: one plan covers 6 of 6, A 4 and B 2; asked for once, it is agreed at once with both."""
    venue(town, area, "Ash Hall", gap=True)
    venue(town, area, "Birch Hall", gap=False)
    seeker = town.member("Amber Lane", "seeker", place=area.town)
    need = posted(seeker, "need", block(area, may_split=True))
    (plan,) = matches(seeker, need)["full"]
    assert counts(plan) == [2, 4]
    answer = asked(seeker, need)
    assert answer.status_code == 201, answer.text
    assert answer.json["state"] == "agreed"  # type: ignore[index]
    names = {party.get("name") for party in answer.json["parties"]}  # type: ignore[index]
    assert {"Ash Hall", "Birch Hall"} <= names
    assert state(seeker, need) == "matched"
    rival = town.member("Beech Scouts", "seeker", place=area.town)
    found = matches(rival, posted(rival, "need", block(area, may_split=True)))
    assert (found["full"], found["partial"]) == ([], [])


def test_v03_both_holders_have_to_say_yes(town: Town, area: Area) -> None:
    """The deal waits for the one that decides by hand, occupies nothing, and lapses as a whole."""
    venue(town, area, "Ash Hall", gap=True)
    second = venue(town, area, "Birch Hall", gap=False, auto_accept=False)
    seeker = town.member("Amber Lane", "seeker", place=area.town)
    need = posted(seeker, "need", block(area, may_split=True))
    answer = asked(seeker, need)
    assert answer.status_code == 202, answer.text
    path = f"/v1/deals/{answer.json['id']}"  # type: ignore[index]
    tag = second.get(VENUES, path).headers["ETag"]
    agreed = second.post(VENUES, f"{path}/agree", If_Match=tag)
    assert agreed.status_code == 200, agreed.text
    assert agreed.json["state"] == "agreed"  # type: ignore[index]


def test_the_dates_that_a_part_lacks_are_remembered_and_offered_when_they_come_free(
    town: Town, area: Area
) -> None:
    """Who takes 4 of 6 waits on for the other two, and is told when somebody gives just those."""
    venue(town, area, "Ash Hall", gap=True)
    seeker = town.member("Amber Lane", "seeker", place=area.town)
    need = posted(seeker, "need", block(area))
    plan = matches(seeker, need)["partial"][0]["key"]
    deal = asked(seeker, need, plan).json
    assert (deal["state"], deal["missing"][0]["dates"]) == ("agreed", [AUGUST_10, AUGUST_17])  # type: ignore[index]
    (rest,) = [
        each
        for each in seeker.get(VENUES, "/v1/needs").json["items"]  # type: ignore[index]
        if each["state"] == "open"
    ]
    when = rest["body"]["when"]
    assert [when["first"], *when["extra_dates"]] == [AUGUST_10, AUGUST_17]
    town.clock.pass_time(minutes=1)
    venue(town, area, "Birch Hall", gap=False)
    town.tick()
    (wake,) = seeker.get(VENUES, "/v1/wakes").json["items"]  # type: ignore[index]
    assert wake["need"] == rest["id"]
    tag = seeker.get(VENUES, f"/v1/deals/{deal['id']}").headers["ETag"]  # type: ignore[index]
    path = f"/v1/deals/{deal['id']}/cancel"  # type: ignore[index]
    assert seeker.post(VENUES, path, If_Match=tag).status_code == 200
    again = seeker.get(VENUES, f"/v1/needs/{need}").json["body"]["when"]  # type: ignore[index]
    assert AUGUST_10 not in [again["first"], *again["extra_dates"]]


def test_a_leg_that_is_taken_takes_the_whole_plan(store: Store, area: Area) -> None:
    """Somebody has the first date by now: the plan is refused whole, and the rest stays free."""
    town = Town.on(store, area.hub, dt.datetime(2027, 7, 26, 20, tzinfo=dt.UTC))
    venue(town, area, "Ash Hall", gap=True)
    venue(town, area, "Birch Hall", gap=False)
    first = town.member("Amber Lane", "seeker", place=area.town)
    need = posted(first, "need", block(area, may_split=True))
    (plan,) = matches(first, need)["full"]
    other = town.member("Beech Scouts", "seeker", place=area.town)
    tomorrow = {"first": "2027-07-27", "starts": "10:00", "ends": "15:00"}
    single = posted(other, "need", a_need(place=area.town, headcount=5, when=tomorrow))
    assert asked(other, single).status_code == 201
    problem = is_problem(asked(first, need, plan["key"]), 409)
    assert counts(problem["alternatives"]["partial"][0]) == [2, 3]
    assert state(first, need) == "open"
