"""N04, the listing: reminded in time, hidden and not deleted, confirmed with one tap."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from attrs import frozen
from tests.post_office import PostOffice, links, post_office, press, texts, write_to
from tests.towns import ONLY_VENUES, PLACE, VENUES, a_need, an_offer, matches, posted

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

POSTED = dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC)
REMINDED = dt.datetime(2027, 2, 14, 9, tzinfo=dt.UTC)
HIDDEN = dt.datetime(2027, 2, 28, 9, tzinfo=dt.UTC)
LEFT, CURRENT = "ada@hall.example.org", "jo@hall.example.org"
SUBJECT = "Is it still available?"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as running:
        yield running


@frozen
class Hall:
    """A hall whose offer was last confirmed on 30 November."""

    town: Town
    office: PostOffice
    holder: Member
    seeker: Member
    offer: str

    def on(self, now: dt.datetime) -> None:
        """Let the hub do what is due at *now*."""
        self.town.clock.now = now
        self.town.tick()

    def reminders(self, to: str) -> list[dict[str, str]]:
        """The links of each reminder that went to that address."""
        return [links(each) for each in self.office.letters(to) if each["Subject"] == SUBJECT]

    @property
    def found(self) -> bool:
        """Whether a search finds the offer today."""
        day = (self.town.clock.now + dt.timedelta(days=7)).date().isoformat()
        return bool(matches(self.seeker, posted(self.seeker, "need", a_need(day)))["full"])


@pytest.fixture
def hall(store: Store, office: PostOffice) -> Hall:
    town = Town.on(store, ONLY_VENUES, POSTED, office.carrier())
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    seeker = town.member("Amber Lane", "seeker", place=PLACE)
    write_to(holder, LEFT)
    daily = {"first": "2026-11-30", "starts": "13:00", "ends": "17:00", "rrule": "FREQ=DAILY"}
    return Hall(town, office, holder, seeker, posted(holder, "offer", an_offer(hours=[daily])))


def test_n04_reminded_on_14_february_and_hidden_from_28_february(hall: Hall) -> None:
    """N04: one reminder that day and none before; hidden on the day itself, and never deleted."""
    hall.on(REMINDED - dt.timedelta(minutes=1))
    assert hall.reminders(LEFT) == []
    hall.on(REMINDED)
    hall.on(REMINDED + dt.timedelta(days=1))
    assert len(hall.reminders(LEFT)) == 1
    hall.on(HIDDEN - dt.timedelta(minutes=1))
    assert hall.found
    hall.on(HIDDEN)
    assert not hall.found
    kept = hall.holder.get(VENUES, f"/v1/offers/{hall.offer}")
    assert kept.json["state"] == "open"


def test_n04_the_link_of_who_has_left_is_refused_and_the_current_contact_is_told(
    hall: Hall,
) -> None:
    """N04: her confirm link is in an old mailbox; the offer stays hidden until it is confirmed."""
    hall.on(REMINDED)
    (hers,) = hall.reminders(LEFT)
    write_to(hall.holder, CURRENT)
    hall.on(HIDDEN)
    assert press(hall.town, hers["yes"]).status_code == 410
    hall.on(HIDDEN)
    assert "former contact" in texts(hall.office.letters(CURRENT)[-1])
    assert not hall.found


def test_n04_one_tap_confirms_for_another_90_days(hall: Hall) -> None:
    """N04: no key, no form: the offer is shown on, and the next reminder comes 76 days later."""
    hall.on(REMINDED)
    (given,) = hall.reminders(LEFT)
    assert press(hall.town, given["yes"]).status_code == 200
    hall.on(HIDDEN)
    assert hall.found
    hall.on(REMINDED + dt.timedelta(days=76) - dt.timedelta(minutes=1))
    assert len(hall.reminders(LEFT)) == 1
    hall.on(REMINDED + dt.timedelta(days=76))
    assert len(hall.reminders(LEFT)) == 2


def test_n04_what_was_hidden_is_shown_again_with_the_same_tap(hall: Hall) -> None:
    """N04: for a fortnight after it was hidden; then the link has expired."""
    hall.on(REMINDED)
    (given,) = hall.reminders(LEFT)
    hall.on(HIDDEN + dt.timedelta(days=13))
    assert not hall.found
    assert press(hall.town, given["yes"]).status_code == 200
    assert hall.found


def test_n04_a_tap_takes_it_back(hall: Hall) -> None:
    """N04: the answer no withdraws the offer, and the link for yes is used up with it."""
    hall.on(REMINDED)
    (given,) = hall.reminders(LEFT)
    assert press(hall.town, given["no"]).status_code == 200
    assert press(hall.town, given["yes"]).status_code == 410
    kept = hall.holder.get(VENUES, f"/v1/offers/{hall.offer}")
    assert kept.json["state"] == "withdrawn"  # type: ignore[index]
