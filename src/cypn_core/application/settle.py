"""What an agreement does, and what undoing it does: uses, needs and events in one transaction.

A plan that lacks a part which may be sought is held: what there is of it is occupied, and nobody
reads a name, until that part is found or its time runs out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator

from attrs import evolve

from cypn_core.application.gate import passports
from cypn_core.application.network import Caller, Work
from cypn_core.application.remember import missed, remember, reopen
from cypn_core.domain.deals import Deal, DealState, Search
from cypn_core.domain.errors import Conflict
from cypn_core.domain.ids import DealId, OrganisationId, PostingId
from cypn_core.domain.plans import Leg
from cypn_core.domain.postings import Claim, Offer, PostingState, resource_of
from cypn_core.domain.rounds import Priority
from cypn_core.domain.times import Window
from cypn_core.storage.uses import Use

GAVE_WAY = "One of the groups does something else instead."
LEAST_TO_FILL = dt.timedelta(hours=12)
"""How long at least a part is sought, however near the first time is."""


def agree(work: Work, caller: Caller, deal: Deal, was: int, reason: str = "") -> Deal:
    """Occupy everything that *deal* needs, and agree it; its needs are then matched.

    It is held instead while it lacks a part that may be sought. The dates that its plan lacks are
    remembered as a need of their own, and woken when they fit.

    :raises Taken: when the guard refuses; nothing of it remains.
    :raises Conflict: when a party's checks are no longer in date (they are read when it counts),
        or some of it has begun.
    """
    _all_stand(work, deal)
    if any(window.start <= work.now for window in deal.windows):
        raise Conflict("Some of this has begun: see the matches of the need for what is left.")
    work.uses.occupy(list(uses_of(work, deal)), deal.id, work.now)
    agreed = _held(work, deal, reason) if roles_sought(work, deal) else _agreed(work, deal, reason)
    work.deals.replace(agreed, was)
    for need in work.postings.lock(deal.plan.needs):
        give_way(work, caller, need.id, deal.id)
        if need.state is PostingState.OPEN:
            matched = evolve(need.moved(PostingState.MATCHED), priority=Priority.ORDINARY)
            work.postings.replace(matched)
        if gone := missed(work, agreed, need):
            remember(work, agreed, sorted(gone), Priority.ORDINARY)
    fact = f"deal_{agreed.state.value}"
    work.log(caller, deal.id, fact, exchange=deal.exchange, needs=list(deal.plan.needs))
    return agreed


def complete(work: Work, caller: Caller, deal: Deal, was: int) -> Deal:
    """Occupy what was found for *deal*, which is held, and agree it; what was held stays.

    :raises Taken: when the guard refuses; nothing of it remains.
    :raises Conflict: when a party's checks are not in date, or some of what was found has begun.
    """
    _all_stand(work, deal)
    if any(window.start <= work.now for leg in deal.filling for window in leg.windows):
        raise Conflict("Some of this has begun.")
    work.uses.occupy(list(uses_of(work, deal, deal.filling)), deal.id, work.now)
    agreed = evolve(_agreed(work, deal, deal.reason), search=None)
    work.deals.replace(agreed, was)
    work.log(caller, deal.id, "deal_agreed", exchange=deal.exchange, needs=list(deal.plan.needs))
    return agreed


def roles_sought(work: Work, deal: Deal) -> tuple[str, ...]:
    """The roles of the parts that are missing from what *deal* holds, and that may be sought."""
    known = work.hub.exchanges.get(deal.exchange)
    sought = known.sought if known else {}
    roles = (sought[part.code] for part in deal.held.missing if part.code in sought)
    return tuple(dict.fromkeys(roles))


def fill_by(work: Work, windows: Iterable[Window]) -> dt.datetime:
    """Until when a part that is missing from *windows* may be sought: some days before the first.

    Where that is nearer, half a day from now, and never beyond the start of the first.
    """
    days = dt.timedelta(days=work.hub.region.settings.fill_days)
    first = min((w.start for w in windows if w.start > work.now), default=None)
    if first is None:
        return work.now + max(days, LEAST_TO_FILL)
    return min(max(first - days, work.now + LEAST_TO_FILL), first)


def ask_nobody(work: Work, caller: Caller, deal: Deal) -> Deal:
    """*deal*, not stored, without who is asked for a part that is sought; they are told."""
    if deal.search is None or not deal.filling:
        return deal
    asked = sorted({dict(deal.holders)[leg.offer] for leg in deal.filling})
    work.log(caller, deal.id, "deal_part_dropped", exchange=deal.exchange, asked=asked)
    return deal.unasked()


def _agreed(work: Work, deal: Deal, reason: str) -> Deal:
    declared = work.hub.exchange(deal.exchange)
    stage = declared.agreed_as if deal.book else deal.sub_state or declared.agreed_as
    free = declared.settles_as and stage != declared.settles_as
    agreed = deal.moved(DealState.AGREED, sub_state=stage, reason=reason)
    return evolve(agreed, deadline=_free_until(work) if free else None)


def _held(work: Work, deal: Deal, reason: str) -> Deal:
    return evolve(
        deal.moved(DealState.HELD, reason=reason),
        deadline=fill_by(work, deal.windows),
        search=Search(plan=deal.plan, consents=deal.consents),
    )


def _all_stand(work: Work, deal: Deal) -> None:
    parts = (*deal.seekers, *deal.playing(work.now))
    postings = [work.postings.get(each) for each, _ in parts]
    roles = {(each.organisation, each.body.checklist) for each in postings}
    papers = passports(work, roles)
    if any(role not in papers[owner, role].roles for owner, role in roles):
        raise Conflict("A party's checks are not in date: this cannot be agreed.")


def end(
    work: Work,
    caller: Caller,
    deal: Deal,
    state: DealState,
    reason: str,
    priority: Priority = Priority.ORDINARY,
    blamed: Collection[OrganisationId] = (),
) -> Deal:
    """End *deal* without success: its uses are freed and its needs wait again, as *priority*.

    Those of the *blamed* wait without one.
    """
    was, deal = deal.revision, ask_nobody(work, caller, deal)
    freed = work.uses.release(deal.id) if deal.state.occupies else 0
    ended = evolve(deal.moved(state, reason=reason), deadline=None)
    work.deals.replace(ended, was)
    reopen(work, deal, priority, blamed)
    told = {"exchange": deal.exchange, "freed": freed, "by": caller.organisation}
    work.log(caller, deal.id, f"deal_{state.value}", **told)
    return ended


def give_way(work: Work, caller: Caller, need: PostingId, to: DealId | None = None) -> None:
    """End what was only proposed to the group of *need*, which does something else instead."""
    for each in work.deals.proposed_to(need):
        if each.id != to:
            end(work, caller, each, DealState.CANCELLED, GAVE_WAY)


def uses_of(work: Work, deal: Deal, legs: Iterable[Leg] | None = None) -> Iterator[Use]:
    """All that *deal* takes, buffers included; or what *legs* of it take."""
    for leg in deal.plan.legs if legs is None else legs:
        for claim in leg.claims:
            yield from _of_claim(work, deal, leg, claim)


def _of_claim(work: Work, deal: Deal, leg: Leg, claim: Claim) -> Iterator[Use]:
    resource = resource_of(leg.offer, dict(deal.holders)[leg.offer], claim.unit)
    if not claim.unit.timed:
        yield Use(id=work.new_id(), resource=resource, window=None, quantity=claim.quantity)
        return
    before, after = buffers(work, leg.offer)
    for window in leg.windows:
        for part, purpose in _with_buffers(window, before, after):
            yield Use(
                id=work.new_id(),
                resource=resource,
                window=part,
                quantity=claim.quantity,
                purpose=purpose,
            )


def _with_buffers(window: Window, before: int, after: int) -> Iterator[tuple[Window, str]]:
    """The window itself and, as rows of their own, the buffers around it."""
    whole = window.padded(before, after)
    yield window, "deal"
    if before:
        yield Window(whole.start, window.start), "buffer"
    if after:
        yield Window(window.end, whole.end), "buffer"


def buffers(work: Work, offer: PostingId) -> tuple[int, int]:
    """The minutes that *offer* keeps free before and after each use."""
    body = work.postings.get(offer).body
    return body.buffers if isinstance(body, Offer) else (0, 0)


def _free_until(work: Work) -> dt.datetime:
    return work.now + dt.timedelta(days=work.hub.region.settings.visit_days)
