"""The coordinator's desk: one list of all that waits for a person, what opens most first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cypn_core.application import desk_checks, desk_held, desk_sources
from cypn_core.application.desk_items import Item, in_order
from cypn_core.application.desk_seen import Seen
from cypn_core.application.network import Caller, Work

Source = Callable[[Seen, Caller], Iterator[Item]]

SOURCES: tuple[Source, ...] = (
    desk_checks.items,
    desk_held.held,
    desk_held.unjudged,
    *desk_sources.SOURCES,
)
"""Each finds the items of some kinds; none asks the store once a row."""


def desk(work: Work, caller: Caller) -> list[Item]:
    """Everything that waits for a coordinator, what most groups wait for first.

    :raises NotAllowed: unless the caller is a coordinator.
    """
    caller.must_have("coordinator")
    seen = Seen(work)
    return in_order([item for source in SOURCES for item in source(seen, caller)])
