"""The private feeds of a member's agreed deals, through HTTP and on both stores."""

from __future__ import annotations

import datetime as dt

import pytest
import recurring_ical_events  # type: ignore[import-untyped]
from icalendar import Calendar  # type: ignore[import-untyped]
from sqlalchemy import select
from tests.towns import (
    NOW,
    ONLY_VENUES,
    PLACE,
    VENUES,
    a_need,
    an_offer,
    asked,
    is_problem,
    posted,
)
from werkzeug.test import TestResponse

from cypn_core.application import feeds
from cypn_core.domain.ids import DealId
from cypn_core.domain.times import Window
from cypn_core.storage import tables
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

WEEKS = {
    "first": "2027-03-07",
    "starts": "14:00",
    "ends": "16:00",
    "rrule": "FREQ=WEEKLY;COUNT=6",
}
FEEDS = "/v1/calendar-feeds"


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ONLY_VENUES, NOW)


def a_deal(town: Town, **offer: object) -> tuple[Member, Member, str]:
    """A holder, a seeker and their deal over the spring change: agreed, or asked for."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    seeker = town.member("Amber Lane", "seeker", place=PLACE)
    posted(holder, "offer", an_offer(**offer))
    answer = asked(seeker, posted(seeker, "need", a_need(when=WEEKS)))
    assert answer.status_code in {201, 202}, answer.text
    return holder, seeker, str(answer.json["id"])  # type: ignore[index]


def a_feed(member: Member, label: str = "Kim's phone") -> tuple[str, str]:
    """The id and the path of a new feed."""
    made = member.post("membership", FEEDS, {"label": label})
    assert made.status_code == 201, made.text
    return str(made.json["id"]), str(made.json["path"])  # type: ignore[index]


def read(town: Town, path: str) -> TestResponse:
    """What a calendar program gets, which has no key."""
    return town.apps["membership"].test_client().get(path)


def times(text: bytes) -> list[Window]:
    events = recurring_ical_events.of(Calendar.from_ical(text)).between((2026, 1, 1), (2029, 1, 1))
    return sorted(Window(event["DTSTART"].dt, event["DTEND"].dt) for event in events)


def agreed_times(town: Town, deal: str) -> list[Window]:
    with town.network.reading() as work:
        legs = work.deals.get(DealId(deal)).plan.legs
    return sorted(window for leg in legs for window in leg.windows)


def test_both_parties_read_exactly_the_times_of_their_deal(town: Town) -> None:
    """A feed is iCalendar with every window, in local time, and it tells who the other is."""
    holder, seeker, deal = a_deal(town)
    for member, other in ((holder, "Amber Lane"), (seeker, "Cedar Hall")):
        answer = read(town, a_feed(member)[1])
        assert answer.status_code == 200
        assert answer.content_type == "text/calendar; charset=utf-8"
        assert answer.headers["Cache-Control"] == "no-store"
        assert times(answer.data) == agreed_times(town, deal)
        assert len(agreed_times(town, deal)) == 6
        assert "TZID=Europe/London" in answer.text
        assert other in answer.text
        assert "REFRESH-INTERVAL;VALUE=DURATION:PT6H" in answer.text


def test_a_feed_holds_nothing_but_ones_own_agreed_deals(town: Town) -> None:
    """A request that waits is in no feed, and a stranger's feed stays empty."""
    holder, seeker, deal = a_deal(town, auto_accept=False)
    stranger = town.member("Dune Club", "holder", place=PLACE)
    paths = [a_feed(each)[1] for each in (holder, seeker, stranger)]
    assert [times(read(town, path).data) for path in paths] == [[], [], []]
    tag = holder.get(VENUES, f"/v1/deals/{deal}").headers["ETag"]
    assert holder.post(VENUES, f"/v1/deals/{deal}/agree", If_Match=tag).status_code == 200
    assert [len(times(read(town, path).data)) for path in paths] == [6, 6, 0]


def test_a_cancelled_deal_leaves_the_feed(town: Town) -> None:
    """The next reading is without it."""
    _, seeker, deal = a_deal(town)
    path = a_feed(seeker)[1]
    tag = seeker.get(VENUES, f"/v1/deals/{deal}").headers["ETag"]
    assert seeker.post(VENUES, f"/v1/deals/{deal}/cancel", If_Match=tag).status_code == 200
    assert times(read(town, path).data) == []


def test_no_identifier_of_an_organisation_is_in_a_feed(town: Town) -> None:
    """Neither the ids of the two nor that of the deal; the UID is a digest."""
    holder, seeker, deal = a_deal(town)
    told = read(town, a_feed(seeker)[1]).text.replace("\r\n ", "")
    for secret in (holder.id, seeker.id, deal):
        assert secret not in told
    assert told.count("UID:") == told.count("BEGIN:VEVENT") > 0


def test_the_same_store_gives_the_same_bytes(town: Town) -> None:
    """Two readings an hour apart do not differ, so that no program sees changes where none are."""
    _, seeker, _ = a_deal(town)
    path = a_feed(seeker)[1]
    first = read(town, path).data
    town.clock.pass_time(hours=1)
    assert read(town, path).data == first


def test_a_revoked_feed_is_as_one_that_never_was(town: Town) -> None:
    """Both answer the same 404, the other feed goes on, and a revoked one cannot be revoked."""
    _, seeker, _ = a_deal(town)
    (gone, path), (kept, other) = a_feed(seeker), a_feed(seeker, "Lee's desk")
    assert seeker.send("DELETE", "membership", f"{FEEDS}/{gone}").status_code == 200
    refused, unknown = read(town, path), read(town, "/calendar/never-was.ics")
    is_problem(refused, 404)
    assert (refused.data, dict(refused.headers)) == (unknown.data, dict(unknown.headers))
    assert read(town, other).status_code == 200
    listed = seeker.get("membership", FEEDS).json["items"]  # type: ignore[index]
    assert [each["id"] for each in listed] == [kept]
    is_problem(seeker.send("DELETE", "membership", f"{FEEDS}/{gone}"), 404)


def test_nobody_revokes_another_members_feed(town: Town) -> None:
    """It is not found, and it goes on."""
    holder, seeker, _ = a_deal(town)
    feed, path = a_feed(seeker)
    is_problem(holder.send("DELETE", "membership", f"{FEEDS}/{feed}"), 404)
    assert read(town, path).status_code == 200


def test_the_token_is_not_in_the_store(town: Town) -> None:
    """Only its digest is, so that who reads the store reads no calendar."""
    _, seeker, _ = a_deal(town)
    token = a_feed(seeker)[1].split("/")[-1].removesuffix(".ics")
    with town.network.store.reading() as connection:
        (row,) = connection.execute(select(tables.calendar_feed)).all()
        events = connection.execute(select(tables.event.c.body)).scalars().all()
    assert token not in str(row)
    assert token not in str(events)


def test_whoever_is_not_checked_any_more_reads_no_exchange(town: Town) -> None:
    """Once the check has run out the feed is empty: the gate holds for it too."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    seeker = town.member("Amber Lane", "seeker", place=PLACE, until=dt.date(2027, 6, 1))
    posted(holder, "offer", an_offer())
    assert asked(seeker, posted(seeker, "need", a_need(when=WEEKS))).status_code == 201
    path = a_feed(seeker)[1]
    assert len(times(read(town, path).data)) == 6
    town.clock.now = dt.datetime(2027, 6, 2, 9, tzinfo=dt.UTC)
    assert times(read(town, path).data) == []


def test_feeds_have_a_limit_and_a_label(town: Town) -> None:
    """The 21st is refused with what to do, and an empty label names its field."""
    member = town.member("Amber Lane", "seeker", place=PLACE)
    assert "label" in str(is_problem(member.post("membership", FEEDS, {"label": ""}), 422))
    for number in range(feeds.MOST_FEEDS):
        a_feed(member, f"feed {number}")
    is_problem(member.post("membership", FEEDS, {"label": "one more"}), 409)


def test_names_leave_the_feed_when_contacts_close(town: Town) -> None:
    """Up to `contact_days` after the last time the feed holds the deal, and then nothing of it."""
    holder, seeker, deal = a_deal(town)
    days = town.network.hub.region.settings.contact_days
    assert days == 28
    closes = agreed_times(town, deal)[-1].end + dt.timedelta(days=days)
    paths = {"Amber Lane": a_feed(holder)[1], "Cedar Hall": a_feed(seeker)[1]}
    for name, path in paths.items():
        town.clock.now = closes - dt.timedelta(minutes=1)
        assert name in read(town, path).text
        town.clock.now = closes
        after = read(town, path).text
        assert name not in after
        assert "VEVENT" not in after


def test_a_date_given_up_is_in_no_feed(town: Town) -> None:
    """The rest stays, on both sides."""
    holder, seeker, deal = a_deal(town)
    tag = seeker.get(VENUES, f"/v1/deals/{deal}").headers["ETag"]
    path = f"/v1/deals/{deal}/cancel-date"
    assert seeker.post(VENUES, path, {"on": "2027-03-14"}, If_Match=tag).status_code == 200
    for member in (holder, seeker):
        found = times(read(town, a_feed(member)[1]).data)
        assert found == [
            w for w in agreed_times(town, deal) if w.start.day != 14 or w.start.month != 3
        ]
        assert len(found) == 5


def test_what_is_suspended_is_tentative(town: Town) -> None:
    """While a check is out of date its dates stay in the other's feed, and are not certain."""
    holder, seeker, _ = a_deal(town)
    town.clock.now = dt.datetime(2027, 3, 11, 9, tzinfo=dt.UTC)
    failed = {"role": "seeker", "outcome": "failed"}
    path = f"/v1/organisations/{seeker.id}/checks"
    answer = town.coordinator().post("membership", path, failed)
    assert answer.status_code == 201, answer.text
    town.tick()
    read_now = Calendar.from_ical(read(town, a_feed(holder)[1]).data)
    assert {str(each["STATUS"]) for each in read_now.walk("VEVENT")} == {"CONFIRMED", "TENTATIVE"}
