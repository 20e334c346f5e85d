"""The event log: appended in the transaction of the change, read by cursors.

On PostgreSQL numbers are given out before transactions commit, so a reader that remembers only the
last ``seq`` skips whoever commits late. A cursor is therefore ``(xid, seq)``, and nobody reads at
or above the oldest transaction that still runs. What is appended shows once all older transactions
of the server have ended, in the same order to every reader.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

import attrs
from sqlalchemy import (
    Connection,
    Row,
    func,
    insert,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)

from cypn_core.domain.events import Event
from cypn_core.storage import tables
from cypn_core.storage.instants import from_epoch, to_epoch
from cypn_core.storage.upserts import insert_if_new, upsert


@attrs.frozen(order=True)
class Cursor:
    """A place in the log: all up to and including it has been read."""

    xid: int = 0
    seq: int = 0


@attrs.frozen
class Logged:
    """An event and the cursor that stands right behind it."""

    event: Event
    cursor: Cursor


def append(connection: Connection, event: Event) -> None:
    """Add *event* to the log; it counts when the caller's transaction commits."""
    connection.execute(insert(tables.event).values(_row(event)))


def append_once(connection: Connection, event: Event) -> bool:
    """Add *event* unless one of its id is there; False when there was."""
    return bool(connection.execute(insert_if_new(connection, tables.event, _row(event))).rowcount)


def read(connection: Connection, reader: str, limit: int) -> list[Logged]:
    """The next events of *reader*, oldest first, at most *limit*; all of the log for a new one.

    Reading moves nothing: `advance` does, after the work is done. Whoever fails in between gets
    the same events again (at least once; the event's id tells them apart).
    """
    log = tables.event.c
    found = select(tables.event).where(
        tuple_(log.xid, log.seq) > attrs.astuple(position(connection, reader))
    )
    if connection.dialect.name == "postgresql":
        found = found.where(
            log.xid < literal_column("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        )
    return [
        logged(row) for row in connection.execute(found.order_by(log.xid, log.seq).limit(limit))
    ]


def happened(connection: Connection, since: datetime, *facts: str) -> list[Event]:
    """The events of these facts since *since*, oldest first; for reports."""
    log = tables.event.c
    found = select(tables.event).where(log.at >= to_epoch(since), log.fact.in_(facts))
    rows = connection.execute(found.order_by(log.xid, log.seq))
    return [logged(row).event for row in rows]


def page(
    connection: Connection,
    fact: str = "",
    subject: str = "",
    span: tuple[datetime, datetime] | None = None,
    before: int = 0,
    limit: int = 50,
) -> list[Event]:
    """The latest events, the newest first, from before the number *before* where that is given.

    *fact*, *subject* and *span*, from its first instant up to and without its last, narrow it.
    *subject* is also found as the organisation that was acted for.
    """
    log = tables.event.c
    wanted = [log.seq < before] if before else []
    if fact:
        wanted.append(log.fact == fact)
    if subject:
        wanted.append(or_(log.subject == subject, log.for_whom == subject))
    if span is not None:
        wanted += [log.at >= to_epoch(span[0]), log.at < to_epoch(span[1])]
    chosen = select(tables.event).where(*wanted).order_by(log.seq.desc()).limit(limit)
    return [logged(row).event for row in connection.execute(chosen)]


def facts(connection: Connection) -> list[str]:
    """Every fact that the log ever told, by name."""
    log = tables.event.c
    return list(connection.execute(select(log.fact).distinct().order_by(log.fact)).scalars())


def told_of(connection: Connection, subject: str, fact: str) -> list[Event]:
    """Every time that *fact* happened to *subject*, oldest first."""
    return told_of_all(connection, [subject], fact)


def told_of_all(connection: Connection, subjects: Collection[str], fact: str) -> list[Event]:
    """Every time that *fact* happened to one of *subjects*, oldest first."""
    log = tables.event.c
    found = select(tables.event).where(log.subject.in_(sorted(subjects)), log.fact == fact)
    rows = connection.execute(found.order_by(log.xid, log.seq))
    return [logged(row).event for row in rows]


def told_of_postings(
    connection: Connection, organisation: str, fact: str, since: datetime
) -> list[Event]:
    """Every time since *since* that *fact* happened to a posting of *organisation*."""
    log, posting = tables.event.c, tables.posting.c
    mine = select(posting.id).where(posting.organisation_id == organisation)
    found = select(tables.event).where(log.subject.in_(mine), log.fact == fact)
    rows = connection.execute(found.where(log.at >= to_epoch(since)).order_by(log.xid, log.seq))
    return [logged(row).event for row in rows]


def last(connection: Connection, subject: str, fact: str) -> datetime | None:
    """When *fact* last happened to *subject*, or None."""
    log = tables.event.c
    at = connection.scalar(select(func.max(log.at)).where(log.subject == subject, log.fact == fact))
    return None if at is None else from_epoch(at)


def lasts(connection: Connection, subjects: Collection[str], fact: str) -> dict[str, datetime]:
    """When *fact* last happened to each of *subjects* to which it ever did."""
    log = tables.event.c
    found = select(log.subject, func.max(log.at)).where(log.fact == fact)
    mine = found.where(log.subject.in_(sorted(subjects))).group_by(log.subject)
    return {subject: from_epoch(at) for subject, at in connection.execute(mine)}


def subjects(connection: Connection, ids: Collection[str], fact: str) -> dict[str, str]:
    """Event id -> subject, of those events of *ids* that tell *fact*."""
    log = tables.event.c
    rows = connection.execute(
        select(log.id, log.subject).where(log.id.in_(sorted(ids)), log.fact == fact)
    )
    return {row.id: row.subject for row in rows}


def position(connection: Connection, reader: str) -> Cursor:
    """Where *reader* stands; before the first event when it never advanced."""
    known = tables.cursor.c
    row = connection.execute(
        select(known.xid, known.seq).where(known.reader == reader)
    ).one_or_none()
    return Cursor(*row) if row else Cursor()


def advance(connection: Connection, reader: str, cursor: Cursor) -> None:
    """Let *reader* stand at *cursor*; a place that it has passed already changes nothing."""
    values = {"reader": reader, **attrs.asdict(cursor)}
    known = tables.cursor.c
    connection.execute(
        upsert(
            connection,
            tables.cursor,
            values,
            only_if=lambda new: tuple_(known.xid, known.seq) < tuple_(new.xid, new.seq),
        )
    )


def rebase(connection: Connection) -> None:
    """Forget transaction numbers, after the log was restored into another server or store.

    They mean nothing there: events would stay unseen until that server's own count has caught up.
    Each reader goes on before its first unread event and may meet a few read ones again.
    """
    for reader in connection.execute(select(tables.cursor.c.reader)).scalars().all():
        _rebase_cursor(connection, reader)
    connection.execute(update(tables.event).values(xid=0))


def _rebase_cursor(connection: Connection, reader: str) -> None:
    log, known = tables.event.c, tables.cursor
    unread = tuple_(log.xid, log.seq) > attrs.astuple(position(connection, reader))
    first = connection.scalar(select(func.min(log.seq)).where(unread))
    last = connection.scalar(select(func.coalesce(func.max(log.seq), 0)))
    connection.execute(
        update(known)
        .where(known.c.reader == reader)
        .values(xid=0, seq=last if first is None else first - 1)
    )


def _row(event: Event) -> dict[str, object]:
    row = attrs.asdict(event, recurse=False)
    del row["seq"]
    return row | {"at": to_epoch(event.at), "body": json.dumps(dict(event.body), sort_keys=True)}


def logged(row: Row[tuple[object, ...]]) -> Logged:
    """The event in *row*, which may hold columns of other tables too."""
    whole = row._mapping  # noqa: SLF001 (SQLAlchemy's public name for it)
    stored: dict[str, Any] = {name: whole[name] for name in tables.event.columns.keys()}  # noqa: SIM118
    cursor = Cursor(stored.pop("xid"), stored["seq"])
    stored |= {"at": from_epoch(stored["at"]), "body": json.loads(stored["body"])}
    return Logged(Event(**stored), cursor)
