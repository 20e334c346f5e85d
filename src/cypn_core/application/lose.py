"""Losing dates: an agreed deal goes on without them, and what was lost is remembered."""

from __future__ import annotations

from collections.abc import Collection

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
    """What a loss came to: the deal as it is now, and the needs that wait again for it."""

    deal: Deal
    needs: tuple[PostingId, ...] = ()


def lose(
    work: Work,
    caller: Caller,
    deal: Deal,
    windows: Collection[Window],
    reason: str,
    priority: Priority,
    but: OrganisationId | None = None,
) -> Loss:
    """Free what *deal* uses at *windows* and remember, as *priority*, who now lacks it.

    A deal of which nothing stands any more ends as displaced, and its own needs wait again.
    *but* gives its dates up and is not remembered for them.
    """
    if not windows:
        return Loss(deal=deal)
    left = deal.marked(Mark(window=window, reason=reason) for window in windows)
    if not left.standing:
        return _all_lost(work, caller, deal, left, reason, priority)
    work.uses.free(deal.id, windows)
    work.deals.replace(left, deal.revision)
    needs = remember(work, left, windows, priority, but)
    work.log(
        caller, deal.id, "deal_dates_lost", exchange=deal.exchange, reason=reason,
        dates=[window.start.isoformat() for window in windows],
        by=caller.organisation, freed=len(windows),
    )  # fmt: skip
    return Loss(deal=left, needs=tuple(needs))


def _all_lost(
    work: Work, caller: Caller, deal: Deal, left: Deal, reason: str, priority: Priority
) -> Loss:
    ended = settle.end(work, caller, deal, DealState.DISPLACED, reason, priority)
    told = evolve(ended, marks=left.marks, revision=ended.revision + 1)
    work.deals.replace(told, ended.revision)
    return Loss(deal=told, needs=deal.plan.needs)
