"""Who stands where in the turn order: what a need's past says of it, for one thing at one time."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Sequence

from cypn_core.application import given_up
from cypn_core.application.network import Work
from cypn_core.domain.deals import Deal, DealState
from cypn_core.domain.failures import report
from cypn_core.domain.ids import OrganisationId, PostingId, RoundId
from cypn_core.domain.marks import UNAVAILABLE
from cypn_core.domain.postings import Posting
from cypn_core.domain.rounds import Contender, Priority
from cypn_core.domain.seasons import Outcome
from cypn_core.domain.times import Window

log = logging.getLogger(__name__)


def contender(
    work: Work, need: Posting, offers: Collection[PostingId], windows: Sequence[Window]
) -> Contender:
    """*need* as it contends for *offers* at *windows*."""
    since = work.now - dt.timedelta(days=work.hub.region.settings.turn_days)
    deals = work.deals.served(need.organisation, need.exchange, since)
    return Contender(
        need=need.id,
        posted=need.created,
        served=_served(work, need.exchange, deals)
        + given_up.counted(work, need.organisation, need.exchange, since),
        refusals=work.deals.refused(need.organisation, need.exchange, since),
        priority=_priority(work, need, offers, windows),
    )


def _served(work: Work, exchange: str, deals: Sequence[Deal]) -> int:
    """What these deals gave, in the exchange's own measure; one that raises measures nothing."""
    try:
        return sum(work.hub.exchange(exchange).served(deal.kept) for deal in deals)
    except Exception as error:  # noqa: BLE001 - a stranger's measure must not stop a round
        report(log, error, "the measure of %s failed: everybody counts as not served", exchange)
        return 0


def list_place(work: Work, need: PostingId, offers: Collection[PostingId]) -> int:
    """The best place that *need* has on a waiting list for one of *offers*; 0 without any."""
    lists = [work.deals.round(round_).waiting for round_ in _lost(work, need, offers)]
    places = [waiting.index(need) for waiting in lists if need in waiting]
    places += [each.place - 1 for each in _lost_in_seasons(work, need, offers)]
    return min(places, default=0)


def meet(some: Sequence[Window], others: Sequence[Window]) -> bool:
    """True when the two share a moment; what has no time meets everything."""
    if not some or not others:
        return True
    return any(window.overlaps(other) for window in some for other in others)


def times(deal: Deal) -> list[Window]:
    """All windows of a deal."""
    return [window for leg in deal.plan.legs for window in leg.windows]


def _lost(work: Work, need: PostingId, offers: Collection[PostingId]) -> list[RoundId]:
    """The rounds in which *need* lost one of *offers*."""
    return [
        deal.round
        for deal in work.deals.of_need(need)
        if deal.state is DealState.DECLINED
        and deal.round is not None
        and {leg.offer for leg in deal.plan.legs} & set(offers)
    ]


def _lost_in_seasons(work: Work, need: PostingId, offers: Collection[PostingId]) -> list[Outcome]:
    """The seasons in which *need* lost one of *offers* that it could have had."""
    found = work.seasons.of_need(need)
    return [each for each in found if each.place and set(each.wanted) & set(offers)]


def _priority(
    work: Work, need: Posting, offers: Collection[PostingId], windows: Sequence[Window]
) -> Priority:
    holders = {work.postings.get(offer).organisation for offer in offers}
    deals = [each for each in work.deals.of_need(need.id) if each.wanted_by(need.organisation)]
    past = [_class(deal, offers, holders, windows) for deal in deals]
    woken = [
        wake.priority
        for offer in offers
        for wake in work.wakes.for_offer(offer)
        if wake.need == need.id and wake.state.counts
    ]
    waits = [Priority.WAITED for _ in _lost_in_seasons(work, need.id, offers)]
    return min((need.priority, *past, *woken, *waits), key=lambda each: each.value)


def _class(
    deal: Deal,
    offers: Collection[PostingId],
    holders: Collection[OrganisationId],
    windows: Sequence[Window],
) -> Priority:
    """The class that an earlier deal gives its need here.

    Whoever was told that a time is not to be had comes first with that holder, whatever offer the
    time comes back in; whoever lost in a round has waited for that very offer.
    """
    if deal.state is not DealState.DECLINED or not meet(times(deal), windows):
        return Priority.ORDINARY
    if deal.reason == UNAVAILABLE:
        turned_away = {holder for _, holder in deal.holders} & set(holders)
        return Priority.DECLINED if turned_away else Priority.ORDINARY
    lost = deal.round is not None and {leg.offer for leg in deal.plan.legs} & set(offers)
    return Priority.WAITED if lost else Priority.ORDINARY
