"""Freshness: what nobody confirms is hidden in time, and its owner is asked before (law 8)."""

from __future__ import annotations

import datetime as dt

from attrs import evolve

from cypn_core.application.gate import enter_as
from cypn_core.application.network import SYSTEM, Caller, Work
from cypn_core.domain.errors import Conflict
from cypn_core.domain.postings import Posting, PostingState
from cypn_core.storage import events

REMINDED = "offer_ages"


def fresh_until(work: Work) -> dt.datetime:
    """Until when what is confirmed now is shown."""
    return work.now + dt.timedelta(days=work.hub.region.settings.freshness_days)


def confirm(work: Work, caller: Caller, posting: Posting) -> Posting:
    """Confirm the caller's own *posting* as it stands; deals on it are not touched.

    :raises NotChecked: when the caller may not post such a thing any more.
    :raises Conflict: when it is no longer open.
    """
    if caller.organisation is not None:
        enter_as(work, caller, posting.body.checklist)
    (found,) = work.postings.lock([posting.id])
    if found.state is not PostingState.OPEN:
        raise Conflict(f"This is {found.state.value}: post a new one.")
    fresh = evolve(found, fresh_until=fresh_until(work), revision=found.revision + 1)
    work.postings.replace(fresh)
    shown = found.fresh_until > work.now
    fact = f"{found.side}_confirmed" if shown else f"{found.side}_revised"
    work.log(caller, found.id, fact, exchange=found.exchange)
    return fresh


def remind_holders(work: Work) -> int:
    """Ask each holder once about each offer that is to be hidden soon; how many were asked."""
    before = dt.timedelta(days=work.hub.region.settings.reminder_days)
    found = work.postings.aging(work.hub.exchanges, work.now, work.now + before)
    asked = events.lasts(work.connection, [offer.id for offer in found], REMINDED)
    due = [
        offer
        for offer in found
        if offer.id not in asked or asked[offer.id] < offer.fresh_until - before
    ]
    for offer in due:
        work.log(SYSTEM, offer.id, REMINDED, exchange=offer.exchange)
    return len(due)


def remind_seekers(work: Work) -> int:
    """Ask, once each, whether needs that will soon run out still hold; how many were asked."""
    soon = work.now + dt.timedelta(days=work.hub.region.settings.reminder_days)
    return sum(
        work.log_once(
            SYSTEM, posting.id, "posting_fades", posting.fresh_until.isoformat(),
            exchange=posting.exchange, until=posting.fresh_until.isoformat(),
        )
        for posting in work.postings.stale_by(work.hub.exchanges, work.now, soon)
    )  # fmt: skip
