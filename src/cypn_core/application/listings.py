"""Named listings: holders who agreed to it are shown by name to members and to the public.

Only holders: whoever asks for something stays blind.
"""

from __future__ import annotations

from attrs import evolve, frozen

from cypn_core.application.network import Caller, Work
from cypn_core.application.post import mine
from cypn_core.domain.errors import Conflict
from cypn_core.domain.postings import Offer, Posting, PostingState


@frozen
class Listed:
    """An offer whose holder agreed to be named, and the name."""

    name: str
    offer: Posting


def listed(work: Work) -> list[Listed]:
    """What is listed by name now, by name: open, fresh, its holder checked and taking part."""
    names = dict(work.organisations.names())
    found = [
        Listed(names[offer.organisation], offer)
        for exchange in work.hub.exchanges
        for offer in work.postings.open(exchange, "offer", work.today, work.now)
        if isinstance(offer.body, Offer) and offer.body.named_listing
    ]
    return sorted(found, key=lambda each: (each.name, each.offer.exchange, each.offer.id))


def choose(work: Work, caller: Caller, exchange: str, offer: str, *, named: bool) -> Posting:
    """Let the caller's offer be listed by name, or no more; deals on it are not touched.

    :raises NotFound: when the caller has no such offer.
    :raises Conflict: when it is not open.
    """
    (found,) = work.postings.lock([mine(work, caller, exchange, offer, "offer").id])
    if found.state is not PostingState.OPEN or not isinstance(found.body, Offer):
        raise Conflict(f"This is {found.state.value}: nothing of it is listed.")
    if found.body.named_listing is named:
        return found
    body = evolve(found.body, named_listing=named)
    chosen = evolve(found, body=body, revision=found.revision + 1)
    work.postings.replace(chosen)
    work.log(caller, found.id, "offer_named" if named else "offer_unnamed", exchange=exchange)
    return chosen
