"""Losing dates: an agreed deal goes on without them, and what was lost is remembered."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from attrs import evolve, frozen

from cypn_core.application import settle
from cypn_core.application.network import Caller, Work
from cypn_core.application.remember import remember
from cypn_core.domain.deals import Deal, DealState
from cypn_core.domain.ids import OrganisationId, PostingId
from cypn_core.domain.marks import Mark
from cypn_core.domain.rounds import Priority
from cypn_core.domain.times import Window


@frozen(kw_only=True)
class Loss:
    """What a loss came to: the deal as it is now, and the needs that wait again for it.

    *price* is what all that stands costs in pence, before and now; None while it is not stated.
    """

    deal: Deal
    windows: tuple[Window, ...] = ()
    needs: tuple[PostingId, ...] = ()
    price: tuple[int | None, int | None] = (None, None)


def told_once(losses: Iterable[Loss]) -> dict[str, Any]:
    """What the one message about *losses* is made of: by need that waits, dates, price and deal."""
    found = [(need, loss) for loss in losses for need in loss.needs]
    return {
        "displaced": {need: [w.start.isoformat() for w in loss.windows] for need, loss in found},
        "prices": {need: loss.price for need, loss in found},
        "deals": {need: loss.deal.id for need, loss in found},
    }


def lose(
    work: Work,
    caller: Caller,
    deal: Deal,
    windows: Collection[Window],
    reason: str,
    but: OrganisationId | None = None,
    blamed: Collection[OrganisationId] = (),
) -> Loss:
    """Free what *deal* uses at *windows* and remember, as displaced, who now lacks it.

    A deal of which nothing stands any more ends as displaced, and its own needs wait again.
    *but* gives its dates up and is not remembered for them; the *blamed* are, without priority.
    """
    if not windows:
        return Loss(deal=deal)
    was, deal = deal.revision, settle.ask_nobody(work, caller, deal)
    left = deal.marked(Mark(window=window, reason=reason) for window in windows)
    if not left.standing:
        before = evolve(deal, revision=was)
        ended = _all_lost(work, caller, before, left, (reason, Priority.DISPLACED, blamed))
        return Loss(deal=ended, windows=tuple(windows), needs=deal.plan.needs)
    price = deal.kept.pence, left.kept.pence
    work.uses.free(deal.id, windows)
    work.deals.replace(left, was)
    needs = remember(work, left, windows, Priority.DISPLACED, but, blamed)
    work.log(
        caller, deal.id, "deal_dates_lost", exchange=deal.exchange, reason=reason,
        dates=[window.start.isoformat() for window in windows],
        by=caller.organisation, freed=len(windows), price=price,
    )  # fmt: skip
    return Loss(deal=left, windows=tuple(windows), needs=tuple(needs), price=price)


def _all_lost(
    work: Work,
    caller: Caller,
    deal: Deal,
    left: Deal,
    how: tuple[str, Priority, Collection[OrganisationId]],
) -> Deal:
    ended = settle.end(work, caller, deal, DealState.DISPLACED, *how)
    told = evolve(ended, marks=left.marks, revision=ended.revision + 1)
    work.deals.replace(told, ended.revision)
    return told
