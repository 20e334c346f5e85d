"""The menu: what a visitor is offered on every page, by role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from attrs import frozen

from cypn_core.domain.people import OVERSEERS
from cypn_site.language import marked
from cypn_site.pages import COORDINATOR, MEMBER

if TYPE_CHECKING:
    from cypn_site.visits import Visit


@frozen(kw_only=True)
class Entry:
    """One entry: the name of its page, what it says, and for whom it is."""

    page: str
    text: str
    who: frozenset[str]


ENTRIES = (
    Entry(page="desk", text=marked("Desk"), who=COORDINATOR),
    Entry(page="home", text=marked("Home"), who=MEMBER),
    Entry(page="deals", text=marked("Agreements"), who=MEMBER),
    Entry(page="calendar", text=marked("Calendar"), who=MEMBER),
    Entry(page="messages", text=marked("Messages"), who=MEMBER),
    Entry(page="organisation", text=marked("Your group"), who=MEMBER),
    Entry(page="log", text=marked("Log"), who=OVERSEERS),
    Entry(page="hours", text=marked("Your hours"), who=MEMBER),
    Entry(page="complaints", text=marked("Complaints"), who=frozenset({"trustee"})),
    Entry(page="evidence", text=marked("Evidence"), who=OVERSEERS),
)
"""In the order in which they are shown."""


def menu(visit: Visit) -> Iterator[Entry]:
    """The entries for this visitor."""
    return (entry for entry in ENTRIES if entry.who & visit.roles)
