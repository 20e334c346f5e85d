"""What the group was told, and when somebody looked at who it is."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, request

from cypn_core.application import inbox, unmask
from cypn_core.storage.members import Message
from cypn_site.pages import MEMBER, Page
from cypn_site.visits import Visit

A_PAGE = 25
MOST = 10_000


def pages() -> Iterator[Page]:
    """The inbox, and the un-maskings."""
    yield Page(rule="/messages", name="messages", who=MEMBER, show=_messages)
    yield Page(rule="/organisation/looks", name="looks", who=MEMBER, show=_looks)


def _messages(visit: Visit) -> Response:
    """The newest first, a page at a time."""
    found = visit.read(lambda work: inbox.inbox(work, visit.caller, "", MOST))[::-1]
    said = request.args.get("page", "1")
    number = int(said) if said.isdecimal() and len(said) <= 4 else 1  # noqa: PLR2004 - 10,000 pages
    shown: list[Message] = found[(number - 1) * A_PAGE : number * A_PAGE] if number else []
    more = len(found) > number * A_PAGE
    return visit.show("membership/messages.html", messages=shown, number=number, more=more)


def _looks(visit: Visit) -> Response:
    found = visit.read(lambda work: unmask.looks(work, visit.caller))[::-1]
    purposes = {purpose.value: words for purpose, words in unmask.SAID.items()}
    return visit.show("membership/looks.html", looks=found, purposes=purposes)
