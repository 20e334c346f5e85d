"""The menu: what a visitor is offered on every page, by role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from cypn_site.visits import Visit


@frozen(kw_only=True)
class Entry:
    """One entry: the name of its page, what it says, and for whom it is."""

    page: str
    text: str
    who: frozenset[str]


ENTRIES: tuple[Entry, ...] = ()
"""In the order in which they are shown."""


def menu(visit: Visit) -> Iterator[Entry]:
    """The entries for this visitor."""
    return (entry for entry in ENTRIES if entry.who & visit.roles)
