"""Asking: a seeker takes one plan out of an answer, blind, and it is agreed or waits."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from attrs import evolve

from cypn_core.application import contest, fill, settle
from cypn_core.application.gate import enter, enter_as
from cypn_core.application.match import board_for
from cypn_core.application.network import Caller, Work
from cypn_core.application.post import mine
from cypn_core.application.season_hold import refuse_held
from cypn_core.application.yes import answer_by, by_rule
from cypn_core.domain.deals import Deal, DealState
from cypn_core.domain.errors import Conflict, Taken
from cypn_core.domain.ids import DealId, OrganisationId, PostingId
from cypn_core.domain.plans import PRICE, REFERRED, Plan
from cypn_core.domain.postings import Posting, PostingState
from cypn_core.matching.planner import ranked

ASKABLE_WITHOUT = frozenset({PRICE, REFERRED})
"""What a plan may lack and still be asked for, beside some of its dates and what is sought.

A price that is not stated, and what the coordinator has to agree to first.
"""


def ask(
    work: Work,
    caller: Caller,
    exchange: str,
    need: str,
    plan_key: str,
    *,
    contested: bool = True,
) -> Deal:
    """Ask for the plan of that key in the present answer to the caller's need.

    The plan is made anew from the store and never taken from the caller. It is agreed at once when
    every holder accepts by rule and nobody else wants the same; otherwise it waits, in a round, for
    a holder's answer, or for the other groups in it; who is not *contested* meets no others. What
    lacks only a part that may be sought is held instead, until that is found.

    :raises Taken: when that plan is no longer there, or somebody else was first.
    :raises Conflict: when the need is not open, or waits on another deal or for a season.
    """
    enter(work, caller, exchange)
    posting = mine(work, caller, exchange, need, "need")
    enter_as(work, caller, posting.body.checklist)
    postings = _locked(work, _plan_of(work, posting, plan_key))
    plan = _plan_of(work, postings[posting.id], plan_key)
    for each in plan.needs:
        _may_ask(work, caller, postings[each])
        if contested:
            refuse_held(work, postings[each])
    deal = drafted(work, caller, exchange, plan, postings)
    work.deals.add(deal)
    work.log(caller, deal.id, "deal_asked", exchange=exchange, needs=list(plan.needs))
    return carry_on(work, caller, deal, contested=contested)


def carry_on(work: Work, caller: Caller, deal: Deal, *, contested: bool = True) -> Deal:
    """Take *deal* as far as the consents that there are will take it."""
    if deal.waiting_for() or deal.referred:
        return deal
    if contested and (closes_at := contest.window(work, deal)):
        return contest.join(work, caller, deal, closes_at)
    return fill.seek(work, caller, settle.agree(work, caller, deal, deal.revision))


def _may_ask(work: Work, caller: Caller, need: Posting) -> None:
    if need.state is not PostingState.OPEN:
        raise Conflict(f"This need is {need.state.value} already.")
    if work.deals.binding(need.id):
        raise Conflict("This need waits on another deal: cancel that first.")
    settle.give_way(work, caller, need.id)


def _plan_of(work: Work, need: Posting, plan_key: str) -> Plan:
    plans = ranked(board_for(work, need), work.hub.exchange(need.exchange).planner)
    plan = next((plan for plan in plans if plan.key == plan_key), None)
    if plan is None:
        raise Taken("That is no longer available: see what is now.")
    if lacking := hindrances(work, need.exchange, plan):
        raise Conflict(f"This cannot be asked for while something is missing: {lacking[0]}.")
    return plan


def hindrances(work: Work, exchange: str, plan: Plan) -> list[str]:
    """The sentences of what *plan* lacks without which it cannot be asked for."""
    may_lack = ASKABLE_WITHOUT | work.hub.exchange(exchange).sought.keys()
    parts = [missing for missing in plan.missing if not missing.dates]
    return [part.sentence for part in parts if part.code not in may_lack]


def _locked(work: Work, plan: Plan) -> dict[PostingId, Posting]:
    """The postings of *plan*, kept from changing until this transaction ends.

    They may have changed while the plan was made, so it is made once more from what is locked.
    """
    ids = [*plan.needs, *(leg.offer for leg in plan.legs)]
    return {posting.id: posting for posting in work.postings.lock(ids)}


def drafted(
    work: Work, caller: Caller, exchange: str, plan: Plan, postings: dict[PostingId, Posting]
) -> Deal:
    """*plan* as a deal, not stored yet, with the caller's yes and those that are given by rule."""
    return consented(work, untold(work, exchange, plan, postings), postings, {caller.member})


def untold(work: Work, exchange: str, plan: Plan, postings: Mapping[PostingId, Posting]) -> Deal:
    """*plan* as a deal, not stored yet, to which nobody has said anything."""
    seekers = tuple((need, postings[need].organisation) for need in plan.needs)
    offers = dict.fromkeys(leg.offer for leg in plan.legs)
    holders = tuple((offer, postings[offer].organisation) for offer in offers)
    return Deal(
        id=DealId(work.new_id()),
        exchange=exchange,
        plan=plan,
        seekers=seekers,
        holders=holders,
        created=work.now,
        deadline=answer_by(work.now, work.hub.region),
    )


def consented(
    work: Work,
    deal: Deal,
    postings: Mapping[PostingId, Posting],
    said: Collection[OrganisationId] = (),
) -> Deal:
    """*deal* with the yes of those who have *said* so, and of those who say it by rule.

    Nobody says yes by rule to what it would take itself.
    """
    seekers = {owner for _, owner in deal.seekers}
    ruled = by_rule(deal.plan, deal.holders, postings) - (seekers - {*said})
    for party in sorted({*said, *ruled}):
        deal = deal.agreed_by(party, work.now)
    state = DealState.GATHERING if _others_wait(deal) else DealState.ASKED
    return evolve(deal, state=state)


def _others_wait(deal: Deal) -> bool:
    return bool({owner for _, owner in deal.seekers} & deal.waiting_for())
