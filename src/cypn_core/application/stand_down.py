"""Standing down: a holder leaves a part of a deal for which somebody else may be sought."""

from __future__ import annotations

from collections.abc import Collection

from cypn_core.application import closures, fill, unassign
from cypn_core.application.network import Caller, Work
from cypn_core.domain.deals import Deal
from cypn_core.domain.ids import OrganisationId, PostingId
from cypn_core.domain.marks import UNAVAILABLE

LEFT = "cancelled_by_holder"


def possible(work: Work, deal: Deal, holder: OrganisationId) -> bool:
    """Whether *deal* goes on while somebody else is sought for all that *holder* plays in it."""
    if not deal.kept_for_now or holder in {owner for _, owner in deal.seekers}:
        return False
    offers = _offers(deal, holder)
    return bool(offers) and (
        holder in deal.asked_to_fill
        or all(unassign.replaceable(work, deal, offer) for offer in offers)
    )


def stand_down(work: Work, caller: Caller, deal: Deal, reason: str) -> Deal:
    """The caller plays no part in *deal* any more, and somebody else is sought.

    As ``unavailable`` its time closes for everybody.
    """
    left = _left(work, caller, deal, reason)
    if reason == UNAVAILABLE:
        ahead = [window for window in deal.standing if window.start > work.now]
        closures.shut_declined(work, caller, deal, ahead)
    return left


def _left(work: Work, caller: Caller, deal: Deal, reason: str) -> Deal:
    if caller.member in deal.asked_to_fill:
        return fill.go_on_without(work, caller, deal)
    offers = _offers(deal, caller.member)
    return unassign.unassign(work, caller, deal, offers, reason, again=False)


def _offers(deal: Deal, holder: OrganisationId) -> Collection[PostingId]:
    return [offer for offer, owner in deal.holders if owner == holder]
