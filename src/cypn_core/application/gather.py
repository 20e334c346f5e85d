"""Gathering: seekers put a deal together themselves, step by step, before anybody is bound.

The exchange says what each step makes of the book; core keeps who is in it, stores what was decided
and asks for the yeses. Until it is agreed nobody learns who else is in it, nor how many they are,
but for what the exchange shows of the book.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from attrs import evolve

from cypn_core.application import settle
from cypn_core.application.ask import carry_on
from cypn_core.application.gate import enter, enter_as
from cypn_core.application.match import boards_for
from cypn_core.application.network import SYSTEM, Caller, Work
from cypn_core.application.post import mine
from cypn_core.application.season_hold import refuse_held
from cypn_core.application.yes import answer_by, by_rule
from cypn_core.domain.deals import Deal, DealState
from cypn_core.domain.errors import Conflict, NotFound
from cypn_core.domain.failures import report
from cypn_core.domain.ids import DealId, OrganisationId, PostingId
from cypn_core.domain.organisations import same_number
from cypn_core.domain.plans import Plan
from cypn_core.domain.postings import Need, Offer, Posting, PostingState
from cypn_core.domain.views import pseudonym
from cypn_core.exchange import DealView, Gathering, Outcome
from cypn_core.matching.planner import Board

BEGAN, JOINED, LEFT, MOVED = "deal_begun", "deal_joined", "deal_left", "deal_moved_on"
EMPTY = "Nobody is in it any more."
STUCK = "It could not go on without those who left."

log = logging.getLogger(__name__)


def begin(work: Work, caller: Caller, exchange: str, need: str) -> Deal:
    """Begin a deal that others may join, with the caller's *need* alone in it.

    :raises NotFound: where the exchange gathers nothing, or the caller has no such need.
    :raises Conflict: when the need is not open, or waits on another deal or for a season.
    """
    known, posting = _free(work, caller, exchange, need)
    deal = Deal(
        id=DealId(work.new_id()),
        exchange=exchange,
        plan=Plan(needs=(posting.id,), legs=()),
        seekers=((posting.id, posting.organisation),),
        holders=(),
        created=work.now,
        sub_state=known.begins_as,
        book=work.deals.converter.dumps(known.book()).decode(),
    )
    work.deals.add(deal)
    work.log(caller, deal.id, BEGAN, exchange=exchange, needs=[posting.id])
    view = view_of(work, deal, {posting.id})
    return applied(work, caller, deal, known.joined(view, work.context(exchange)))


def join(work: Work, caller: Caller, exchange: str, need: str, deal: str) -> Deal:
    """Join *deal*, which is gathered, with the caller's *need*.

    :raises NotFound: when there is no such deal, or it is not open to that need.
    :raises Conflict: as when one is begun, or when the caller is in it already.
    """
    known, posting = _free(work, caller, exchange, need)
    found = work.deals.get(DealId(deal), locked=True)
    if found.exchange != exchange or not _open(work, found, posting):
        raise NotFound
    if posting.organisation in found.parties:
        raise Conflict("You are in it already, with another need of yours.")
    joined = found.joined_by(posting.id, posting.organisation)
    work.deals.replace(joined, found.revision)
    work.log(caller, deal, JOINED, exchange=exchange, needs=[posting.id])
    view = view_of(work, joined, {posting.id})
    return applied(work, caller, joined, known.joined(view, work.context(exchange)))


def open_to(work: Work, caller: Caller, exchange: str, need: str) -> list[Deal]:
    """The deals that are gathered and that the caller's *need* may join, the oldest first.

    :raises NotFound: where the exchange gathers nothing, or the caller has no such need.
    """
    _gathering(work, exchange)
    posting = mine(work, caller, exchange, need, "need")
    deals = work.deals.gathering([exchange])
    found = [each for each in deals if _open(work, each, posting)]
    others = [each for each in found if posting.organisation not in each.parties]
    return sorted(others, key=lambda deal: (deal.created, deal.id))


def leave(work: Work, caller: Caller, deal: Deal) -> Deal:
    """The caller's organisation leaves *deal*, which is gathered; the others go on without it."""
    own = frozenset(need for need, owner in deal.seekers if owner == caller.member)
    return without(work, caller, deal, own)


def without(work: Work, caller: Caller, deal: Deal, gone: frozenset[PostingId]) -> Deal:
    """*deal*, which is gathered, without the needs *gone*.

    Where there are none, it is without what was to be given in it.
    """
    outcome = _left(work, deal, gone)
    outcome = evolve(outcome, without=outcome.without | gone)
    return applied(work, caller, deal, outcome)


def _left(work: Work, deal: Deal, gone: frozenset[PostingId]) -> Outcome:
    """What comes of it; where the exchange fails, the deal ends, and nobody is kept in it."""
    known = _gathering(work, deal.exchange)
    try:
        return known.left(view_of(work, deal, gone), work.context(deal.exchange))
    except Exception as error:  # noqa: BLE001 - whoever leaves must not wait for a mend
        report(log, error, "%s could not go on with a deal that somebody left", deal.exchange)
        return Outcome(sub_state=deal.sub_state, ends=STUCK)


def silent(work: Work, deal: Deal) -> Deal:
    """The time to say yes to *deal* is over: it goes on without those who did not."""
    waits = deal.waiting_for()
    gone = frozenset(need for need, owner in deal.seekers if owner in waits)
    return without(work, SYSTEM, deal, gone)


def clock(work: Work) -> int:
    """Do what the time brings to the deals that are gathered; how many of them it changed.

    An exchange that fails over one of them is reported, and the others go on.
    """
    deals = work.deals.gathering(n for n, each in work.hub.exchanges.items() if each.gathering)
    return sum(_clocked(work, deal) for deal in deals)


def _clocked(work: Work, deal: Deal) -> bool:
    known = _gathering(work, deal.exchange)
    try:
        outcome = known.clocked(view_of(work, deal, ()), work.context(deal.exchange))
    except Exception as error:  # noqa: BLE001 - what is due elsewhere must not wait for it
        report(log, error, "%s failed over a deal that is gathered", deal.exchange)
        return False
    if outcome is None:
        return False
    applied(work, SYSTEM, deal, outcome)
    return True


def view_of(work: Work, deal: Deal, own: Collection[PostingId]) -> DealView:
    """What the exchange is told of *deal*, by whoever has the postings *own* in it."""
    needs = {need: work.postings.get(need) for need, _ in deal.seekers}
    offers = {leg.offer: work.postings.get(leg.offer).body for leg in deal.plan.legs}
    known = work.hub.exchange(deal.exchange).gathering
    return DealView(
        plan=deal.plan,
        state=deal.state,
        sub_state=deal.sub_state,
        offers={offer: body for offer, body in offers.items() if isinstance(body, Offer)},
        needs={n: each.body for n, each in needs.items() if isinstance(each.body, Need)},
        mine=frozenset(own),
        book=work.deals.converter.loads(deal.book, known.book) if known and deal.book else None,
        numbers={need: _numbers(work, deal, each) for need, each in needs.items()},
        boards=partial(_boards, work, deal, needs),
    )


def replay(work: Work, caller: Caller, exchange: str, deal: str) -> tuple[str, ...]:
    """Decide again what was decided in *deal*: where it comes out otherwise, in sentences.

    :raises NotFound: when there is no such deal, or its exchange keeps no decisions.
    :raises Conflict: when nothing is decided in it yet.
    """
    caller.must_have("coordinator")
    known, found = _gathering(work, exchange), work.deals.get(DealId(deal))
    if known.replayed is None or found.exchange != exchange or not found.book:
        raise NotFound
    return known.replayed(work.deals.converter.loads(found.book, known.book))


def shown(work: Work, deal: Deal, viewer: OrganisationId | None) -> Any:
    """What *viewer* may read of the book of *deal*, as plain JSON data; None where it has none."""
    known = work.hub.exchange(deal.exchange).gathering
    if known is None or not deal.book:
        return None
    own = {posting for posting, owner in (*deal.seekers, *deal.holders) if owner == viewer}
    found = known.shown(view_of(work, deal, own), work.context(deal.exchange))
    return work.deals.converter.write(found)


def applied(work: Work, caller: Caller, deal: Deal, outcome: Outcome) -> Deal:
    """Store what *outcome* makes of *deal*, which is gathered, and ask for yeses where it says so.

    :raises Taken: when all have said yes, and the guard refuses.
    """
    if outcome.ends:
        return settle.end(work, caller, deal, DealState.CANCELLED, outcome.ends)
    moved = _with(work, deal, outcome)
    if not moved.seekers:
        return settle.end(work, caller, deal, DealState.CANCELLED, EMPTY)
    work.deals.replace(moved, deal.revision)
    _tell(work, caller, deal, moved, outcome)
    if not moved.plan.legs:
        return moved
    return carry_on(work, caller, moved, contested=False)


def _tell(work: Work, caller: Caller, deal: Deal, moved: Deal, outcome: Outcome) -> None:
    """Log who is in it no more, and what the others are told of it."""
    told = {"exchange": deal.exchange, "by": caller.organisation or ""}
    if gone := sorted({need for need, _ in deal.seekers} - {need for need, _ in moved.seekers}):
        work.log(caller, deal.id, LEFT, **told, needs=gone)
    if outcome.tells:
        asks = bool(moved.plan.legs)
        facts = dict(outcome.fact)
        work.log(caller, deal.id, MOVED, **told, tells=outcome.tells, asks=asks, facts=facts)


def _with(work: Work, deal: Deal, outcome: Outcome) -> Deal:
    """*deal* one revision later; yeses to an earlier plan stand where they cover the new one.

    :raises ValueError: on a plan of needs that are not in the deal.
    """
    if outcome.plan and not {*outcome.plan.needs} <= {need for need, _ in deal.seekers}:
        raise ValueError(f"the plan of {deal.exchange} names needs that are not in the deal")
    stay = {need for need, _ in deal.seekers} - outcome.without
    stay = stay & {*outcome.plan.needs} if outcome.plan else stay
    seekers = tuple(pair for pair in deal.seekers if pair[0] in stay)
    offers = dict.fromkeys(leg.offer for leg in outcome.plan.legs) if outcome.plan else {}
    postings = {each.id: each for each in work.postings.lock(offers)}
    book = deal.book if outcome.book is None else work.deals.converter.dumps(outcome.book).decode()
    moved = evolve(
        deal,
        state=DealState.GATHERING,
        sub_state=outcome.sub_state,
        book=book,
        seekers=seekers,
        holders=tuple((offer, postings[offer].organisation) for offer in offers),
        plan=outcome.plan or Plan(needs=tuple(need for need, _ in seekers), legs=()),
        bound=tuple(sorted(outcome.terms.items())) if outcome.plan else (),
        deadline=answer_by(work.now, work.hub.region) if outcome.plan else None,
        revision=deal.revision + 1,
    )
    moved = evolve(moved, consents=moved.standing_consents())
    return moved if outcome.by_hand else _agreed_by_rule(work, moved, postings)


def _agreed_by_rule(work: Work, deal: Deal, postings: Mapping[PostingId, Posting]) -> Deal:
    ruled = by_rule(deal.plan, deal.holders, postings) if deal.plan.legs else set()
    revision = deal.revision
    for party in sorted(ruled - {owner for _, owner in deal.seekers}):
        deal = deal.agreed_by(party, work.now)
    return evolve(deal, revision=revision)


def _gathering(work: Work, exchange: str) -> Gathering:
    known = work.hub.exchanges.get(exchange)
    if known is None or known.gathering is None:
        raise NotFound
    return known.gathering


def _free(work: Work, caller: Caller, exchange: str, need: str) -> tuple[Gathering, Posting]:
    """The caller's need of that id, locked, where it may begin a deal or join one."""
    known = _gathering(work, exchange)
    enter(work, caller, exchange)
    posting = mine(work, caller, exchange, need, "need")
    enter_as(work, caller, posting.body.checklist)
    (posting,) = work.postings.lock([posting.id])
    if posting.state is not PostingState.OPEN:
        raise Conflict(f"This need is {posting.state.value} already.")
    if work.deals.binding(posting.id):
        raise Conflict("This need waits on another deal: cancel that first.")
    refuse_held(work, posting)
    settle.give_way(work, caller, posting.id)
    return known, posting


def _open(work: Work, deal: Deal, need: Posting) -> bool:
    known = _gathering(work, deal.exchange)
    if not deal.gathers or not isinstance(need.body, Need):
        return False
    view = view_of(work, deal, ())
    return known.open_to(view, need.body, work.context(deal.exchange))


def _numbers(work: Work, deal: Deal, need: Posting) -> frozenset[str]:
    told = work.organisations.get(need.organisation).profile.numbers if deal.book else ()
    key = work.pseudonym_key
    return frozenset(
        pseudonym(key, "numbers", deal.id, OrganisationId(same_number(each))) for each in told
    )


def _boards(
    work: Work, deal: Deal, needs: Mapping[PostingId, Posting]
) -> Mapping[PostingId, Board]:
    offers = work.postings.open(deal.exchange, "offer", work.today, work.now)
    return boards_for(work, deal.id, list(needs.values()), offers, deal.id)
