"""Tenure: a series holds its slot for one term, and what comes after it.

Some weeks before a term ends the hub looks who waits for the slot. Where it is nobody's turn before
the one who has it, that one may go on by one tap, and the slot is held until then. Else notice is
given: those whose turn it is are asked one after the other, and what is left of the need is
remembered as a need of its own. Whoever comes later waits for the next term.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from attrs import evolve

from cypn_core.application import ask as asking
from cypn_core.application import settle, waiting
from cypn_core.application.consent import deal_of
from cypn_core.application.match import answer_to, board_for
from cypn_core.application.network import SYSTEM, Caller, Work
from cypn_core.application.season_hold import holding
from cypn_core.application.turns import contender, meet, times
from cypn_core.application.waiting import Waiting
from cypn_core.domain.deals import Deal
from cypn_core.domain.errors import Conflict, NotAllowed, Taken
from cypn_core.domain.ids import PostingId
from cypn_core.domain.plans import Plan
from cypn_core.domain.postings import Posting, PostingState
from cypn_core.domain.rounds import Priority
from cypn_core.domain.wakes import Renewal, RenewalState, WakeState
from cypn_core.matching.planner import ranked
from cypn_core.matching.turn import in_turn


def review(work: Work) -> int:
    """Decide on every term for which notice is due, and end what was offered and not taken up."""
    for renewal in work.wakes.past_renewals(work.now):
        _close(work, renewal)
    due = [deal for deal in work.deals.agreed() if _due(work, deal)]
    return sum(_decide(work, deal) for deal in due)


def renew(work: Work, caller: Caller, exchange: str, deal: str) -> Deal:
    """Go on for another term: a new deal for the same slot, which waits for nobody else.

    :raises Conflict: when another term is not offered.
    :raises Taken: when nothing of the slot is free any more.
    """
    found, renewal = _offered(work, caller, exchange, deal)
    need = work.postings.get(renewal.need) if renewal.need else _posted_next(work, caller, found)
    work.uses.drop_holds(found.id, found.windows)
    plan = _same_again(work, found, need)
    if plan is None:
        raise Taken("That is no longer available: see what is now.")
    new = asking.ask(work, caller, exchange, need.id, plan.key, contested=False)
    done = evolve(renewal, state=RenewalState.RENEWED, need=need.id)
    work.wakes.add_renewal(done)
    work.log(caller, found.id, "deal_renewed", exchange=exchange, by=new.id)
    return new


def let_go(work: Work, caller: Caller, exchange: str, deal: str) -> Deal:
    """Leave the slot at the end of the term: it is free at once for those who wait.

    :raises Conflict: when another term is not offered.
    """
    found, renewal = _offered(work, caller, exchange, deal)
    _close(work, renewal)
    return found


def _offered(work: Work, caller: Caller, exchange: str, deal: str) -> tuple[Deal, Renewal]:
    found = deal_of(work, caller, exchange, deal)
    if caller.member not in {owner for _, owner in found.seekers}:
        raise NotAllowed("Only the group that has it can say whether it goes on.")
    renewal = work.wakes.renewal(found.id) if found.state.live else None
    if renewal is None or renewal.state is not RenewalState.OFFERED or renewal.ends <= work.now:
        raise Conflict("Another term is not offered: see the matches of your need.")
    return found, renewal


def nobody_left(work: Work, occasion: str) -> None:
    """Everybody whose turn it was has said no: then the one who has the slot may go on."""
    renewal = work.wakes.renewal(occasion)
    if renewal is None or renewal.state is not RenewalState.NOTICE or renewal.ends <= work.now:
        return
    deal = work.deals.get(renewal.deal)
    need = work.postings.get(renewal.need) if renewal.need else None
    if need is None or need.state is not PostingState.OPEN or work.deals.binding(need.id):
        return
    if plan := _same_again(work, deal, need):
        _offer(work, deal, plan, renewal.ends, need.id)


def _due(work: Work, deal: Deal) -> bool:
    """In the time of notice before the end of a series, and not decided yet."""
    windows = times(deal)
    if deal.exchange not in work.hub.exchanges or len(deal.seekers) > 1 or len(windows) < 2:  # noqa: PLR2004 - a series
        return False
    ends = max(window.end for window in windows)
    notice = dt.timedelta(days=work.hub.region.settings.notice_days)
    in_time = ends - notice <= work.now < ends
    return in_time and work.wakes.renewal(deal.id) is None


def _decide(work: Work, deal: Deal) -> int:
    """Offer the next term or give notice; 0 when the need wants no more, or waits for a season."""
    need = _next(work, deal)
    if need is None or holding(work, need):
        return 0
    ends = max(window.end for window in times(deal))
    plan = _same_again(work, deal, need)
    rivals = _ahead(work, deal, need, plan) if plan else []
    if plan and not rivals:
        _offer(work, deal, plan, ends)
        return 1
    nearest = _nearest(work, deal, need, plan)
    _store(work, SYSTEM, need)
    renewal = Renewal(
        deal=deal.id, exchange=deal.exchange, state=RenewalState.NOTICE, ends=ends, need=need.id
    )
    work.wakes.add_renewal(renewal)
    work.log(SYSTEM, deal.id, "renewal_notice", exchange=deal.exchange, nearest=nearest)
    for place, (rival, offer) in enumerate(rivals):
        state = WakeState.QUEUED if place else WakeState.NOTICED
        wake = waiting.wake_for(work, deal.id, offer, rival, state, place)
        work.wakes.add(evolve(wake, priority=Priority.WAITED, after=_last_day(work, deal)))
    return 1


def _offer(
    work: Work, deal: Deal, plan: Plan, ends: dt.datetime, need: PostingId | None = None
) -> None:
    """Offer the next term to the one who has the slot, and hold it until this term ends."""
    held = list(settle.uses_of(work, evolve(deal, plan=plan)))
    work.uses.hold(held, deal.id, work.now, ends)
    work.wakes.add_renewal(
        Renewal(
            deal=deal.id,
            exchange=deal.exchange,
            state=RenewalState.OFFERED,
            ends=ends,
            need=need,
        )
    )
    work.log(SYSTEM, deal.id, "renewal_offered", exchange=deal.exchange)


def _close(work: Work, renewal: Renewal) -> None:
    """The term has ended and nobody went on: what was held is free for those who wait."""
    deal = work.deals.get(renewal.deal)
    freed = work.uses.drop_holds(deal.id, deal.windows)
    work.wakes.add_renewal(evolve(renewal, state=RenewalState.ENDED))
    work.log(SYSTEM, renewal.deal, "renewal_ended", exchange=renewal.exchange)
    if freed and deal.exchange in work.hub.exchanges:
        for offer in sorted({leg.offer for leg in deal.plan.legs}):
            without = {renewal.need} if renewal.need else set()
            waiting.line_up(work, work.new_id(), work.postings.get(offer), without=without)


def _next(work: Work, deal: Deal) -> Posting | None:
    """The need of *deal* for the term after it, not stored yet; None when it wants no more."""
    need = work.postings.get(deal.plan.needs[0])
    later = waiting.resumed(work, need, _last_day(work, deal))
    if later is None:
        return None
    fresh = work.now + dt.timedelta(days=work.hub.region.settings.freshness_days)
    return evolve(
        later,
        id=PostingId(work.new_id()),
        created=work.now,
        fresh_until=fresh,
        state=PostingState.OPEN,
        revision=1,
    )


def _posted_next(work: Work, caller: Caller, deal: Deal) -> Posting:
    need = _next(work, deal)
    if need is None:
        raise Conflict("Nothing of this need is left for another term: post a new one.")
    _store(work, caller, need)
    return need


def _store(work: Work, caller: Caller, need: Posting) -> None:
    work.postings.add(need)
    work.log(caller, need.id, "need_posted", exchange=need.exchange, kind=need.body.kind)


def _last_day(work: Work, deal: Deal) -> dt.date:
    return work.hub.region.today(max(window.start for window in times(deal)))


def _same_again(work: Work, deal: Deal, need: Posting) -> Plan | None:
    """The best plan for *need* over nothing but the offers of *deal*.

    It may lack some of the dates, and what may be lacking when one asks.
    """
    plans = ranked(board_for(work, need), work.hub.exchange(need.exchange).planner)
    known = {leg.offer for leg in deal.plan.legs}
    same = (plan for plan in plans if {leg.offer for leg in plan.legs} <= known)
    askable = (
        p for p in same if all(m.dates or m.code in asking.ASKABLE_WITHOUT for m in p.missing)
    )
    return next(askable, None)


def _ahead(work: Work, deal: Deal, need: Posting, plan: Plan) -> list[tuple[Waiting, Posting]]:
    """Those who wait now for what *plan* would take, and whose turn comes before its group's."""
    rivals = {each.need.id: (each, offer) for each, offer in _rivals(work, deal, need, plan)}
    old = work.postings.get(deal.plan.needs[0])
    windows = [window for leg in plan.legs for window in leg.windows]
    own = contender(work, old, {leg.offer for leg in plan.legs}, windows)
    order = in_turn([own, *(each.contender for each, _ in rivals.values())])
    return [rivals[each.need] for each in order[: order.index(own)]]


def _rivals(work: Work, deal: Deal, need: Posting, plan: Plan) -> Iterator[tuple[Waiting, Posting]]:
    after = _last_day(work, deal)
    for leg in plan.legs:
        offer = work.postings.get(leg.offer)
        for rival in work.postings.open(deal.exchange, "need", work.today, work.now):
            if rival.organisation == need.organisation or work.deals.binding(rival.id):
                continue
            wanted = waiting.wanted_by(work, rival, offer.id, after)
            legs = wanted[1].legs if wanted else ()
            windows = tuple(w for each in legs if each.offer == offer.id for w in each.windows)
            if wanted and meet(windows, leg.windows):
                turn = contender(work, rival, {offer.id}, windows)
                yield Waiting(need=rival, contender=turn, windows=windows), offer


def _nearest(work: Work, deal: Deal, need: Posting, plan: Plan | None) -> list[str]:
    """What else would serve the one who may have to leave, were its slot another's by then."""
    if plan:
        slot = settle.uses_of(work, evolve(deal, plan=plan))
        work.uses.hold(list(slot), deal.id, work.now, work.now)
    found = answer_to(work, need)
    work.uses.drop_holds(deal.id, deal.windows)
    if found.full:
        return [f"{len(found.full)} other offers fit as well"]
    return [near.relaxed.sentence for near in found.near] or ["none yet"]
