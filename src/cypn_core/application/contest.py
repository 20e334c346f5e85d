"""Contested things: a window opens, and when it closes the turn order decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from attrs import evolve

from cypn_core.application import settle
from cypn_core.application.match import board_for
from cypn_core.application.network import SYSTEM, Caller, Work
from cypn_core.application.turns import contender, meet, times
from cypn_core.application.waiting import still_fits
from cypn_core.domain.deals import Deal, DealState
from cypn_core.domain.errors import Changed, Conflict
from cypn_core.domain.ids import PostingId, ResourceId, RoundId
from cypn_core.domain.plans import Leg
from cypn_core.domain.postings import resource_of
from cypn_core.domain.rounds import Contender, Priority, Round
from cypn_core.domain.times import Window
from cypn_core.domain.wakes import Wake, WakeState
from cypn_core.matching.turn import in_turn, why

GONE = "It was closed or used in the meantime or had begun, or a check was out of date."
WON = "Several groups wanted it, and in the published order it was your turn."


def window(work: Work, deal: Deal) -> dt.datetime | None:
    """Until when others may join for what *deal* asks; None when it may be had at once.

    At once, when nobody else wants it, when it has no time, or when it is so near that waiting
    would waste it.
    """
    starts = [each.start for leg in deal.plan.legs for each in leg.windows]
    if not starts:
        return None
    if first := after_others(work, deal):
        return first
    limits = work.hub.region.settings
    latest = min(starts) - dt.timedelta(hours=limits.instant_hours)
    asked = work.wakes.outstanding({leg.offer for leg in deal.plan.legs}, work.now)
    answered = max((each.due for each in asked), default=work.now)
    closes_at = min(max(work.now + dt.timedelta(hours=limits.window_hours), answered), latest)
    if closes_at <= work.now or not _wanted_by_others(work, deal):
        return None
    return closes_at


def after_others(work: Work, deal: Deal) -> dt.datetime | None:
    """Until when *deal* waits for those who are offered first what it asks; None without any."""
    if not (asked := _asked_first(work, deal)):
        return None
    limits = work.hub.region.settings
    starts = [each.start for leg in deal.plan.legs for each in leg.windows]
    ends = [start - dt.timedelta(hours=limits.instant_hours) for start in starts]
    own = min([work.now + dt.timedelta(hours=limits.window_hours), *ends])
    return min([max([work.now, own, *(each.due for each in asked)]), *starts])


def may_close(work: Work, round_: Round) -> bool:
    """False while somebody who comes before all who are in it has still to be told or to answer."""
    return not any(_asked_first(work, deal) for deal in work.deals.in_round(round_.id))


def join(work: Work, caller: Caller, deal: Deal, closes_at: dt.datetime) -> Deal:
    """Put *deal* into the round that is open for any of its offers, or open one.

    A round covers all the offers of its deals; where *deal* joins several, they become one, which
    closes when the first of them would have.
    """
    rounds = work.deals.open_rounds(_offers([deal]))
    round_ = rounds[0] if rounds else _opened(work, caller, deal, closes_at)
    until = min(closes_at, round_.closes_at)
    if until < round_.closes_at:
        work.deals.bring_forward(round_.id, until)
    for each in rounds:
        for other in work.deals.in_round(each.id):
            _put_in(work, other, round_.id, until)
    for merged in rounds[1:]:
        work.deals.close_round(merged.id)
        work.log(caller, merged.id, "round_merged", into=round_.id)
    joined = evolve(deal, round=round_.id, deadline=until, revision=deal.revision + 1)
    work.deals.replace(joined, deal.revision)
    return joined


def _opened(work: Work, caller: Caller, deal: Deal, closes_at: dt.datetime) -> Round:
    offer = deal.plan.legs[0].offer
    opened = Round(
        id=RoundId(work.new_id()), exchange=deal.exchange, offer=offer, closes_at=closes_at
    )
    work.deals.add_round(opened)
    work.log(caller, opened.id, "round_opened", offer=offer)
    return opened


def _put_in(work: Work, deal: Deal, round_: RoundId, until: dt.datetime) -> None:
    if (deal.round, deal.deadline) == (round_, until):
        return
    try:
        moved = evolve(deal, round=round_, deadline=until, revision=deal.revision + 1)
        work.deals.replace(moved, deal.revision)
    except Changed:  # its party leaves at this very moment: it is in no round any more
        return


def _offers(deals: Iterable[Deal]) -> set[PostingId]:
    return {leg.offer for deal in deals for leg in deal.plan.legs}


def close(work: Work, round_: Round) -> list[Deal]:
    """Close *round_* once: in turn, each gets what the guard still lets through."""
    if not work.deals.close_round(round_.id):
        return []
    standing = [(_contenders(work, deal), deal) for deal in work.deals.in_round(round_.id)]
    deals = {contenders[0].need: deal for contenders, deal in standing}
    order = in_turn(contenders[0] for contenders, _ in standing)
    waiting: list[PostingId] = []
    winners: list[Contender] = []
    settled: list[Deal] = []
    won = WON if len(order) > 1 else ""
    for each in order:
        deal = deals[each.need]
        try:
            settled.append(settle.agree(work, SYSTEM, deal, deal.revision, won))
            winners.append(each)
        except Changed:  # its party left while the round closed: there is nothing to decide
            continue
        except Conflict:
            before = [winner for winner in winners if _clash(deals[winner.need], deal)]
            reason = why(before[-1], each) if before else GONE
            waiting += [one.need for one in _contenders(work, deal)]
            settled.append(settle.end(work, SYSTEM, deal, DealState.DECLINED, reason))
    work.deals.keep_waiting(round_.id, waiting)
    work.log(SYSTEM, round_.id, "round_closed", contenders=len(order))
    return settled


def close_answered(work: Work, offers: Iterable[PostingId]) -> None:
    """Close the rounds for *offers* once everybody who was asked into them has answered.

    A round that nobody was asked into stays open until its window ends.
    """
    for round_ in work.deals.open_rounds(offers):
        deals = work.deals.in_round(round_.id)
        inside = {need for deal in deals for need in deal.plan.needs}
        asked = {each.need for each in work.wakes.outstanding(_offers(deals), work.now)}
        waited = work.wakes.behind(deal.id for deal in deals) or any(_near(work, d) for d in deals)
        if deals and waited and asked <= inside and may_close(work, round_):
            close(work, round_)


def _near(work: Work, deal: Deal) -> bool:
    """So near that no window would be opened for it."""
    hours = dt.timedelta(hours=work.hub.region.settings.instant_hours)
    return any(start - hours <= work.now for start in (each.start for each in times(deal)))


def _asked_first(work: Work, deal: Deal) -> list[Wake]:
    """The wakes of a class before *deal*'s that are not answered, for what it would take."""
    offers = {leg.offer for leg in deal.plan.legs}
    open_ = [wake for each in sorted(offers) for wake in work.wakes.for_offer(each)]
    open_ = [wake for wake in open_ if _unanswered(work, wake) and wake.need not in deal.plan.needs]
    if not open_:
        return []
    own = _contenders(work, deal)[0].priority.value
    before = [wake for wake in open_ if wake.priority.value < own]
    return [wake for wake in before if _would_take(work, wake, deal)]


def _unanswered(work: Work, wake: Wake) -> bool:
    later = wake.state is WakeState.NOTICED and wake.due > work.now
    return wake.state.counts and not later and wake.priority is not Priority.ORDINARY


def _would_take(work: Work, wake: Wake, deal: Deal) -> bool:
    """Whether the group of *wake* may still take what *deal* asks, or waits for a yes to it."""
    theirs = [w for leg in _legs(work, wake) if leg.offer == wake.offer for w in leg.windows]
    mine = [w for leg in deal.plan.legs if leg.offer == wake.offer for w in leg.windows]
    return bool(theirs) and meet(theirs, mine)


def _legs(work: Work, wake: Wake) -> list[Leg]:
    live = work.deals.binding(wake.need)
    fits = still_fits(work, wake) if wake.state.open and not live else None
    plans = [fits[1]] if fits else [each.plan for each in live if each.waiting_for()]
    return [leg for plan in plans for leg in plan.legs]


def _contenders(work: Work, deal: Deal) -> tuple[Contender, ...]:
    """The needs of *deal* in turn: it stands where the first of them stands."""
    offers, windows = {leg.offer for leg in deal.plan.legs}, times(deal)
    needs = map(work.postings.get, deal.plan.needs)
    return in_turn(contender(work, need, offers, windows) for need in needs)


def _clash(one: Deal, other: Deal) -> bool:
    """Whether both would use the same thing at an overlapping time."""
    theirs = list(_used(other))
    return any(
        thing == their_thing and meet(windows, their_windows)
        for thing, windows in _used(one)
        for their_thing, their_windows in theirs
    )


def _used(deal: Deal) -> Iterator[tuple[ResourceId, tuple[Window, ...]]]:
    holders = dict(deal.holders)
    for leg in deal.plan.legs:
        for claim in leg.claims:
            yield resource_of(leg.offer, holders[leg.offer], claim.unit), leg.windows


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
