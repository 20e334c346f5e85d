"""N04, the links: they work once, expire, and die when the contact is replaced; bounces move on."""

from __future__ import annotations

import datetime as dt

import pytest
from attrs import frozen
from tests.post_office import COORDINATOR, PostOffice, links, press, texts, write_to
from tests.towns import ONLY_VENUES, PLACE, VENUES, a_need, an_offer, asked, inbox, posted
from werkzeug.test import TestResponse

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

NOW = dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC)
LEFT, SECOND, CURRENT = "ada@hall.example.org", "lee@hall.example.org", "jo@hall.example.org"


@frozen
class Hall:
    """A hall that was mailed a question, and the links in that mail."""

    town: Town
    office: PostOffice
    holder: Member
    seeker: Member
    links: dict[str, str]

    def press(self, choice: str) -> TestResponse:
        """Press one of the links."""
        return press(self.town, self.links[choice])

    @property
    def deal(self) -> str:
        """How the request stands."""
        (found,) = self.seeker.get(VENUES, "/v1/deals").json["items"]  # type: ignore[index]
        return str(found["state"])


@pytest.fixture
def hall(store: Store, office: PostOffice) -> Hall:
    town = Town.on(store, ONLY_VENUES, NOW, office.carrier())
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    seeker = town.member("Amber Lane", "seeker", place=PLACE)
    write_to(holder, LEFT, SECOND)
    daily = {"first": "2026-11-30", "starts": "13:00", "ends": "17:00", "rrule": "FREQ=DAILY"}
    posted(holder, "offer", an_offer(auto_accept=False, hours=[daily]))
    assert asked(seeker, posted(seeker, "need", a_need())).status_code == 202
    town.tick()
    (sent,) = office.letters()
    assert sent["To"] == LEFT
    return Hall(town, office, holder, seeker, links(sent))


def test_n04_the_link_of_a_departed_volunteer_is_refused_and_her_successor_is_told(
    hall: Hall,
) -> None:
    """N04: hers is in an old mailbox; it changes nothing, and the current contact hears of it."""
    write_to(hall.holder, CURRENT, SECOND)
    for choice in ("yes", "no", "later", "unsubscribe"):
        answer = hall.press(choice)
        assert answer.status_code == 410
        assert not [name for name in (LEFT, CURRENT, "Cedar", "Amber") if name in answer.text]
    assert hall.deal == "asked"
    hall.town.tick()
    (told, *_) = hall.office.letters(CURRENT)
    assert told["Subject"] == "An old link was used"
    assert "former contact" in texts(told)
    assert hall.office.letters(SECOND) == []


def test_n04_a_replaced_contact_who_comes_back_as_somebody_else_stays_replaced(hall: Hall) -> None:
    """N04: the same mailbox under another name is another contact: the old link is dead."""
    known = hall.holder.get("membership", "/v1/organisation")
    profile = {**known.json["profile"], "contact": {"name": "Sam", "email": LEFT}}  # type: ignore[index]
    answer = hall.holder.send(
        "PUT", "membership", "/v1/organisation", profile, If_Match=known.headers["ETag"]
    )
    assert answer.status_code == 200
    assert hall.press("yes").status_code == 410
    assert hall.deal == "asked"


def test_n04_a_link_works_once(hall: Hall) -> None:
    """N04: the second press of any link of that mail is refused, and changes nothing."""
    assert hall.press("yes").status_code == 200
    assert hall.deal == "agreed"
    for choice in ("yes", "no", "later"):
        assert hall.press(choice).status_code == 410
    assert hall.deal == "agreed"


def test_n04_a_link_expires(hall: Hall) -> None:
    """N04: three working days on, the time to answer is over and so is the link."""
    hall.town.clock.pass_time(days=2, hours=23)
    assert press(hall.town, hall.links["yes"], "GET").status_code == 200
    hall.town.clock.pass_time(hours=1)
    assert hall.press("yes").status_code == 410
    assert hall.deal == "asked"


def test_n04_refusals_are_the_same_whatever_killed_the_link(hall: Hall) -> None:
    """N04: replaced, used, expired and made up: one answer, to the byte."""
    made_up = press(hall.town, f"/links/yes/{'0' * 32}.{'x' * 32}")
    write_to(hall.holder, CURRENT)
    replaced = hall.press("yes")
    write_to(hall.holder, LEFT, SECOND)
    hall.press("later")
    used = hall.press("yes")
    hall.town.clock.pass_time(days=3)
    expired = hall.press("no")
    answers = (made_up, replaced, used, expired)
    assert len({(each.status, each.data, str(each.headers)) for each in answers}) == 1


def test_n04_a_bounce_goes_to_the_second_contact_and_then_to_the_coordinator(hall: Hall) -> None:
    """N04: the second contact can answer by its own link; the coordinator sees whom to ring."""
    desk = hall.town.coordinator()
    for address, following in ((LEFT, SECOND), (SECOND, COORDINATOR)):
        assert desk.post("membership", "/v1/bounces", {"what": address}).status_code == 200
        hall.town.tick()
        assert len(hall.office.letters(following)) == 1
    assert links(hall.office.letters(SECOND)[0]).keys() == hall.links.keys()
    assert links(hall.office.letters(COORDINATOR)[0]) == {}
    items = desk.get("membership", "/v1/bounces").json["items"]  # type: ignore[index]
    assert {(each["organisation"], each["by_mail"]) for each in items} == {(hall.holder.id, False)}
    assert len(inbox(hall.holder)) == 1


def test_n04_the_second_contact_answers_with_its_own_link(hall: Hall) -> None:
    """N04: after the bounce the request is agreed from the second mailbox."""
    hall.office.refuses = {LEFT}
    hall.town.coordinator().post("membership", "/v1/bounces", {"what": LEFT})
    hall.town.tick()
    assert press(hall.town, links(hall.office.letters(SECOND)[0])["yes"]).status_code == 200
    assert hall.deal == "agreed"
