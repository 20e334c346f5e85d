"""How mail leaves the hub: a Delivery that the operator chooses, and what goes on every letter."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Protocol

from attrs import field, frozen

from cypn_core.domain.errors import CypnError


class NotSent(CypnError):
    """A letter was not taken over.

    *refused*: its address is no good, so that trying again would not do. *code* says it to an
    operator in a word or number, and never holds an address.
    """

    def __init__(self, code: str, *, refused: bool = False) -> None:
        self.code = code
        self.refused = refused
        super().__init__(f"The mail was not taken over ({code}).")


class Delivery(Protocol):
    """Hands letters over to whatever carries them."""

    def send(self, letter: EmailMessage) -> None:
        """Hand *letter* over; once this returns it is the carrier's to deliver.

        :raises NotSent: when it was not taken over.
        """


@frozen(kw_only=True)
class Mailing:
    """The hub's mail: without one nothing is mailed, and every inbox is as it was.

    *sender* is the address on every letter; *public_url* is where people reach the membership
    service and *site_url* the website, both without a slash at the end; *coordinator* gets what
    reaches nobody else; *trustees* get the digests of the log, to hold against it.
    """

    delivery: Delivery
    sender: str
    public_url: str
    coordinator: str
    trustees: tuple[str, ...] = ()
    site_url: str = field()

    @site_url.default
    def _around(self) -> str:
        """The website is what the membership service is mounted in."""
        return self.public_url.removesuffix("/membership")
