"""Opening stores, and what a transaction promises in both."""

from __future__ import annotations

import threading
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from cypn_core.domain.errors import Invalid
from cypn_core.storage.engine import Store, open_store
from cypn_core.storage.tables import hub_setting
from cypn_core.testing.stores import NewStore


def put(connection: Connection, key: str) -> None:
    """Write one row."""
    connection.execute(hub_setting.insert().values(key=key, value="x"))


def keys(connection: Connection) -> list[str]:
    """The keys of all rows, sorted."""
    return sorted(connection.execute(select(hub_setting.c.key)).scalars())


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "sqlite://",
        "sqlite:///:memory:",
        "mysql://a:secret@b/c",
        "sqlite+aiosqlite:///x",
    ],
)
def test_a_url_of_no_store_is_refused_without_repeating_it(url: str) -> None:
    """The message says what to give, and shows no password."""
    with pytest.raises(Invalid, match="give sqlite:///PATH or postgresql://") as refused:
        open_store(url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_not_called_before_it_is_used(scheme: str) -> None:
    """Opening is cheap, under each of the three names; the driver is psycopg 3."""
    with open_store(f"{scheme}://nobody@nowhere.invalid/none") as store:
        assert store.dialect == "postgresql"
        assert store.engine.driver == "psycopg"


def test_a_block_that_raises_leaves_nothing(store: Store) -> None:
    """A transaction is all or nothing, and the store can write again afterwards."""

    def work(connection: Connection) -> None:
        put(connection, "lost")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.transact(work)
    with store.writing() as connection:
        put(connection, "kept")
    with store.reading() as connection:
        assert keys(connection) == ["kept"]


def test_a_reader_cannot_write(store: Store) -> None:
    """The store itself refuses, and the same connection may write again in a writing block."""
    with pytest.raises(DBAPIError), store.reading() as connection:
        put(connection, "lost")
    with store.writing() as connection:
        put(connection, "kept")
        assert keys(connection) == ["kept"]


def test_a_reader_sees_one_moment_and_hinders_nobody(store: Store) -> None:
    """What is committed while it reads does not show in its snapshot."""
    with store.reading() as reading:
        assert keys(reading) == []
        with store.writing() as connection:
            put(connection, "new")
        assert keys(reading) == []
    with store.reading() as reading:
        assert keys(reading) == ["new"]


def test_a_second_transaction_in_the_same_thread_is_refused(store: Store) -> None:
    """It would wait for itself for ever; the first one is unharmed."""
    with store.writing() as connection:
        put(connection, "kept")
        with pytest.raises(RuntimeError, match="pass its connection on"), store.writing():
            pass
    with store.reading() as connection:
        assert keys(connection) == ["kept"]


def test_threads_share_a_store(store: Store) -> None:
    """Writers queue; each one's row is there at the end."""

    def write(name: str) -> None:
        with store.writing() as connection:
            put(connection, name)

    threads = [threading.Thread(target=write, args=(str(n),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    with store.reading() as connection:
        assert keys(connection) == [str(n) for n in range(8)]


def test_a_closed_store_reconnects(store: Store) -> None:
    """Closing gives the connections back and is no end."""
    store.close()
    with store.writing() as connection:
        put(connection, "kept")


def test_a_lost_connection_to_postgresql_is_replaced(new_store: NewStore) -> None:
    """After the server ended the connection the next transaction gets a new one."""
    with open_store(new_store("postgresql")) as store:
        with store.writing() as connection:
            put(connection, "kept")
        plain = store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        with store.reading() as connection:
            assert keys(connection) == ["kept"]


def test_a_deadlock_is_tried_again(new_store: NewStore) -> None:
    """Two transactions that lock two rows in opposite order both happen in the end."""
    with open_store(new_store("postgresql")) as store:
        with store.writing() as connection:
            put(connection, "a")
            put(connection, "b")
        both, tries = threading.Barrier(2), []

        def cross(first: str, second: str) -> None:
            def work(connection: Connection) -> None:
                tries.append(first)
                _touch(connection, first)
                if tries.count(first) == 1:
                    both.wait(timeout=30)
                _touch(connection, second)

            store.transact(work)

        threads = [threading.Thread(target=cross, args=names) for names in (("a", "b"), ("b", "a"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert len(tries) > 2
        with store.reading() as connection:
            assert set(connection.execute(select(hub_setting.c.value)).scalars()) == {"xyy"}


def _touch(connection: Connection, key: str) -> None:
    row = hub_setting.update().where(hub_setting.c.key == key)
    connection.execute(row.values(value=hub_setting.c.value + "y"))


def test_other_failures_are_not_tried_again(store: Store) -> None:
    """Only what the store has undone by itself is done again."""
    tries = []

    def work(connection: Connection) -> None:
        tries.append(1)
        connection.execute(text("SELECT * FROM nothing"))

    with pytest.raises(DBAPIError):
        store.transact(work)
    assert len(tries) == 1


def test_sqlite_keeps_its_promises(tmp_path: Path) -> None:
    """Each connection has the settings on which the guard and the queue depend."""
    with open_store(f"sqlite:///{tmp_path / 'a.sqlite3'}") as store, store.reading() as connection:
        settings = ("journal_mode", "foreign_keys", "recursive_triggers", "synchronous")
        found = [connection.scalar(text(f"PRAGMA {name}")) for name in settings]
        assert found == ["wal", 1, 1, 2]


def test_a_store_in_a_missing_folder_says_so_when_used(tmp_path: Path) -> None:
    """Reading does not make files; the store's own error tells that it cannot open one."""
    store = open_store(f"sqlite:///{tmp_path / 'none' / 'a.sqlite3'}")
    with pytest.raises(OperationalError), store.reading():
        pass
    store.close()
