"""The schema is made whole or not at all, and it is the one that the code declares."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event, inspect, select, text
from tests.integration.store_rows import a_use, add_resources

from cypn_core import storage
from cypn_core.storage.engine import Store, open_store
from cypn_core.storage.guard import occupy
from cypn_core.storage.migrations import at_head, head, migrate, revision, revisions
from cypn_core.storage.tables import MAX_USE_SECONDS, metadata, use

for each in iter_modules(storage.__path__):
    if each.name.endswith("tables"):
        import_module(f"{storage.__name__}.{each.name}")

USED = ["used"]


class BrokenError(Exception):
    """What the test does to a statement."""


@contextmanager
def listening(store: Store, heard: Callable[..., None]) -> Iterator[None]:
    """Call *heard* before every statement."""
    event.listen(store.engine, "before_cursor_execute", heard)
    try:
        yield
    finally:
        event.remove(store.engine, "before_cursor_execute", heard)


def objects(store: Store) -> list[str]:
    """Everything that a migration may leave behind, in order of name.

    A catalogue has no order of its own: PostgreSQL moves its rows when it cleans up.
    """
    catalogues = {
        "sqlite": "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite%'",
        "postgresql": "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " UNION ALL SELECT tgname FROM pg_trigger",
    }
    with store.reading() as connection:
        return sorted(connection.execute(text(catalogues[store.dialect])).scalars())


def test_a_failure_at_any_statement_leaves_the_store_as_it_was(bare_store_url: str) -> None:
    """Each migration can fail at each statement, and succeeds when it is tried again.

    The store is at the revision before and has data; schema, revision and data stay.
    """
    with open_store(bare_store_url) as store:
        failures = {each: _failures(store, each) for each in revisions()}
        assert at_head(store)
        assert data(store) == USED
    # A migration that does nothing on one of the stores still notes its revision.
    assert min(failures.values()) >= 1
    assert sum(failures.values()) > 60


def _failures(store: Store, to: str) -> int:
    """Bring *store* to the revision *to* after failing at each statement; how often it failed."""
    before = objects(store), revision(store), data(store)
    failed = 0
    while not _migrated_up_to(store, failed, to):
        assert (objects(store), revision(store), data(store)) == before
        failed += 1
    assert revision(store) == to
    if before[1] is None:
        with store.writing() as connection:
            add_resources(connection, {"thing": 1})
            occupy(connection, [a_use(id="used")])
    return failed


def data(store: Store) -> list[str]:
    """The uses in *store*, by id; none where there is no table for them."""
    with store.reading() as connection:
        if not inspect(connection).has_table("use"):
            return []
        return list(connection.execute(select(use.c.id)).scalars())


def test_a_new_store_is_made_whole_or_not_at_all(bare_store_url: str) -> None:
    """A fresh store is one transaction: if its last migration fails, the first is undone."""

    def at_the_newest(*heard: Any) -> None:
        if f"'{head()}'" in str(heard[2]):
            raise BrokenError

    with open_store(bare_store_url) as store:
        with pytest.raises(BrokenError), listening(store, at_the_newest):
            migrate(store)
        assert objects(store) == []
        assert revision(store) is None


def _migrated_up_to(store: Store, allowed: int, to: str = "head") -> bool:
    """Migrate, but break the statement after so many; whether it got through."""
    said = 0

    def count(*_: object) -> None:
        nonlocal said
        said += 1
        if said > allowed:
            raise BrokenError

    try:
        with listening(store, count):
            migrate(store, to)
    except BrokenError:
        return False
    return True


def test_the_migrated_schema_is_the_declared_one(store: Store) -> None:
    """Alembic finds no difference between the tables in the code and those in the store."""
    with store.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert {
            name: sorted(str(check["name"]) for check in checks)
            for (_, name), checks in inspect(connection).get_multi_check_constraints().items()
            if checks
        } == {
            table.name: names
            for table in metadata.tables.values()
            if (names := sorted(_checks(table)))
        }


def _checks(table: object) -> list[str]:
    return [
        str(c.name)
        for c in table.constraints  # type: ignore[attr-defined]
        if type(c).__name__ == "CheckConstraint"
    ]


def test_tables_on_sqlite_are_strict(new_store: Callable[[str], str]) -> None:
    """SQLite refuses text in a column of numbers, as PostgreSQL does."""
    with open_store(new_store("sqlite")) as store, store.reading() as connection:
        loose = connection.execute(
            text("SELECT name FROM pragma_table_list WHERE strict = 0 AND schema = 'main'")
        ).scalars()
        assert {name for name in loose if not name.startswith("sqlite")} == {"alembic_version"}


def test_migrating_twice_changes_nothing(store: Store) -> None:
    """At head there is nothing to do, and the store says that it is at head."""
    migrate(store)
    assert revision(store) == head()
    assert at_head(store)


def test_a_store_that_was_never_migrated_is_not_at_head(bare_store_url: str) -> None:
    """The service can tell that it must not start yet."""
    with open_store(bare_store_url) as store:
        assert not at_head(store)


def test_the_guard_looks_back_as_far_as_a_use_may_last(store: Store) -> None:
    """The number in the SQL of the triggers, as they stand in the end, is the table's own."""
    guards = {
        "sqlite": "SELECT sql FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    }
    with store.reading() as connection:
        looks = [
            number
            for body in connection.execute(text(guards[store.dialect])).scalars()
            for number in re.findall(r"start_ts - (\d+)|\.at - (\d+)", body)
        ]
    assert {int(point or at) for point, at in looks} == {MAX_USE_SECONDS}
