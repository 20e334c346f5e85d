"""What each party's calendar is told by mail, through a real SMTP server and on both stores."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage
from typing import Any

import pytest
import recurring_ical_events  # type: ignore[import-untyped]
from attrs import frozen
from icalendar import Calendar  # type: ignore[import-untyped]
from tests.asked_by_mail import HOLDER, SECOND, SEEKER
from tests.post_office import PostOffice, write_to
from tests.towns import PLACE, VENUES, a_need, an_offer, asked, posted

from cypn_core.domain.ids import DealId
from cypn_core.domain.times import Window
from cypn_core.testing.town import Member, Town

SUNDAYS = {
    "first": "2027-03-07",
    "starts": "14:00",
    "ends": "16:00",
    "rrule": "FREQ=WEEKLY;COUNT=6",
}
SENDER = "mailto:hub@hub.example.org"


@frozen
class Agreed:
    """A series over the spring change, and who agreed it."""

    town: Town
    office: PostOffice
    holder: Member
    seeker: Member
    offer: str
    deal: str

    def send(self, member: Member, verb: str, body: object = None) -> None:
        """Do *verb* to the deal as it is, and let time pass for the mail."""
        path = f"/v1/deals/{self.deal}"
        tag = member.get(VENUES, path).headers["ETag"]
        answer = member.post(VENUES, f"{path}/{verb}", body, If_Match=tag)
        assert answer.status_code == 200, answer.text
        self.town.tick()

    def last(self, to: str) -> EmailMessage:
        """The last letter to that address."""
        return self.office.letters(to)[-1]

    def stands(self) -> list[Window]:
        """The windows that the store holds as certain."""
        with self.town.network.reading() as work:
            found = work.deals.get(DealId(self.deal))
        return [window for window in found.standing if window not in found.suspended]


def asked_for(town: Town, office: PostOffice, when: object = SUNDAYS, **offer: Any) -> Agreed:
    """The seeker has asked; the holder decides by hand, unless the offer says other."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    seeker = town.member("Amber Lane", "seeker", place=PLACE, until=offer.pop("until", None))
    write_to(holder, HOLDER, SECOND)
    write_to(seeker, SEEKER)
    found = posted(holder, "offer", an_offer(auto_accept=False, **offer))
    answer = asked(seeker, posted(seeker, "need", a_need(when=when)))
    assert answer.status_code == 202, answer.text
    town.tick()
    return Agreed(town, office, holder, seeker, found, answer.json["id"])  # type: ignore[index]


@pytest.fixture
def deal(town: Town, office: PostOffice) -> Agreed:
    found = asked_for(town, office)
    found.send(found.holder, "agree")
    return found


def calendars(letter: EmailMessage) -> list[tuple[str, Calendar]]:
    """Type, and what is in it, of each part that a calendar program reads."""
    kinds = ("text/calendar", "application/ics")
    parts = [part for part in letter.walk() if part.get_content_type() in kinds]
    return [
        (part.get_content_type(), Calendar.from_ical(part.get_payload(decode=True)))
        for part in parts
    ]


def invited(letter: EmailMessage) -> Calendar:
    """The invitation that the letter is, which its file repeats."""
    (kind, found), (file_kind, file) = calendars(letter)
    assert (kind, file_kind) == ("text/calendar", "application/ics")
    assert found.to_ical() == file.to_ical()
    return found


def method(letter: EmailMessage) -> str:
    """The method of its calendar, which the part's Content-Type says too (RFC 6047)."""
    found = str(invited(letter)["METHOD"])
    part = next(each for each in letter.walk() if each.get_content_type() == "text/calendar")
    assert part.get_param("method") == found
    assert part.get_param("charset") == "utf-8"
    return found


def times(calendar: Calendar) -> list[Window]:
    events = recurring_ical_events.of(calendar).between((2026, 1, 1), (2029, 1, 1))
    return sorted(Window(event["DTSTART"].dt, event["DTEND"].dt) for event in events)


def sole(letter: EmailMessage, name: str) -> Any:
    """The one value that a property has in all events of the letter's calendar."""
    (found,) = {event[name] for event in invited(letter).walk("VEVENT")}
    return found


def test_both_are_invited_to_every_time_once_it_is_agreed(deal: Agreed) -> None:
    """Local time on both sides of the clock change, from the hub, to exactly the reader."""
    for to, other in ((HOLDER, "Amber Lane"), (SEEKER, "Cedar Hall")):
        letter = deal.last(to)
        assert method(letter) == "REQUEST"
        found = invited(letter)
        assert times(found) == deal.stands()
        assert {w.start.astimezone(dt.UTC).hour for w in times(found)} == {13, 14}
        assert len(found.walk("VTIMEZONE")) == len(found.walk("VEVENT")) == 1
        assert sole(letter, "DTSTART").params["TZID"] == "Europe/London"
        assert sole(letter, "ORGANIZER") == SENDER
        assert sole(letter, "ATTENDEE") == f"mailto:{to}"
        assert sole(letter, "ATTENDEE").params["RSVP"] == "FALSE"
        assert other in sole(letter, "SUMMARY")


def test_nothing_before_the_yes_brings_a_calendar(town: Town, office: PostOffice) -> None:
    """Neither being asked nor a request that was taken back, declined or left to lapse."""
    asker = asked_for(town, office)
    asker.send(asker.seeker, "cancel")
    again = asked(asker.seeker, posted(asker.seeker, "need", a_need("2027-02-02")))
    assert again.status_code == 202, again.text
    for _ in range(14):
        town.clock.pass_time(days=1)
        town.tick()
    assert len(office.letters()) >= 3
    assert [each for letter in office.letters() for each in calendars(letter)] == []


def test_no_identifier_of_anybody_is_in_an_invitation(deal: Agreed) -> None:
    """Neither ids of organisations nor of the deal; each party has a UID of its own."""
    uids = set()
    for to in (HOLDER, SEEKER):
        letter = deal.last(to)
        names = [part.get_filename() for part in letter.walk() if part.get_filename()]
        assert names == ["invitation-1.ics"]
        text = invited(letter).to_ical().decode().replace("\r\n ", "")
        for secret in (deal.holder.id, deal.seeker.id, deal.deal, deal.offer):
            assert secret not in text
            assert secret[:16] not in text
        uids.add(str(sole(letter, "UID")))
    assert len(uids) == 2


@pytest.mark.parametrize("by", ["seeker", "holder"])
def test_a_date_that_is_lost_leaves_both_calendars(deal: Agreed, by: str) -> None:
    """The whole is sent again without it under the same UID, with a higher SEQUENCE."""
    before = {to: deal.last(to) for to in (HOLDER, SEEKER)}
    body = {"on": "2027-03-14"} | ({"code": "unavailable"} if by == "holder" else {})
    deal.send(getattr(deal, by), "cancel-date", body)
    for to, old in before.items():
        new = deal.last(to)
        assert method(new) == "REQUEST"
        assert times(invited(new)) == deal.stands()
        assert len(deal.stands()) == 5
        assert sole(new, "UID") == sole(old, "UID")
        assert sole(new, "SEQUENCE") > sole(old, "SEQUENCE")


@pytest.mark.parametrize("by", ["seeker", "holder"])
def test_the_end_of_it_cancels_it_in_both_calendars(deal: Agreed, by: str) -> None:
    """METHOD:CANCEL under the same UID with a higher SEQUENCE, and no names any more."""
    before = {to: deal.last(to) for to in (HOLDER, SEEKER)}
    verb, body = ("cancel", None) if by == "seeker" else ("decline", {"code": "unavailable"})
    deal.send(getattr(deal, by), verb, body)
    for to, old in before.items():
        new = deal.last(to)
        assert method(new) == "CANCEL"
        assert sole(new, "UID") == sole(old, "UID")
        assert sole(new, "SEQUENCE") > sole(old, "SEQUENCE")
        assert sole(new, "STATUS") == "CANCELLED"
        assert sole(new, "ORGANIZER") == SENDER
        text = invited(new).to_ical()
        assert b"Amber" not in text
        assert b"Cedar" not in text


@pytest.mark.parametrize(("day", "left"), [("2027-03-20", 2), ("2027-03-01", 0)])
def test_an_offer_that_goes_takes_its_dates_out_of_both_calendars(
    deal: Agreed, day: str, left: int
) -> None:
    """Though the group is told of the offer, once, and not of the deal."""
    path = f"/v1/offers/{deal.offer}"
    tag = deal.holder.get(VENUES, path).headers["ETag"]
    body = {"leaves_on": day}
    answer = deal.holder.post(VENUES, f"{path}/leave", body, If_Match=tag)
    assert answer.status_code == 200, answer.text
    deal.town.tick()
    assert len(deal.stands()) == left
    for to in (HOLDER, SEEKER):
        letter = deal.last(to)
        assert method(letter) == ("REQUEST" if left else "CANCEL")
        assert not left or times(invited(letter)) == deal.stands()


def test_dates_without_a_check_leave_and_come_back(town: Town, office: PostOffice) -> None:
    """Suspended dates are not certain; when the check is renewed all of them stand again."""
    deal = asked_for(town, office, until=dt.date(2027, 3, 10))
    deal.send(deal.holder, "agree")
    town.clock.now = dt.datetime(2027, 3, 11, 9, tzinfo=dt.UTC)
    town.tick()
    (first,) = times(invited(deal.last(HOLDER)))
    assert first.start.day == 7
    body = {"role": "seeker", "outcome": "passed", "expires_on": "2027-12-01"}
    path = f"/v1/organisations/{deal.seeker.id}/checks"
    assert town.coordinator().post("membership", path, body).status_code == 201
    town.tick()
    assert times(invited(deal.last(HOLDER))) == deal.stands()
    assert len(deal.stands()) == 6
