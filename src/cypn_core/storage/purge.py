"""Deleting what nobody needs any more: answers kept for repeats, spent mail, revoked feeds."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, delete, exists, func, select

from cypn_core.storage import leases, tables
from cypn_core.storage.instants import to_epoch

LEASE = "purge"
OVERWRITE = "overwrite"
DAY_SECONDS = 86_400
MOST = 500
"""Mails in one transaction; the rest goes the day after."""


def turn(connection: Connection, holder: str, now: dt.datetime, what: str = LEASE) -> bool:
    """Whether it is time for *what*: once a day, on one machine."""
    return leases.take(connection, what, holder, to_epoch(now), DAY_SECONDS)


def requests(connection: Connection, before: dt.datetime) -> int:
    """Forget the answers to requests that came with a key before then."""
    old = tables.idempotency.c.at < to_epoch(before)
    return connection.execute(delete(tables.idempotency).where(old)).rowcount


def feeds(connection: Connection, before: dt.datetime) -> int:
    """Delete the calendar feeds that were revoked before then."""
    old = tables.calendar_feed.c.revoked < to_epoch(before)
    return connection.execute(delete(tables.calendar_feed).where(old)).rowcount


def mails(connection: Connection, before: dt.datetime) -> int:
    """Delete mail that was over before then, with its links; how many mails.

    A link that was good after that instant keeps its mail: it has still to be answered or refused.
    """
    mail, link = tables.mail, tables.mail_link
    over = mail.c.state.in_(("sent", "dropped", "dead"))
    old = func.coalesce(mail.c.sent_at, mail.c.due) < to_epoch(before)
    linked = exists().where(link.c.mail_id == mail.c.id, link.c.expires >= to_epoch(before))
    found = select(mail.c.id).where(over, old, ~linked).order_by(mail.c.id).limit(MOST)
    spent = connection.execute(found).scalars().all()
    connection.execute(delete(link).where(link.c.mail_id.in_(spent)))
    connection.execute(delete(mail).where(mail.c.digest_id.in_(spent)))
    return connection.execute(delete(mail).where(mail.c.id.in_(spent))).rowcount
