"""A holder is asked by mail: who is who, and what came of it."""

from __future__ import annotations

from email.message import EmailMessage

from attrs import frozen
from tests.post_office import PostOffice, links
from tests.towns import (
    NOW,
    VENUES,
)

from cypn_core.testing.town import Member, Town

HOLDER, SECOND, SEEKER = "jo@hall.example.org", "lee@hall.example.org", "ash@amber.example.org"


@frozen
class Asked:
    """A holder who decides by hand was asked by a seeker."""

    holder: Member
    seeker: Member
    need: str
    deal: str


def mailed(town: Town, office: PostOffice, to: str = HOLDER) -> EmailMessage:
    """The one letter that a tick sends to that address."""
    before = len(office.letters(to))
    town.tick()
    (found,) = office.letters(to)[before:]
    return found


def asked_last(office: PostOffice) -> dict[str, str]:
    """The links of the last request that the holder was mailed."""
    every = [each for each in office.letters(HOLDER) if each["Subject"] == "You are asked"]
    return links(every[-1])


def weeklies(office: PostOffice) -> list[EmailMessage]:
    """The digests that the seeker was sent."""
    return [each for each in office.letters(SEEKER) if each["Subject"] == "Your week: Northshire"]


def state(asked: Asked) -> str:
    """How the deal stands."""
    answer = asked.seeker.get(VENUES, f"/v1/deals/{asked.deal}")
    assert answer.status_code == 200, answer.text
    return str(answer.json["state"])  # type: ignore[index]


def states(town: Town) -> dict[str, int]:
    """How many mails are in each state."""
    with town.network.reading() as work:
        return work.mails.counts(NOW)


def tag(asked: Asked) -> str:
    """What a change of the deal must be sent with."""
    return str(asked.seeker.get(VENUES, f"/v1/deals/{asked.deal}").headers["ETag"])
