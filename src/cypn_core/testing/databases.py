"""Databases of one test: made from a template, dropped with whoever is still connected."""

from __future__ import annotations

import psycopg
from psycopg import sql


def create_database(admin: str, name: str, template: str = "template0") -> str:
    """Make the database *name* beside the one at the URL *admin*; the URL of the new one."""
    _do(admin, "CREATE DATABASE {} TEMPLATE {}", name, template)
    return _beside(admin, name)


def drop_database(admin: str, name: str) -> None:
    """Drop the database *name*, and end the connections to it."""
    _do(admin, "DROP DATABASE {} WITH (FORCE)", name)


def _do(admin: str, statement: str, *names: str) -> None:
    plain = admin.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _beside(admin: str, name: str) -> str:
    """*admin* with another path: its user, host and options stay."""
    whole, question, options = admin.partition("?")
    return f"{whole.rsplit('/', 1)[0]}/{name}{question}{options}"
