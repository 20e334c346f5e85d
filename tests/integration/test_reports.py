"""Reports, through HTTP and on both stores."""

from __future__ import annotations

import datetime as dt

import pytest
from attrs import evolve
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
)

from cypn_core.application import consent
from cypn_core.domain.ids import PostingId, ResourceId
from cypn_core.domain.postings import Offer, resource_of
from cypn_core.domain.times import Window
from cypn_core.storage.engine import Store
from cypn_core.storage.uses import Use
from cypn_core.testing.town import Member, Town

WEEKDAYS = {
    "first": "2027-01-04",
    "starts": "13:00",
    "ends": "17:00",
    "rrule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20270319",
}


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ONLY_VENUES, NOW)


def report(member: Member, name: str) -> Json:
    answer = member.get("membership", f"/v1/reports/{name}")
    assert answer.status_code == 200, answer.text
    found: Json = answer.json  # type: ignore[assignment]
    return found


def figures(told: Json) -> tuple[object, ...]:
    """Offered, used by others, own use, and the percentage."""
    names = ("hours_offered", "hours_used_by_others", "hours_of_own_use", "used_percent")
    return tuple(told[name] for name in names)


def booked(town: Town, name: str, day: str, weeks: int) -> None:
    """A group with a weekly need of two hours that is agreed at once."""
    group = town.member(name, "seeker", place=PLACE)
    rule = f"FREQ=WEEKLY;COUNT={weeks}"
    when = {"first": day, "starts": "14:00", "ends": "16:00", "rrule": rule}
    answer = asked(group, posted(group, "need", a_need(when=when)))
    assert answer.status_code == 201, answer.text


def block(town: Town, holder: Member, offer: str, window: Window, purpose: str) -> None:
    """A use of the offer's one thing that is no deal's."""
    with town.network.writing() as work:
        posting = work.postings.get(PostingId(offer))
        assert isinstance(posting.body, Offer)
        thing: ResourceId = resource_of(posting.id, holder.id, posting.body.units()[0])
        use = Use(id=work.new_id(), resource=thing, window=window, purpose=purpose)
        work.uses.occupy([use], None, work.now)


def on(day: int, start: int, end: int) -> Window:
    """Hours of a day in January 2027, in UTC, which is local time then."""
    moment = dt.datetime(2027, 1, day, tzinfo=dt.UTC)
    return Window(moment.replace(hour=start), moment.replace(hour=end))


def test_a_holder_reads_what_became_of_its_hours(town: Town) -> None:
    """V04: 0.0 % of 220 h; after two weekly bookings of 2 h for 11 weeks 44 h, which is 20.0 %."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    posted(holder, "offer", an_offer(hours=[WEEKDAYS]))
    assert figures(report(holder, "holder")) == (220.0, 0.0, 0.0, 0.0)
    booked(town, "Amber Lane", "2027-01-05", 11)
    booked(town, "Birch Row", "2027-01-07", 11)
    told = report(holder, "holder")
    assert figures(told) == (220.0, 44.0, 0.0, 20.0)
    assert figures(told["offers"][0]) == (220.0, 44.0, 0.0, 20.0)


def test_own_use_and_closed_hours_are_apart(town: Town) -> None:
    """Earlier users' hours are own use; a closed afternoon is not offered; neither is used."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    kept = {
        "first": "2027-01-06",
        "starts": "13:00",
        "ends": "15:00",
        "rrule": "FREQ=DAILY;COUNT=3",
    }
    offer = posted(holder, "offer", an_offer(hours=[WEEKDAYS], existing_hours=[kept]))
    assert figures(report(holder, "holder")) == (214.0, 0.0, 6.0, 0.0)
    block(town, holder, offer, on(11, 13, 17), "closure")
    block(town, holder, offer, on(12, 13, 14), "existing")
    assert figures(report(holder, "holder")) == (210.0, 0.0, 7.0, 0.0)


def test_hours_that_were_taken_back_are_ignored(town: Town) -> None:
    """V13: once the offer is withdrawn, only the hours until then were offered."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    offer = posted(holder, "offer", an_offer(hours=[WEEKDAYS]))
    town.clock.now = dt.datetime(2027, 1, 11, 9, tzinfo=dt.UTC)
    path = f"/v1/offers/{offer}"
    assert holder.send("DELETE", VENUES, path, If_Match='"1"').status_code == 200
    assert figures(report(holder, "holder")) == (20.0, 0.0, 0.0, 0.0)


def test_a_use_of_one_part_is_its_part_of_the_hours(town: Town) -> None:
    """An hour in one of two halves is half an hour of the whole."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    whole = posted(holder, "offer", an_offer(hours=[WEEKDAYS], parts=["front", "back"]))
    block(town, holder, whole, on(4, 13, 14), "deal")
    assert figures(report(holder, "holder")) == (220.0, 0.5, 0.0, 0.2)


def test_nothing_offered_is_no_percentage(town: Town) -> None:
    """Whoever offers nothing has used nothing of nothing."""
    seeker = town.member("Amber Lane", "seeker", place=PLACE)
    assert figures(report(seeker, "holder")) == (0.0, 0.0, 0.0, None)


def test_three_declines_in_ninety_days_raise_a_flag(town: Town) -> None:
    """Two do not, the third does, and after ninety days nothing is left of it; no name is told."""
    holder, seeker, _, need = pair(town, auto_accept=False)
    coordinator = town.coordinator()
    found = []
    for n in range(3):
        need = need if n == 0 else posted(seeker, "need", a_need(f"2027-02-0{2 + n}"))
        deal = asked(seeker, need).json
        tag = {"If_Match": f'"{deal["revision"]}"'}  # type: ignore[index]
        path = f"/v1/deals/{deal['id']}/decline"  # type: ignore[index]
        answer = holder.post(VENUES, path, {"code": "unavailable"}, **tag)
        assert answer.status_code == 200, answer.text
        found += report(coordinator, "coordinator")["declines"]
    counts = [(each["declines"], each["flag"]) for each in found]
    assert counts == [(1, False), (2, False), (3, True)]
    assert {each["organisation"] for each in found} == {holder.id}
    town.clock.pass_time(days=91)
    assert report(coordinator, "coordinator")["declines"] == []


def test_a_coordinator_reads_who_waits_and_what_to_ask_for(town: Town) -> None:
    """Waits in days, and one sentence for each thing that groups want and nobody gives."""
    for n in range(4):
        group = town.member(f"Group {n}", "seeker", place=PLACE)
        posted(group, "need", a_need(space_types=["activity_space"]))
        town.clock.pass_time(days=1)
    told = report(town.coordinator(), "coordinator")
    (waits,) = told["waits"]
    assert (waits["needs"], waits["median_days"], waits["longest_days"]) == (4, 2, 4)
    (demand,) = told["demand"]
    assert demand["groups"] == 4
    assert demand["sentence"].startswith("4 groups want activity space in ")


def test_members_read_no_report_but_their_own(town: Town) -> None:
    """The coordinator's reports are 403 to members; a coordinator has no hours of its own."""
    member = town.member("Amber Lane", "seeker", place=PLACE)
    for name in ("coordinator", "unmet"):
        is_problem(member.get("membership", f"/v1/reports/{name}"), 403)
    is_problem(town.coordinator().get("membership", "/v1/reports/holder"), 403)


def test_a_decline_counts_however_it_is_said(town: Town) -> None:
    """By a link in a mail as well, behind which is no key; what the hub itself ends does not."""
    holder, seeker, _, need = pair(town, auto_accept=False)
    deal = asked(seeker, need).json
    by_link = evolve(town.acting(holder), actor="link:1")
    town.network.transact(
        lambda work: consent.decline(
            work, by_link, VENUES, deal["id"], "unavailable", deal["revision"]
        )  # type: ignore[index]
    )
    asked(seeker, posted(seeker, "need", a_need("2027-02-03")))
    town.clock.pass_time(days=10)
    town.tick()
    (told,) = report(town.coordinator(), "coordinator")["declines"]
    assert (told["organisation"], told["declines"]) == (holder.id, 1)
