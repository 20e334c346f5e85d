"""A backup holds all of a store, shows when it is damaged, and comes back verified."""

from __future__ import annotations

import json
import multiprocessing
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert, select, text
from tests.integration.store_rows import OWNER, add_resources

import cypn_region_northshire.plugin as northshire
from cypn_core.application.network import utc_now
from cypn_core.domain.errors import Conflict, CypnError
from cypn_core.hub import Hub
from cypn_core.storage import copies, tables
from cypn_core.storage.backup import backup, restore_backup
from cypn_core.storage.engine import Store, open_store
from cypn_core.storage.export import rows
from cypn_core.storage.migrations import head, migrate
from cypn_core.testing.databases import create_database, drop_database
from cypn_core.testing.town import Town
from cypn_services.cli import main
from cypn_venue_bank import plugin as venue_bank

WRITERS, EACH = 4, 40
INTO_USE = "INSERT INTO use (id, resource_id, qty, status, purpose, start_ts, end_ts) VALUES"


@pytest.fixture
def bare(store: Store, request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """The address of a store of the same kind that nobody migrated."""
    if store.dialect == "sqlite":
        yield f"sqlite:///{tmp_path}/restored.sqlite3"
        return
    admin, name = request.getfixturevalue("postgresql_server"), f"cypn_back_{os.getpid()}"
    yield create_database(admin, name)
    drop_database(admin, name)


def cypn(url: str, *words: str) -> Result:
    environment = {
        "CYPN_DATABASE_URL": url,
        "CYPN_REGION": "northshire",
        "CYPN_PLUGINS": "venue_bank,region_northshire",
    }
    return CliRunner(env=environment).invoke(main, words)


def url_of(store: Store) -> str:
    return store.engine.url.render_as_string(hide_password=False)


def filled(store: Store) -> None:
    town = Town.on(store, Hub.of(venue_bank, northshire), utc_now())
    town.member("Cedar", "holder", place="Norchester")
    town.member("Amber", "seeker", place="Norchester")


def everything(store: Store) -> list[dict[str, Any]]:
    with store.reading() as connection:
        return list(rows(connection))


def add_resource(store: Store, name: str) -> None:
    row = {"id": name, "organisation_id": OWNER, "capacity": 1, "timed": 1}
    store.transact(lambda c: c.execute(insert(tables.resource).values(**row)))


def test_what_was_backed_up_comes_back_and_is_sound(
    store: Store, bare: str, tmp_path: Path
) -> None:
    """Row for row, into a new store; the file can be read by its owner alone."""
    filled(store)
    file = tmp_path / "network.cypn"
    assert cypn(url_of(store), "backup", str(file)).exit_code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    done = cypn(bare, "restore", str(file), "--verify", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["flaws"] == []
    assert told["counts"]["organisation"] == 2
    with open_store(bare) as restored:
        assert everything(restored) == everything(store)


def test_nothing_that_is_there_is_overwritten(store: Store, tmp_path: Path) -> None:
    """Neither a store that has tables, not even an empty one, nor a file of an earlier backup."""
    filled(store)
    file = tmp_path / "network.cypn"
    backup(store, file)
    before, kept = everything(store), file.read_bytes()
    refused = cypn(url_of(store), "restore", str(file), "--verify")
    assert refused.exit_code == 1
    assert "left as it is" in refused.stderr
    assert everything(store) == before
    with pytest.raises(Conflict, match="there already"):
        backup(store, file)
    assert file.read_bytes() == kept


def flipped(at: float) -> Callable[[bytes], bytes]:
    def flip(whole: bytes) -> bytes:
        place = min(int(len(whole) * at), len(whole) - 1)
        return whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]

    return flip


@pytest.mark.parametrize(
    "damage",
    [
        *map(flipped, (0, 0.0002, 0.001, 0.3, 0.7, 1)),
        lambda whole: whole[:-1],
        lambda whole: whole[:50],
        lambda whole: whole + b"x",
    ],
    ids=["first", "label", "start", "middle", "late", "last", "cut", "stump", "longer"],
)
def test_a_damaged_backup_is_refused_and_nothing_is_made(
    store: Store, bare: str, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    """One flipped bit anywhere, or an end that is missing: one line, exit 1, and no store."""
    file = tmp_path / "network.cypn"
    backup(store, file)
    file.write_bytes(damage(file.read_bytes()))
    with open_store(bare) as target:
        with pytest.raises(CypnError, match="damaged"):
            restore_backup(target, file)
        copies.must_be_bare(target)
    done = cypn(bare, "restore", str(file))
    assert done.exit_code == 1
    assert "Traceback" not in done.output
    assert sorted(each.name for each in tmp_path.glob(".cypn-*")) == []


def _write(url: str, writer: int, ready: Any) -> None:
    with open_store(url) as store:
        for at in range(EACH):
            add_resource(store, f"{writer:02}-{at:04}")
            ready.put(f"{writer:02}-{at:04}")


def test_a_backup_under_four_writers_lacks_nothing_acknowledged_before(
    store: Store, bare: str, tmp_path: Path
) -> None:
    """Each writer's rows are there without a gap, up to the last it was told of or beyond."""
    store.transact(lambda c: add_resources(c, {}))
    start = multiprocessing.get_context("spawn")
    told = start.Queue()
    writers = [
        start.Process(target=_write, args=(url_of(store), each, told)) for each in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    acknowledged = {told.get(timeout=30) for _ in range(WRITERS * EACH // 4)}
    backup(store, tmp_path / "network.cypn")
    rest = {told.get(timeout=30) for _ in range(WRITERS * EACH - len(acknowledged))}
    for each in writers:
        each.join(60)
    with open_store(bare) as restored:
        restore_backup(restored, tmp_path / "network.cypn")
        with restored.reading() as connection:
            kept = set(connection.execute(select(tables.resource.c.id)).scalars())
    assert acknowledged <= kept <= acknowledged | rest
    for number in range(WRITERS):
        mine = sorted(name for name in kept if name.startswith(f"{number:02}-"))
        assert mine == [f"{number:02}-{at:04}" for at in range(len(mine))]


def test_an_old_backup_is_brought_to_this_schema(
    store: Store, bare: str, tmp_path: Path, bare_store_url: str
) -> None:
    """A backup of the schema of years ago is restored, migrated and verified."""
    with open_store(bare_store_url) as old:
        if old.dialect != store.dialect:
            return
        migrate(old, "0012")
        backup(old, tmp_path / "old.cypn")
    done = cypn(bare, "restore", str(tmp_path / "old.cypn"), "--verify", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["schema_of_backup"] == "0012"
    with open_store(bare) as restored, restored.reading() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == head()


def test_a_store_that_somebody_wrote_around_the_guard_is_called_unsound(
    store: Store, bare: str, tmp_path: Path
) -> None:
    """Two uses of one thing at once and a use of nothing: both are named, exit code 1."""
    store.transact(lambda c: add_resources(c, {"thing": 1}))
    _unguarded(
        store,
        *(
            f"{INTO_USE} ('{name}', '{resource}', 1, 'confirmed', 'existing', 3600, 7200)"
            for name, resource in (("one", "thing"), ("two", "thing"), ("three", "nothing"))
        ),
    )
    backup(store, tmp_path / "bad.cypn")
    done = cypn(bare, "restore", str(tmp_path / "bad.cypn"), "--verify", "--json")
    assert done.exit_code == 1, done.output
    flaws = " ".join(json.loads(done.stdout)["flaws"])
    assert "thing is used beyond its capacity" in flaws
    assert "resource_id is nowhere" in flaws


def _unguarded(store: Store, *statements: str) -> None:
    """Write as somebody would who switched the store's guards off."""
    with store.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        if store.dialect == "sqlite":
            raw.execute("PRAGMA foreign_keys = OFF")
            guards = raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            statements = (*(f"DROP TRIGGER {name}" for (name,) in guards), *statements)
        else:
            statements = (
                "SET session_replication_role = replica",
                "ALTER TABLE use DROP CONSTRAINT use_resource_id_fk",
                *statements,
            )
        for statement in statements:
            raw.execute(statement)
        raw.commit()


def test_missing_and_old_tools_are_told_apart(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL needs its own programs: which, and which version, is in the message."""
    if store.dialect != "postgresql":
        pytest.skip("SQLite needs none")
    monkeypatch.setattr(copies, "_programs", lambda tool: [])
    with pytest.raises(Conflict, match="pg_dump is not on this machine: install"):
        backup(store, tmp_path / "a.cypn")
    monkeypatch.setattr(copies, "_programs", lambda tool: ["pg_dump"])
    monkeypatch.setattr(copies, "_version", lambda program: 9)
    with pytest.raises(Conflict, match="version 9 and the server is"):
        backup(store, tmp_path / "a.cypn")


def test_a_backup_goes_back_into_its_own_kind_of_store(
    new_store: Callable[[str], str], postgresql_server: str, tmp_path: Path
) -> None:
    """The other kind is refused, and the message says how to go over."""
    with open_store(new_store("sqlite")) as one:
        backup(one, tmp_path / "a.cypn")
    with open_store(postgresql_server) as other, pytest.raises(Conflict, match="cypn import"):
        restore_backup(other, tmp_path / "a.cypn")
