"""What members do with answers and deals on the pages, as people: forms, words, refusals."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pytest
from attrs import frozen
from tests.browsing import Browser, Form, as_contact
from tests.fitting import ALWAYS, FITTING
from tests.sites import HUB
from tests.towns import NOW, a_need, an_offer, posted

from cypn_core.application.publish import publish
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

ROLES = tuple(sorted({role for each in HUB.exchanges.values() for role in each.checklists}))


@frozen
class Pair:
    """A town with one who seeks and one who holds, and their browsers."""

    town: Town
    seeker: Member
    holder: Member

    def browser(self, member: Member) -> Browser:
        """Somebody of that organisation, signed in."""
        return as_contact(self.town.network, member.id)


@pytest.fixture
def pair(store: Store) -> Pair:
    town = Town.on(store, HUB, NOW)
    seeker = town.member("Amber Lane", *ROLES, place="Norchester")
    holder = town.member("Stone Porch", *ROLES, place="Wexbridge")
    return Pair(town, seeker, holder)


def asked(pair: Pair, **offer: Any) -> tuple[Browser, Browser]:
    """The browsers of both once the seeker has asked, on the page of the deal."""
    posted(pair.holder, "offer", an_offer(**{"auto_accept": False, **offer}))
    need = posted(pair.seeker, "need", a_need())
    seeker, holder = pair.browser(pair.seeker), pair.browser(pair.holder)
    seeker.get(f"/in/venue-bank/needs/{need}")
    seeker.press("Ask for this")
    holder.get(seeker.path)
    return seeker, holder


def test_from_an_answer_to_names_on_both_sides(pair: Pair) -> None:
    """Asked for, told when a reply is due, agreed by the holder; only then names are read."""
    seeker, holder = asked(pair)
    assert "a reply is due by" in seeker.text
    assert "please answer by" in holder.text
    assert "Amber Lane" not in holder.text
    assert "Stone Porch" not in seeker.text
    assert "Waiting for your answer" in pair.browser(pair.holder).get("/home").text
    holder.press("Yes, agree")
    assert "Amber Lane" in holder.text
    assert "Stone Porch" in seeker.get(seeker.path).text
    assert "The visit is still to come" in seeker.text or "visit" in seeker.text
    seeker.press("Confirm after the visit")
    assert "confirmed after the visit" in seeker.text


def test_its_dates_stand_in_the_list_and_in_the_calendar(pair: Pair) -> None:
    """What is agreed has its day in both; an address that is no month is none."""
    seeker, holder = asked(pair)
    holder.press("Yes, agree")
    assert "Tue 2 Feb 2027, 14:00 \u2013 16:00" in seeker.get("/deals").text
    assert "14:00" in seeker.get("/calendar?month=2027-02").text
    assert "Nothing is agreed in this month" in seeker.get("/calendar?month=2027-03").text
    assert seeker.get("/calendar?month=2027-13").status_code == 404


def test_a_holder_says_no_with_the_one_reason_there_is(pair: Pair) -> None:
    """Without a reason, or with one of taste, nothing changes; with it the time is closed."""
    _, holder = asked(pair)
    holder.get(f"{holder.path}/decline")
    for code in ("", "not_our_sort", "rule:amplified"):
        assert holder.press("Decline", code=code).status_code == 422
        assert "There is a problem" in holder.text
    holder.press("Decline", code="unavailable")
    assert "not available any more" in holder.text
    (offer,) = offers(pair)
    holder.get(f"/in/venue-bank/offers/{offer}/times")
    assert "Open it again" in holder.text


def fill(form: Form, said: Mapping[str, str]) -> None:
    """Type *said* over what the form holds."""
    for name, value in said.items():
        form.data[name] = value


def offers(pair: Pair) -> list[str]:
    """The holder's offers."""
    with pair.town.network.reading() as work:
        return [each.id for each in work.postings.mine(pair.holder.id, "venue_bank", "offer")]


def test_a_need_that_finds_nothing_is_told_what_happens_now(pair: Pair) -> None:
    """It is remembered until a day, and groups that want the same are counted without names."""
    need = posted(pair.seeker, "need", a_need())
    for at in range(3):
        other = pair.town.member(f"Other {'ABC'[at]} Street", *ROLES, place="Norchester")
        posted(other, "need", a_need())
    seeker = pair.browser(pair.seeker)
    seeker.get(f"/in/venue-bank/needs/{need}")
    assert "Nothing fits yet" in seeker.text
    assert "Sat 20 Feb 2027" in seeker.text
    pair.town.network.transact(publish)
    seeker.get(seeker.path)
    assert "Groups that want the same in your area: 4" in seeker.text
    assert "Other A" not in seeker.text


def test_a_need_becomes_what_would_be_met(pair: Pair) -> None:
    """A near miss is taken by one button: the need is changed, and then it fits."""
    posted(pair.holder, "offer", an_offer())
    late = {"first": "2027-02-02", "starts": "16:00", "ends": "18:00"}
    need = posted(pair.seeker, "need", a_need(when=late))
    seeker = pair.browser(pair.seeker)
    seeker.get(f"/in/venue-bank/needs/{need}")
    assert "15:00 instead of 16:00" in seeker.text
    seeker.press("Change my need to this")
    assert "This fits" in seeker.text


def test_what_comes_up_is_answered_at_home(pair: Pair) -> None:
    """A remembered need is woken; a yes leads to the deal, and what is no answer is refused."""
    posted(pair.seeker, "need", a_need())
    pair.town.clock.pass_time(hours=1)
    posted(pair.holder, "offer", an_offer())
    pair.town.tick()
    seeker = pair.browser(pair.seeker)
    seeker.get("/home")
    assert "Something fits your need now" in seeker.text
    form = seeker.form("Yes")
    form.data["code"] = "perhaps"
    assert seeker.send(form).status_code == 422
    seeker.get("/home")
    seeker.press("Yes", code="yes")
    assert seeker.path.startswith("/in/venue-bank/deals/")


def test_a_date_is_given_up_and_another_is_moved(pair: Pair) -> None:
    """Of a series one date goes, one is moved; to a time that is not free it stays, with mends."""
    posted(pair.holder, "offer", an_offer())
    weekly = {
        "first": "2027-02-02",
        "starts": "14:00",
        "ends": "16:00",
        "rrule": "FREQ=WEEKLY;COUNT=3",
    }
    need = posted(pair.seeker, "need", a_need(when=weekly))
    seeker = pair.browser(pair.seeker)
    seeker.get(f"/in/venue-bank/needs/{need}")
    seeker.press("Ask for this")
    deal = seeker.path
    seeker.get(f"{deal}/dates/2027-02-09/cancel")
    seeker.press("Yes, give it up")
    assert "given up" in seeker.text
    moved = {
        "on.day": "16",
        "on.month": "2",
        "on.year": "2027",
        "to.day": "18",
        "to.month": "2",
        "to.year": "2027",
    }
    seeker.get(f"{deal}/move")
    form = seeker.form("Move it")
    fill(form, {**moved, "starts": "16:00"})
    assert seeker.send(form).status_code == 422
    assert "Free near it" in seeker.text
    seeker.get(f"{deal}/move")
    form = seeker.form("Move it")
    fill(form, moved)
    seeker.send(form)
    assert "Thu 18 Feb 2027" in seeker.text


def test_a_form_that_is_sent_twice_changes_once(pair: Pair) -> None:
    """The second sending leads where the first did, and there is one deal."""
    posted(pair.holder, "offer", an_offer())
    need = posted(pair.seeker, "need", a_need())
    seeker = pair.browser(pair.seeker)
    seeker.get(f"/in/venue-bank/needs/{need}")
    form = seeker.form("Ask for this")
    seeker.send(form)
    first = seeker.path
    seeker.send(form)
    assert seeker.path == first
    assert len(pair.seeker.get("venue_bank", "/v1/deals").json["items"]) == 1


def test_what_was_changed_in_between_is_not_overwritten(pair: Pair) -> None:
    """A yes to what stood there before is refused with what to do, and nothing changes."""
    seeker, holder = asked(pair)
    seeker.get(f"{seeker.path}/cancel")
    form = holder.form("Yes, agree")
    seeker.press("Yes, cancel")
    assert holder.send(form).status_code in {409, 412}
    assert "<h1" in holder.text
    assert "It was cancelled" in seeker.get(seeker.path).text


def test_a_holder_closes_and_reopens_on_the_pages(pair: Pair) -> None:
    """Times, the end of the offer and the listing; what cannot be used is told beside its field."""
    offer = posted(pair.holder, "offer", an_offer())
    holder = pair.browser(pair.holder)
    root = f"/in/venue-bank/offers/{offer}"
    holder.get(f"{root}/close")
    assert holder.press("Close it", code="repairs").status_code == 422
    form = holder.form("Close it")
    fill(form, {"first.day": "2", "first.month": "2", "first.year": "2027", "code": "repairs"})
    holder.send(form)
    assert "Closed. Whoever had that time is told." in holder.text
    holder.press("Open it again")
    assert "Nothing is closed" in holder.text
    holder.press("List it by name")
    assert "It is listed with your name" in holder.text
    holder.get(f"{root}/leave")
    form = holder.form("End it on that day")
    fill(form, {"leaves_on.day": "31", "leaves_on.month": "2", "leaves_on.year": "2027"})
    assert holder.send(form).status_code == 422


def test_a_calendar_is_imported_from_a_file(pair: Pair) -> None:
    """A file is read and told of; none, or one that is no calendar, is refused with the mend."""
    offer = posted(pair.holder, "offer", an_offer(hours=ALWAYS))
    holder = pair.browser(pair.holder)
    page = f"/in/venue-bank/offers/{offer}/calendar"
    holder.get(page)
    assert holder.press("Import it").status_code == 422
    for content, status in ((b"no calendar", 422), (DIARY.encode(), 200)):
        holder.get(page)
        form = holder.form("Import it")
        sent = {**form.data.to_dict(), "calendar": (content_file(content), "mine.ics")}
        answer = holder.client.post(page, data=sent, content_type="multipart/form-data")
        assert answer.status_code == status, answer.text
    assert "1 entry was read" in answer.text
    assert "Private matter" not in answer.text


def content_file(content: bytes) -> Any:
    """A file as a form sends it."""
    return BytesIO(content)


DIARY = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//
BEGIN:VEVENT
UID:1@test
DTSTAMP:20261122T090000Z
DTSTART:20270202T140000Z
DTEND:20270202T160000Z
SUMMARY:Private matter
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")


@pytest.mark.parametrize("exchange", sorted(FITTING))
def test_every_exchange_has_these_pages(pair: Pair, exchange: str) -> None:
    """A need's answers and its deal, for the exchanges here and a stranger's."""
    need, offers_ = FITTING[exchange]
    for body in offers_:
        posted(pair.holder, "offer", body, exchange)
    wanted = posted(pair.seeker, "need", need, exchange)
    seeker = pair.browser(pair.seeker)
    slug = HUB.exchange(exchange).slug
    assert seeker.get(f"/in/{slug}/needs/{wanted}").status_code == 200
    assert "This fits" in seeker.text
    seeker.press("Ask for this")
    assert seeker.here.status_code == 200
    assert seeker.path.startswith(f"/in/{slug}/deals/")
