"""The seals of the log's past days, the salted digests under them, and which seals were mailed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, func, insert, select, update

from cypn_core.domain.events import Event
from cypn_core.domain.seals import Seal, Sealed
from cypn_core.storage import leases, tables
from cypn_core.storage.events import logged
from cypn_core.storage.instants import from_epoch, to_epoch

LEASE = "seal"
LEASE_SECONDS = 60


@frozen
class Seals:
    """The seals of one transaction."""

    connection: Connection

    def lock(self, holder: str, now: dt.datetime) -> None:
        """Let every other machine that wants to seal wait until this transaction ends."""
        leases.take(self.connection, LEASE, holder, to_epoch(now), LEASE_SECONDS)
        leases.release(self.connection, LEASE, holder)

    def newest(self) -> Seal | None:
        """The seal of the last day that has one."""
        row = self.connection.execute(
            select(tables.day_seal).order_by(tables.day_seal.c.day.desc()).limit(1)
        ).one_or_none()
        return None if row is None else _seal(row)

    def all(self) -> list[Seal]:
        """Every seal, by day."""
        chosen = select(tables.day_seal).order_by(tables.day_seal.c.day)
        return [_seal(row) for row in self.connection.execute(chosen)]

    def first_event(self) -> dt.datetime | None:
        """When the first thing happened that the log tells of."""
        at = self.connection.scalar(select(func.min(tables.event.c.at)))
        return None if at is None else from_epoch(at)

    def unsealed(self, before: dt.datetime) -> list[Event]:
        """The events before that instant which no seal covers, in the log's order.

        Whoever commits late is under the seal of the day after, so nobody is left out.
        """
        log, under = tables.event, tables.sealed_event
        chosen = (
            select(log)
            .outerjoin(under, under.c.event_id == log.c.id)
            .where(under.c.event_id.is_(None), log.c.at < to_epoch(before))
            .order_by(log.c.xid, log.c.seq)
        )
        return [logged(row).event for row in self.connection.execute(chosen)]

    def add(self, seal: Seal, events: Iterable[Sealed]) -> None:
        """Store the seal of a day with what it covers; it is due to be mailed at once."""
        day = seal.day.isoformat()
        self.connection.execute(
            insert(tables.day_seal).values(
                day=day,
                events=seal.events,
                previous=seal.previous,
                digest=seal.digest,
                at=to_epoch(seal.at),
            )
        )
        rows = [
            {"event_id": e.event, "day": day, "place": at, "salt": e.salt, "digest": e.digest}
            for at, e in enumerate(events)
        ]
        if rows:
            self.connection.execute(insert(tables.sealed_event), rows)
        self.connection.execute(insert(tables.seal_mail).values(day=day, due=to_epoch(seal.at)))

    def under(self, day: dt.date) -> list[tuple[Sealed, Event | None]]:
        """What the seal of *day* covers, in its order; None for an event that is not there."""
        log, under = tables.event, tables.sealed_event
        chosen = (
            select(under, log)
            .outerjoin(log, under.c.event_id == log.c.id)
            .where(under.c.day == day.isoformat())
            .order_by(under.c.place)
        )
        return [_pair(row) for row in self.connection.execute(chosen)]

    def to_mail(self, now: dt.datetime, again: dt.datetime) -> list[Seal]:
        """The seals that are to be mailed now, by day; due *again* if nobody says that they were.

        No other machine takes them in between.
        """
        mail = tables.seal_mail
        due = (mail.c.sent_at.is_(None), mail.c.due <= to_epoch(now))
        change = update(mail).where(*due).values(due=to_epoch(again)).returning(mail.c.day)
        days = self.connection.execute(change).scalars().all()
        chosen = select(tables.day_seal).where(tables.day_seal.c.day.in_(sorted(days)))
        rows = self.connection.execute(chosen.order_by(tables.day_seal.c.day))
        return [_seal(row) for row in rows]

    def mailed(self, seals: Iterable[Seal], now: dt.datetime) -> None:
        """Note that *seals* were mailed."""
        mail = tables.seal_mail
        days = [seal.day.isoformat() for seal in seals]
        self.connection.execute(
            update(mail).where(mail.c.day.in_(days)).values(sent_at=to_epoch(now))
        )


def _seal(row: Any) -> Seal:
    return Seal(
        day=dt.date.fromisoformat(row.day),
        events=row.events,
        previous=row.previous,
        digest=row.digest,
        at=from_epoch(row.at),
    )


def _pair(row: Any) -> tuple[Sealed, Event | None]:
    sealed = Sealed(event=row.event_id, salt=row.salt, digest=row.digest)
    return sealed, None if row.id is None else _event(row)


def _event(row: Any) -> Event:
    """The event as it is; where somebody left what cannot be read, one that fits no digest."""
    try:
        return logged(row).event
    except (ValueError, OverflowError):
        return Event(row.id, from_epoch(0), actor="", subject="", fact="unreadable")
