"""An offer ends: what was agreed for later is displaced, and nothing goes silently (V13)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from attrs import evolve

from cypn_core.application import fill, settle, unassign
from cypn_core.application.lose import Loss, lose, told_once
from cypn_core.application.network import SYSTEM, Caller, Work
from cypn_core.application.post import mine
from cypn_core.domain.deals import Deal, DealState
from cypn_core.domain.errors import Changed, Conflict, Invalid
from cypn_core.domain.ids import PostingId
from cypn_core.domain.marks import UNAVAILABLE, WITHDRAWN
from cypn_core.domain.postings import Posting, PostingState
from cypn_core.domain.times import Window


def leave(
    work: Work, caller: Caller, exchange: str, offer: str, leaves_on: dt.date, revision: int
) -> Posting:
    """Give the caller's offer no more from *leaves_on*, a local day; until then all goes on.

    What was agreed for that day or later becomes displaced needs, first in the queue.

    :raises Changed: when the offer is not at *revision* any more.
    :raises Invalid: for a day that is past, or later than an end that was told before.
    """
    (found,) = work.postings.lock([mine(work, caller, exchange, offer, "offer").id])
    if found.revision != revision:
        raise Changed("This was changed since you read it: read it again.")
    if found.state is not PostingState.OPEN:
        raise Conflict(f"This is {found.state.value} already.")
    _in_order(work, found, leaves_on)
    leaving = evolve(found, leaves_on=leaves_on, revision=found.revision + 1)
    work.postings.replace(leaving)
    losses = list(_displaced(work, caller, leaving, work.hub.region.midnight(leaves_on)))
    work.log(
        caller, found.id, "offer_leaves", exchange=exchange, leaves_on=leaves_on.isoformat(),
        **told_once(losses),
    )  # fmt: skip
    return leaving


def gone(work: Work) -> int:
    """Withdraw the offers whose end has come; how many they were."""
    ended = work.postings.leaving(work.hub.exchanges, work.today)
    for offer in ended:
        work.postings.replace(offer.moved(PostingState.WITHDRAWN))
        work.log(SYSTEM, offer.id, "offer_withdrawn", exchange=offer.exchange)
    return len(ended)


def _in_order(work: Work, offer: Posting, leaves_on: dt.date) -> None:
    if leaves_on < work.today:
        raise Invalid({"leaves_on": ["must not be before today"]})
    if offer.leaves_on is not None and leaves_on > offer.leaves_on:
        raise Invalid(
            {"leaves_on": [f"was told as {offer.leaves_on} before: post a new offer for longer"]}
        )


def _displaced(work: Work, caller: Caller, offer: Posting, end: dt.datetime) -> Iterator[Loss]:
    """Take what lies behind *end*, and has not begun, from every deal with *offer*."""
    for deal in work.deals.live_with(offer.id):
        behind = [each for each in _behind(deal, offer.id, end) if each.start > work.now]
        if behind and offer.id in {leg.offer for leg in deal.filling}:
            fill.go_on_without(work, caller, deal)
        elif behind and unassign.covers(work, deal, [offer.id], behind):
            unassign.unassign(work, caller, deal, [offer.id], WITHDRAWN, again=False)
        elif behind and deal.state.occupies:
            yield lose(work, caller, deal, behind, WITHDRAWN)
        elif behind:
            settle.end(work, caller, deal, DealState.DECLINED, UNAVAILABLE)


def _behind(deal: Deal, offer: PostingId, end: dt.datetime) -> list[Window]:
    """What of *deal* falls with the uses of *offer* that do not end by *end*."""
    own = [w for leg in deal.plan.legs if leg.offer == offer for w in leg.windows if w.end > end]
    return [w for w in deal.standing if any(w.overlaps(gone) for gone in own)]
