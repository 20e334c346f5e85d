"""Unassigning: somebody cannot play a part any more, and somebody else is sought for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from attrs import evolve

from cypn_core.application import fill, settle
from cypn_core.application.lose import lose
from cypn_core.application.network import Caller, Work
from cypn_core.domain.deals import Deal, DealState, Search
from cypn_core.domain.ids import PostingId
from cypn_core.domain.plans import Leg, Missing, Plan
from cypn_core.domain.postings import resource_of
from cypn_core.domain.rounds import Priority
from cypn_core.domain.times import Window

Test = tuple[str, str]
"""The code of a rule that bars somebody, and its sentence for whoever may read it."""


def replaceable(work: Work, deal: Deal, offer: PostingId) -> bool:
    """Whether somebody else may be sought for all that *offer* plays in *deal*."""
    known = work.hub.exchanges.get(deal.exchange)
    roles = {leg.role for leg in deal.plan.legs if leg.offer == offer}
    return known is not None and bool(roles) and roles <= set(known.sought.values())


def covers(work: Work, deal: Deal, offers: Collection[PostingId], gone: Collection[Window]) -> bool:
    """Whether *gone* is all that lies ahead of *offers* in *deal*, for which others may be sought.

    Then somebody else is sought for it; where only some of it goes, those dates are lost.
    """
    legs = [leg for leg in deal.plan.legs if leg.offer in offers]
    ahead = {w for leg in legs for w in _ahead(work, leg.windows) if w in deal.standing}
    return bool(legs) and ahead <= set(gone) and all(replaceable(work, deal, o) for o in offers)


def unassign(
    work: Work,
    caller: Caller,
    deal: Deal,
    offers: Collection[PostingId],
    reason: str,
    tests: Sequence[Test] = (),
    *,
    again: bool = True,
) -> Deal:
    """Take what *offers* play ahead out of *deal*, and seek somebody else for it at once.

    The deal is held until then: the rest of it occupies as before, and nobody reads a name. What
    has begun stays. Without *again* these offers are not asked another time. *tests* are for who
    is unassigned, and for the coordinator.
    """
    if all(leg.offer in offers for leg in deal.held.legs):
        return _nothing_left(work, caller, deal, reason)
    was, deal = deal.revision, settle.ask_nobody(work, caller, deal)
    out = [leg for leg in deal.plan.legs if leg.offer in offers]
    _free(work, deal, out)
    plan = _without(work, deal, out)
    left = deal.recast(plan)
    held = evolve(
        left.moved(DealState.HELD, sub_state=deal.sub_state, reason=deal.reason),
        deadline=settle.fill_by(work, left.standing),
        tried=left.tried if again else (*left.tried, *offers),
        search=Search(
            plan=plan,
            consents=left.consents,
            named=deal.state is DealState.AGREED or (deal.search is not None and deal.search.named),
        ),
    )
    work.deals.replace(held, was)
    for offer in sorted(set(offers)):
        _tell(work, caller, deal, offer, (reason, tests))
    return fill.seek(work, caller, held)


def _nothing_left(work: Work, caller: Caller, deal: Deal, reason: str) -> Deal:
    windows = _ahead(work, deal.standing)
    if windows or deal.windows:
        return lose(work, caller, deal, windows, reason).deal
    return settle.end(work, caller, deal, DealState.DISPLACED, reason, Priority.DISPLACED)


def _free(work: Work, deal: Deal, out: Sequence[Leg]) -> None:
    owners = dict(deal.holders)
    for leg in out:
        things = {resource_of(leg.offer, owners[leg.offer], claim.unit) for claim in leg.claims}
        if leg.windows:
            work.uses.free(deal.id, _ahead(work, leg.windows), things)
        else:
            work.uses.free_untimed(deal.id, things)


def _ahead(work: Work, windows: Sequence[Window]) -> list[Window]:
    return [window for window in windows if window.start > work.now]


def _without(work: Work, deal: Deal, out: Sequence[Leg]) -> Plan:
    """The plan of *deal* without what of *out* lies ahead, and with what it now lacks."""
    declared, roles = work.hub.exchange(deal.exchange), {leg.role for leg in out}
    codes = {role: code for code, role in declared.sought.items() if role in roles}
    known = {part.code for part in deal.plan.missing}
    lacks = tuple(
        Missing(code, f"no {declared.words.get(role, role).lower()}")
        for role, code in sorted(codes.items())
        if code not in known
    )
    left = deal.plan.with_legs(_begun(work, deal.plan.legs, out))
    return evolve(left, missing=(*left.missing, *lacks))


def _begun(work: Work, legs: Sequence[Leg], out: Sequence[Leg]) -> Iterator[Leg]:
    for leg in legs:
        if leg not in out:
            yield leg
        elif past := [window for window in leg.windows if window.start <= work.now]:
            yield leg.on(past)


def _tell(
    work: Work, caller: Caller, deal: Deal, offer: PostingId, why: tuple[str, Sequence[Test]]
) -> None:
    reason, tests = why
    roles = sorted({leg.role for leg in deal.plan.legs if leg.offer == offer})
    work.log(
        caller, deal.id, "deal_unassigned", exchange=deal.exchange, reason=reason, offer=offer,
        roles=roles, holder=dict(deal.holders)[offer], by=caller.organisation,
        tests=[list(test) for test in tests],
        dates=[w.start.isoformat() for w in _ahead(work, deal.standing)],
    )  # fmt: skip
