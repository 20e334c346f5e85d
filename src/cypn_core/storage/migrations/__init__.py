"""The schema's history, run by cypn itself and shipped with it.

There is no ``env.py`` and no ``alembic.ini``: the store that is open is the only configuration.
To add a migration write ``versions/mNNNN_name.py`` beside the first one, with statements that both
stores understand; ``tests/integration/test_migrations.py`` then fails it at every statement, on a
store with data at the revision before.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from cypn_core.storage.engine import Store

HERE = Path(__file__).parent

_LOCK = 0x6379706E
"""The advisory lock of those who migrate ("cypn" in ASCII)."""


def migrate(store: Store, to: str = "head") -> None:
    """Bring *store* to `head`, or to an older revision than that; nothing happens when it is there.

    One transaction does all of it, on SQLite too: after a failure the store is as it was.
    """
    with store.writing() as connection:
        if store.dialect == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        _run(connection, to)


def revisions() -> list[str]:
    """Every revision, the first one first."""
    return [script.revision for script in _scripts().walk_revisions()][::-1]


def head() -> str:
    """The newest revision that this version of cypn knows."""
    return str(_scripts().get_current_head())


def revision(store: Store) -> str | None:
    """The revision that *store* is at; None when it was never migrated."""
    with store.reading() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def at_head(store: Store) -> bool:
    """Whether the service may start on *store*."""
    return revision(store) == head()


def statements(path: Path) -> list[str]:
    """The SQL statements of a file in which an empty line parts them."""
    return [part.strip() for part in path.read_text(encoding="utf-8").split("\n\n")]


def _run(connection: Connection, to: str) -> None:
    scripts = _scripts()
    with EnvironmentContext(Config(), scripts, fn=_upgrade(scripts, to)) as environment:
        environment.configure(connection=connection, transactional_ddl=True)
        environment.run_migrations()


def _upgrade(scripts: ScriptDirectory, to: str) -> Callable[[Any, Any], Any]:
    # alembic.command.upgrade does the same; the public API has no other way past env.py.
    return lambda current, _context: scripts._upgrade_revs(to, current)  # noqa: SLF001


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(HERE))
