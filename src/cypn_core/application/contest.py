"""Contested things: a window opens, and when it closes the turn order decides."""

from __future__ import annotations

import datetime as dt
import logging

from attrs import evolve

from cypn_core.application import settle
from cypn_core.application.match import board_for
from cypn_core.application.network import SYSTEM, Caller, Work
from cypn_core.domain.deals import Deal, DealState
from cypn_core.domain.errors import Changed, Conflict
from cypn_core.domain.ids import PostingId, RoundId
from cypn_core.domain.rounds import Contender, Round
from cypn_core.domain.times import Window
from cypn_core.matching.turn import in_turn, why

log = logging.getLogger(__name__)

GONE = "It was closed or used in the meantime, or a check was out of date."


def window(work: Work, deal: Deal) -> dt.datetime | None:
    """Until when others may join for what *deal* asks; None when it may be had at once.

    At once, when nobody else wants it, when it has no time, or when it is so near that waiting
    would waste it (ruling 2 of the study).
    """
    starts = [each.start for leg in deal.plan.legs for each in leg.windows]
    if not starts:
        return None
    limits = work.hub.region.settings
    latest = min(starts) - dt.timedelta(hours=limits.instant_hours)
    closes_at = min(work.now + dt.timedelta(hours=limits.window_hours), latest)
    if closes_at <= work.now or not _wanted_by_others(work, deal):
        return None
    return closes_at


def join(work: Work, caller: Caller, deal: Deal, closes_at: dt.datetime) -> Deal:
    """Put *deal* into the round that is open for its first leg, or open one."""
    offer = deal.plan.legs[0].offer
    round_ = work.deals.open_round(offer)
    if round_ is None:
        round_ = Round(
            id=RoundId(work.new_id()), exchange=deal.exchange, offer=offer, closes_at=closes_at
        )
        work.deals.add_round(round_)
        work.log(caller, round_.id, "round_opened", offer=offer)
    elif closes_at < round_.closes_at:
        work.deals.bring_forward(round_.id, closes_at)
    until = min(closes_at, round_.closes_at)
    joined = evolve(deal, round=round_.id, deadline=until, revision=deal.revision + 1)
    work.deals.replace(joined, deal.revision)
    return joined


def close(work: Work, round_: Round) -> list[Deal]:
    """Close *round_* once: in turn, each gets what the guard still lets through."""
    if not work.deals.close_round(round_.id):
        return []
    deals = {deal.plan.needs[0]: deal for deal in work.deals.in_round(round_.id)}
    order = in_turn(_contender(work, deal) for deal in deals.values())
    winners: list[Contender] = []
    settled: list[Deal] = []
    for contender in order:
        deal = deals[contender.need]
        try:
            settled.append(settle.agree(work, SYSTEM, deal, deal.revision))
            winners.append(contender)
        except Changed:  # its party left while the round closed: there is nothing to decide
            continue
        except Conflict:
            before = [each for each in winners if _clash(deals[each.need], deal)]
            reason = why(before[-1], contender) if before else GONE
            settled.append(settle.end(work, SYSTEM, deal, DealState.DECLINED, reason))
    work.log(SYSTEM, round_.id, "round_closed", contenders=len(order))
    return settled


def _clash(one: Deal, other: Deal) -> bool:
    mine = [window for leg in one.plan.legs for window in leg.windows]
    return any(
        window.overlaps(each) for leg in other.plan.legs for window in leg.windows for each in mine
    )


def _contender(work: Work, deal: Deal) -> Contender:
    need, owner = deal.seekers[0]
    since = work.now - dt.timedelta(days=work.hub.region.settings.turn_days)
    return Contender(
        need=need,
        posted=work.postings.get(need).created,
        served=_served(work, deal.exchange, work.deals.served(owner, deal.exchange, since)),
        refusals=work.deals.refused(owner, deal.exchange, since),
    )


def _served(work: Work, exchange: str, deals: list[Deal]) -> int:
    """What these deals gave, in the exchange's own measure; one that raises measures nothing."""
    try:
        return sum(work.hub.exchange(exchange).served(deal.plan) for deal in deals)
    except Exception:  # a stranger's measure may raise anything, and must not stop the round
        log.exception("the measure of %s failed: everybody counts as not served", exchange)
        return 0


def _wanted_by_others(work: Work, deal: Deal) -> bool:
    """True when an open need of somebody else fits one of the legs at an overlapping time."""
    need = work.postings.get(deal.plan.needs[0])
    offers = [work.postings.get(leg.offer) for leg in deal.plan.legs]
    board = board_for(work, need, offers)
    own = {each.party for each in board.snapshot.needs if each.id in deal.plan.needs}
    rivals = [other for other in board.others if other.party not in own]
    times: dict[PostingId, tuple[Window, ...]] = {leg.offer: leg.windows for leg in deal.plan.legs}
    return any(
        wants.overlaps(mine)
        for rival in rivals
        for role in {leg.role for leg in deal.plan.legs}
        for survivor in board.survivors(role, rival)
        for wants in survivor.free
        for mine in times[survivor.offer.id]
    )
