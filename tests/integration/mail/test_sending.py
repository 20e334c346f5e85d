"""Mail goes out through a real SMTP server, at least once, on both stores."""

from __future__ import annotations

from email.message import EmailMessage
from itertools import pairwise

import pytest
from attrs import evolve
from tests.asked_by_mail import (
    HOLDER,
    Asked,
    states,
)
from tests.post_office import PostOffice, links, press
from tests.towns import (
    NOW,
    ONLY_VENUES,
    PLACE,
    a_need,
    an_offer,
    asked,
    inbox,
    posted,
)

from cypn_core.application.mailing import Mailing, NotSent
from cypn_core.application.outbox import send
from cypn_core.application.tick import tick
from cypn_core.storage.engine import Store
from cypn_core.storage.mails import MOST_ATTEMPTS
from cypn_core.testing.town import Town


def test_a_mail_that_is_not_taken_is_tried_eight_times_and_then_dead(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """Each time with the same Message-ID and later than the last; the inbox has it anyway."""
    office.broken = True
    tries = []
    for hour in range(72):
        before = office.tries
        town.tick()
        if office.tries > before:
            tries.append(hour)
        town.clock.pass_time(hours=1)
        if hour == 60:
            office.broken = False
    assert len(tries) == MOST_ATTEMPTS
    waits = [later - sooner for sooner, later in pairwise(tries)]
    assert waits == sorted(waits)
    assert states(town) == {"dead": 1}
    assert office.raw == []
    assert len(inbox(request_.holder)) == 1


def test_a_mail_goes_out_once_the_server_is_back(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """Ten minutes after the first failure; and then never again."""
    office.broken = True
    assert town.tick().mails == 0
    office.broken = False
    assert town.tick().mails == 0
    town.clock.pass_time(minutes=10)
    assert town.tick().mails == 1
    town.clock.pass_time(hours=5)
    assert town.tick().mails == 0
    assert states(town) == {"sent": 1}


class Dies:
    """A carrier that takes the letter and stops the machine before it can be noted."""

    def __init__(self, carrier: Mailing) -> None:
        self.carrier = carrier

    def send(self, letter: EmailMessage) -> None:
        """Send it, and stop."""
        self.carrier.delivery.send(letter)
        raise KeyboardInterrupt


def test_a_machine_that_dies_in_between_sends_twice_rather_than_never(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """The second has the same Message-ID, and the links of both are good until one is used."""
    dying = evolve(office.carrier(), delivery=Dies(office.carrier()))
    with pytest.raises(KeyboardInterrupt):
        tick(evolve(town.network, mailing=dying))
    town.clock.pass_time(minutes=10)
    town.tick()
    first, second = office.letters(HOLDER)
    assert first["Message-ID"] == second["Message-ID"]
    assert press(town, links(first)["yes"]).status_code == 200
    assert press(town, links(second)["yes"]).status_code == 410


class Meanwhile:
    """A carrier during whose sending another machine lets time pass too."""

    def __init__(self, town: Town) -> None:
        self.town = town

    def send(self, letter: EmailMessage) -> None:
        """Let the other machine go on, and fail."""
        assert self.town.tick().mails == 0
        raise NotSent("down")


def test_two_machines_do_not_send_the_same(town: Town, office: PostOffice, request_: Asked) -> None:
    """While one is at it, the other finds nothing to do."""
    busy = evolve(office.carrier(), delivery=Meanwhile(town))
    town.tick()
    assert send(evolve(town.network, mailing=busy)) == 0
    assert len(office.letters(HOLDER)) == 1


def test_where_mail_is_off_nothing_is_kept_to_be_sent_later(
    store: Store, office: PostOffice
) -> None:
    """The inbox has every message; turning mail on does not send what is old."""
    town = Town.on(store, ONLY_VENUES, NOW)
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    seeker = town.member("Amber Lane", "seeker", place=PLACE)
    posted(holder, "offer", an_offer())
    assert asked(seeker, posted(seeker, "need", a_need())).status_code == 201
    assert town.tick().messages == 2
    again = Town.on(store, ONLY_VENUES, NOW, office.carrier())
    assert again.tick().mails == 0
    assert office.raw == []
