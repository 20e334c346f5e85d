"""Freshness: a holder is asked in time whether an offer still stands, and says so with one tap."""

from __future__ import annotations

import datetime as dt

from attrs import evolve

from cypn_core.application.network import SYSTEM, Caller, Work
from cypn_core.application.post import mine
from cypn_core.domain.errors import Conflict
from cypn_core.domain.postings import Posting, PostingState
from cypn_core.storage import events

REMINDED = "offer_ages"


def remind(work: Work) -> int:
    """Ask each holder once about each offer that is to be hidden soon; how many were asked."""
    before = dt.timedelta(days=work.hub.region.settings.reminder_days)
    found = work.postings.aging(work.hub.exchanges, work.now, work.now + before)
    due = [offer for offer in found if not _asked(work, offer, before)]
    for offer in due:
        work.log(SYSTEM, offer.id, REMINDED, exchange=offer.exchange)
    return len(due)


def confirm(work: Work, caller: Caller, exchange: str, offer: str) -> Posting:
    """Say that the caller's offer still stands, as it is: it is shown again, or goes on being.

    :raises Conflict: when it is no longer open.
    """
    found = mine(work, caller, exchange, offer, "offer")
    if found.state is not PostingState.OPEN:
        raise Conflict(f"This is {found.state.value}: post a new one.")
    until = work.now + dt.timedelta(days=work.hub.region.settings.freshness_days)
    fresh = evolve(found, fresh_until=until, revision=found.revision + 1)
    work.postings.replace(fresh)
    work.log(caller, found.id, "offer_confirmed")
    return fresh


def _asked(work: Work, offer: Posting, before: dt.timedelta) -> bool:
    last = events.last(work.connection, offer.id, REMINDED)
    return last is not None and last >= offer.fresh_until - before
