"""Purging: what served its time is deleted, after the days that the region states."""

from __future__ import annotations

import datetime as dt

from cypn_core.application import drafts, register
from cypn_core.application.network import Work
from cypn_core.storage import purge as stored
from cypn_core.storage import rates
from cypn_core.storage.complaints import Complaints
from cypn_core.storage.instants import to_epoch
from cypn_core.storage.people import Sessions
from cypn_core.storage.plain_letters import PlainLetters
from cypn_core.storage.sign_in_links import SignInLinks

DAY = dt.timedelta(days=1)


def overwrites(work: Work) -> bool:
    """Whether it is time to leave no copy of what was deleted or erased since yesterday."""
    return stored.turn(work.connection, work.new_id(), work.now, stored.OVERWRITE)


def purge(work: Work) -> int:
    """Once a day delete what nobody needs any more; how many rows and mails.

    Postings, deals, checks, messages, events and their seals are never purged.
    """
    if not stored.turn(work.connection, work.new_id(), work.now):
        return 0
    keep = work.hub.region.settings
    asked = work.now - dt.timedelta(days=keep.keep_requests_days)
    spent = work.now - dt.timedelta(days=keep.keep_spent_days)
    return (
        stored.requests(work.connection, asked)
        + stored.mails(work.connection, spent)
        + stored.feeds(work.connection, spent)
        + PlainLetters(work.connection).purge(spent)
        + Complaints(work.connection).purge(work.now - dt.timedelta(days=keep.keep_complaints_days))
        + register.purge(work)
        + rates.purge(work.connection, to_epoch(work.now))
        + drafts.purge(work)
        + SignInLinks(work.connection).purge(work.now - DAY)
        + Sessions(work.connection).purge(spent)
    )
