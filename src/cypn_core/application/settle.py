"""What an agreement does, and what undoing it does: uses, needs and events in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from attrs import evolve

from cypn_core.application.gate import passports
from cypn_core.application.network import Caller, Work
from cypn_core.application.remember import missed, remember, reopen
from cypn_core.domain.deals import Deal, DealState
from cypn_core.domain.errors import Conflict
from cypn_core.domain.ids import PostingId
from cypn_core.domain.plans import Leg
from cypn_core.domain.postings import Claim, Offer, PostingState, resource_of
from cypn_core.domain.rounds import Priority
from cypn_core.domain.times import Window
from cypn_core.storage.uses import Use


def agree(work: Work, caller: Caller, deal: Deal, was: int, reason: str = "") -> Deal:
    """Occupy everything that *deal* needs, and agree it; its needs are then matched.

    The dates that its plan lacks are remembered as a need of their own, and woken when they fit.

    :raises Taken: when the guard refuses; nothing of it remains.
    :raises Conflict: when a party's checks are no longer in date (they are read when it counts),
        or some of it has begun.
    """
    _all_stand(work, deal)
    if any(window.start <= work.now for window in deal.windows):
        raise Conflict("Some of this has begun: see the matches of the need for what is left.")
    work.uses.occupy(list(uses_of(work, deal)), deal.id, work.now)
    declared = work.hub.exchange(deal.exchange)
    agreed = evolve(
        deal.moved(DealState.AGREED, sub_state=declared.agreed_as, reason=reason),
        deadline=_free_until(work) if declared.settles_as else None,
    )
    work.deals.replace(agreed, was)
    for need in work.postings.lock(deal.plan.needs):
        if need.state is PostingState.OPEN:
            matched = evolve(need.moved(PostingState.MATCHED), priority=Priority.ORDINARY)
            work.postings.replace(matched)
        if gone := missed(work, agreed, need):
            remember(work, agreed, sorted(gone), Priority.ORDINARY)
    work.log(caller, deal.id, "deal_agreed", exchange=deal.exchange, needs=list(deal.plan.needs))
    return agreed


def _all_stand(work: Work, deal: Deal) -> None:
    postings = [work.postings.get(each) for each, _ in (*deal.seekers, *deal.holders)]
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
) -> Deal:
    """End *deal* without success: its uses are freed and its needs wait again, as *priority*."""
    freed = work.uses.release(deal.id) if deal.state.occupies else 0
    ended = evolve(deal.moved(state, reason=reason), deadline=None)
    work.deals.replace(ended, deal.revision)
    reopen(work, deal, priority)
    told = {"exchange": deal.exchange, "freed": freed, "by": caller.organisation}
    work.log(caller, deal.id, f"deal_{state.value}", **told)
    return ended


def uses_of(work: Work, deal: Deal) -> Iterator[Use]:
    """All that *deal* takes, buffers included."""
    for leg in deal.plan.legs:
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
