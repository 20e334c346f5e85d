"""The way to the store: one place that opens SQLite files and PostgreSQL databases.

Both stores give the same three things. ``reading()`` is one consistent snapshot that refuses to
write. ``writing()`` is one transaction, committed at the end of the block and rolled back when the
block raises. ``transact(work)`` is ``writing()`` that starts again when PostgreSQL says that
another transaction got in the way.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from cypn_core.domain.errors import Invalid
from cypn_core.storage.writers import queued

T = TypeVar("T")

BUSY_MILLISECONDS = 10_000
"""How long SQLite waits for a lock that somebody without our queue holds."""

RETRIED = frozenset({"40001", "40P01"})
"""SQLSTATE of PostgreSQL's serialization failures and deadlocks: nothing happened, try again."""

_WRITES = "cypn_writes"


class Store:
    """An open store; make one with `open_store`, and `close` it (or use it in ``with``).

    Threads may share a store; processes may not: open one after a fork.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = engine.execution_options(**{_WRITES: True})
        self._reader = engine.execution_options(**_reader_options(engine))
        self._mine = threading.local()

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.engine.dialect.name

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot of the store; a statement that writes is refused by the store."""
        with self._reader.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all of the block happens, or nothing.

        Raises ``RuntimeError`` inside another ``writing()`` of the same thread, which would wait
        for itself.
        """
        if getattr(self._mine, "writing", False):
            raise RuntimeError("This thread writes already: pass its connection on.")
        self._mine.writing = True
        try:
            with self._turn(), self._writer.begin() as connection:
                yield connection
        finally:
            self._mine.writing = False

    def transact(self, work: Callable[[Connection], T], *, attempts: int = 5) -> T:
        """Run *work* in `writing`, again when PostgreSQL rolled it back for another's sake.

        Only what `RETRIED` names is tried again: there the store promises that nothing happened.
        *work* must therefore do nothing but talk to its connection.
        """
        for _ in range(attempts - 1):
            try:
                return self._once(work)
            except DBAPIError as error:
                if sqlstate(error) not in RETRIED:
                    raise
        return self._once(work)

    def overwrite(self) -> None:
        """Let no deleted content be left in files that the store only appends to.

        SQLite's log is written into its file and emptied; there deleted content is overwritten as
        it goes. PostgreSQL's own vacuum does as much in its time.
        """
        if self.dialect == "sqlite":
            with closing(self.engine.raw_connection()) as raw:
                for pragma in ("query_only = OFF", "wal_checkpoint(TRUNCATE)"):
                    raw.cursor().execute(f"PRAGMA {pragma}").close()

    def _once(self, work: Callable[[Connection], T]) -> T:
        with self.writing() as connection:
            return work(connection)

    def _turn(self) -> Any:
        path = self.engine.url.database
        return queued(Path(f"{path}.lock")) if self.dialect == "sqlite" else nullcontext()

    def close(self) -> None:
        """Give all connections back; the store may be used again and then reconnects."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()


def open_store(url: str) -> Store:
    """The store at *url*: ``sqlite:///path`` or ``postgresql://user@host/name``.

    Nothing is created or migrated, and PostgreSQL is not called before the first use. Raises
    `Invalid` for any other URL, and for SQLite in memory, which several processes cannot share.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        return Store(_sqlite(parsed))
    return Store(create_engine(parsed, pool_pre_ping=True, hide_parameters=True))


def sqlstate(error: DBAPIError) -> str | None:
    """PostgreSQL's five-letter code of *error*; None from SQLite."""
    return getattr(error.orig, "sqlstate", None)


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise _bad_url("is not a URL") from None
    if parsed.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise _bad_url("names a store that cypn does not know")
    if parsed.database in (None, "", ":memory:"):
        raise _bad_url("names no file")
    return parsed


def _bad_url(problem: str) -> Invalid:
    """The URL itself is not repeated: it may hold a password."""
    return Invalid(
        {"database_url": [f"{problem}: give sqlite:///PATH or postgresql://USER@HOST/NAME"]}
    )


def _reader_options(engine: Engine) -> dict[str, Any]:
    if engine.dialect.name == "sqlite":
        return {}
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def _sqlite(url: URL) -> Engine:
    # isolation_level=None: sqlite3 would otherwise begin and commit by itself, around DDL too.
    engine = create_engine(url, connect_args={"isolation_level": None}, hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in (
        f"busy_timeout = {BUSY_MILLISECONDS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "recursive_triggers = ON",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
