"""A whole store as a file, by the means of its own makers; and back into a store without tables."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import inspect, text

from cypn_core.domain.errors import Conflict
from cypn_core.storage.engine import Store

PROGRAMS = Path("/usr/lib/postgresql")
"""Where Debian keeps each version's programs."""


def copy_out(store: Store, file: Path) -> None:
    """Write *store* as it is at one instant to *file*, while others go on writing.

    :raises Conflict: saying what to mend first.
    """
    if store.dialect == "sqlite":
        with closing(sqlite3.connect(_path(store), isolation_level=None)) as connection:
            connection.execute("VACUUM INTO ?", (str(file),)).close()
        return
    _run(store, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={file}")


def copy_in(store: Store, file: Path) -> None:
    """Fill *store* from *file*, all of it or nothing.

    :raises Conflict: when the file does not hold together, or the tools cannot do it.
    """
    if store.dialect == "sqlite":
        _holds_together(file)
        store.close()
        shutil.copyfile(file, landing := _path(store).with_name(f"{_path(store).name}.restoring"))
        with landing.open("rb") as landed:
            os.fsync(landed.fileno())
        landing.replace(_path(store))
        return
    strict = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges")
    _run(store, "pg_restore", *strict, str(file))


def must_be_bare(store: Store) -> None:
    """Refuse a store that has a table: what is there is never overwritten.

    :raises Conflict: saying so.
    """
    if store.dialect == "sqlite" and not _path(store).exists():
        if not _path(store).parent.is_dir():
            raise Conflict(f"There is no folder {_path(store).parent}: make it first.")
        return
    with store.reading() as connection:
        if inspect(connection).get_table_names():
            raise Conflict(
                "The store holds something already, and is left as it is: point CYPN_DATABASE_URL "
                "at a new one, which nobody has migrated yet."
            )


def _path(store: Store) -> Path:
    return Path(str(store.engine.url.database)).absolute()


def _holds_together(file: Path) -> None:
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
        try:
            found = connection.execute("PRAGMA integrity_check(3)").fetchall()
        except sqlite3.DatabaseError:
            found = []
    if found != [("ok",)]:
        raise Conflict("What is in the backup does not hold together. Nothing was restored.")


def _run(store: Store, tool: str, *options: str) -> None:
    """Run one of PostgreSQL's programs on *store*; the password is in no list of processes."""
    program = _program(store, tool)
    target, password = _address(store)
    done = subprocess.run(  # noqa: S603 - our own words and a path that we looked up
        [program, f"--dbname={target}", "--no-password", *options],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **({"PGPASSWORD": password} if password else {})},
    )
    if done.returncode:
        said = " ".join(done.stderr.split())[:500]
        raise Conflict(f"{tool} could not do it: {said}")


def _address(store: Store) -> tuple[str, str]:
    """Where *store* is as libpq reads it, and its password, which is not in that."""
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415 - an extra that SQLite does not need

    url = store.engine.url
    said = {**url.translate_connect_args(username="user", database="dbname"), **dict(url.query)}
    password = str(said.pop("password", "") or "")
    return make_conninfo(**said), password


def _program(store: Store, tool: str) -> str:
    """The newest *tool* on this machine.

    :raises Conflict: when there is none, or it is older than the server.
    """
    found = {_version(program): program for program in _programs(tool)}
    wanted = _server(store)
    if not found:
        raise Conflict(
            f"{tool} is not on this machine: install PostgreSQL's client programs, version "
            f"{wanted} or newer (Debian: apt install postgresql-client)."
        )
    if max(found) < wanted:
        raise Conflict(
            f"{tool} here is version {max(found)} and the server is {wanted}: install "
            f"PostgreSQL's client programs of version {wanted} or newer."
        )
    return found[max(found)]


def _programs(tool: str) -> list[str]:
    on_path = shutil.which(tool)
    return [*([on_path] if on_path else []), *map(str, sorted(PROGRAMS.glob(f"*/bin/{tool}")))]


def _version(program: str) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    number = re.search(r"\d+", said.stdout)
    return int(number[0]) if number else 0


def _server(store: Store) -> int:
    with store.reading() as connection:
        return int(connection.scalar(text("SHOW server_version_num")) or 0) // 10_000
