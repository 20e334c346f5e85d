"""Reviewing: what is agreed or held is brought to what checks, rules and the clock say today."""

from __future__ import annotations

from cypn_core.application import rejudge, suspend
from cypn_core.application.network import Work
from cypn_core.domain.ids import DealId, OrganisationId, PostingId


def review_all(work: Work, party: OrganisationId | None = None) -> int:
    """Review every deal that is agreed or held, or those of *party*; how many were changed."""
    deals = [d for d in work.deals.kept(party) if d.exchange in work.hub.exchanges]
    return sum(_review(work, deal.id) for deal in deals)


def review_offer(work: Work, offer: PostingId) -> None:
    """Review the deals with *offer*, which has changed."""
    for deal in work.deals.live_with(offer):
        _review(work, deal.id)


def _review(work: Work, deal: DealId) -> bool:
    found = work.deals.get(deal)
    return rejudge.review(work, suspend.review(work, found)).revision != found.revision
