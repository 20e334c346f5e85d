"""Every hook that a plugin may answer. *Who else?* is a hook; *which one?* is a Protocol."""

from __future__ import annotations

from collections.abc import Iterable

from cypn_core.domain.events import Event
from cypn_core.domain.postings import Need, Offer
from cypn_core.domain.region import Region
from cypn_core.exchange import Exchange, Objection
from cypn_core.hooks import hookspec
from cypn_core.matching.rules import Rule


@hookspec
def cypn_region() -> Region:  # type: ignore[empty-body]
    """Describe one region: its places, its calendars, its checklists, its settings.

    Several may be installed; the hub serves the one that it is told to, or the only one there is.
    """


@hookspec
def cypn_exchange() -> Exchange | None:
    """Declare one exchange."""


@hookspec
def cypn_rules(exchange: str, region: Region) -> Iterable[Rule] | None:
    """Add rules to *exchange*, one's own or another's.

    One that ``replaces`` stands in for the exchange's own of the same code.
    """


@hookspec
def cypn_objections(
    exchange: str, body: Need | Offer, region: Region
) -> Iterable[Objection] | None:
    """Object to a posting, field by field; all objections are shown at once.

    An objection that raises refuses the posting.
    """


@hookspec
def cypn_heard(event: Event) -> None:
    """Hear of something that has happened. A listener cannot veto and cannot block."""
