"""The event log: in order, at least once, and nothing skipped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from sqlalchemy import Connection, delete, select, text, update
from sqlalchemy.exc import DBAPIError

from cypn_core.domain.events import Event
from cypn_core.storage import events, tables
from cypn_core.storage.engine import Store, open_store
from cypn_core.storage.events import Cursor


def happened(name: str, **more: Any) -> Event:
    """An event called *name*."""
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    told = {"actor": "system", "subject": "thing", "fact": "thing_made"} | more
    return Event(id=name, at=at, **told)


def append(store: Store, *names: str) -> None:
    """Append events, each in its own transaction."""
    for name in names:
        with store.writing() as connection:
            events.append(connection, happened(name))


def unread(store: Store, reader: str = "reader", limit: int = 100) -> list[str]:
    """The ids of what the reader has not read."""
    with store.reading() as connection:
        return [logged.event.id for logged in events.read(connection, reader, limit)]


def test_an_event_comes_back_as_it_was(store: Store) -> None:
    """All fields survive the store, strange text in the body too; the log adds its number."""
    told = happened("one", for_whom="org", body={"n": 1, "s": "é\x00\ud800", "list": [None, True]})
    with store.writing() as connection:
        events.append(connection, told)
    with store.reading() as connection:
        (logged,) = events.read(connection, "reader", 10)
    assert logged.event == attrs.evolve(told, seq=1)


def test_a_reader_goes_on_where_it_stood(store: Store) -> None:
    """Reading moves nothing; advancing moves this reader only."""
    append(store, "one", "two", "three")
    assert unread(store, limit=2) == ["one", "two"] == unread(store, limit=2)
    with store.writing() as connection:
        events.advance(connection, "reader", events.read(connection, "reader", 2)[-1].cursor)
    assert unread(store) == ["three"]
    assert unread(store, "another") == ["one", "two", "three"]


def test_a_cursor_never_goes_back(store: Store) -> None:
    """A slow reader that reports an older place does not make the others' work come again."""
    with store.writing() as connection:
        events.advance(connection, "reader", Cursor(5, 5))
        events.advance(connection, "reader", Cursor(4, 9))
        assert events.position(connection, "reader") == Cursor(5, 5)
        events.advance(connection, "reader", Cursor(5, 6))
        assert events.position(connection, "reader") == Cursor(5, 6)


def test_an_event_is_gone_with_its_transaction(store: Store) -> None:
    """What is rolled back was never logged."""

    def work(connection: Connection) -> None:
        events.append(connection, happened("one"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.transact(work)
    append(store, "two")
    assert unread(store) == ["two"]


@pytest.mark.parametrize(
    "change", [delete(tables.event), update(tables.event).values(actor="somebody")]
)
def test_the_log_only_grows(store: Store, change: Any) -> None:
    """The store itself refuses to change or delete an event."""
    append(store, "one")
    with pytest.raises(DBAPIError, match="event_append_only"), store.writing() as connection:
        connection.execute(change)
    assert unread(store) == ["one"]


def test_a_late_commit_is_not_skipped(new_store: Callable[[str], str]) -> None:
    """The first of two interleaved transactions commits last: a reader still gets its event.

    The control is a reader that remembers the last number only, and loses it.
    """
    with open_store(new_store("postgresql")) as store, store.engine.connect() as slow:
        with slow.begin():
            events.append(slow, happened("late"))
            append(store, "early")
            control = _numbers_after(store, 0)
            assert control == [2]
            assert unread(store) == []
        assert _numbers_after(store, control[-1]) == [], "the control must lose the late event"
        assert unread(store) == ["late", "early"]


def test_a_reader_that_advanced_in_between_still_gets_the_late_event(
    new_store: Callable[[str], str],
) -> None:
    """Numbers are given out in one order and transactions in the other; both events are read."""
    with open_store(new_store("postgresql")) as store, store.engine.connect() as slow:
        append(store, "before")
        with slow.begin():
            slow.execute(text("SELECT pg_current_xact_id()"))
            append(store, "early")
            _read_all(store)
            events.append(slow, happened("late"))
        assert unread(store) == ["late", "early"]


def test_a_restored_log_is_read_on_from_where_it_was(store: Store) -> None:
    """Transaction numbers of another server are forgotten; nothing unread is lost."""
    append(store, "one", "two")
    _read_all(store)
    append(store, "three")
    with store.writing() as connection:
        connection.execute(update(tables.event).values(xid=tables.event.c.xid + 2**40))
        connection.execute(update(tables.cursor).values(xid=tables.cursor.c.xid + 2**40))
    if store.dialect == "postgresql":
        assert unread(store) == []
    with store.writing() as connection:
        events.rebase(connection)
    append(store, "four")
    assert unread(store) == ["three", "four"]


def test_a_reader_that_had_read_all_has_read_all_after_a_rebase(store: Store) -> None:
    """Nothing comes again when there was nothing unread."""
    append(store, "one", "two")
    _read_all(store)
    with store.writing() as connection:
        events.rebase(connection)
    assert unread(store) == []


def _read_all(store: Store) -> None:
    with store.writing() as connection:
        for logged in events.read(connection, "reader", 100):
            events.advance(connection, "reader", logged.cursor)


def _numbers_after(store: Store, seq: int) -> list[int]:
    with store.reading() as connection:
        return list(_after(connection, seq))


def _after(connection: Connection, seq: int) -> list[int]:
    log = tables.event.c
    return list(connection.execute(select(log.seq).where(log.seq > seq)).scalars())
