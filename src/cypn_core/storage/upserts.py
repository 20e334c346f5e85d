"""INSERT … ON CONFLICT: the same words in both stores, from two places of SQLAlchemy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Insert = postgresql.Insert | sqlite.Insert


def upsert(
    connection: Connection,
    table: Table,
    values: Mapping[str, Any],
    *,
    only_if: Callable[[Any], Any] | None = None,
) -> Insert:
    """Insert *values*, or change the row of the same primary key.

    *only_if* gets the columns of the new row and gives the condition under which an existing row
    is changed; where it does not hold the result's ``rowcount`` is 0.
    """
    new = _insert(connection, table).values(dict(values))
    keys = [column.name for column in table.primary_key]
    changed = {name: new.excluded[name] for name in values if name not in keys}
    condition = only_if(new.excluded) if only_if else None
    return new.on_conflict_do_update(index_elements=keys, set_=changed, where=condition)


def insert_if_new(connection: Connection, table: Table, values: Mapping[str, Any]) -> Insert:
    """Insert *values* unless such a row is there; the result's ``rowcount`` says which it was.

    Waits for another transaction that is inserting the same one. Look first where the table is
    ``resource``, and never for ``use``: SQLite's guard refuses a known id before any conflict is
    looked at.
    """
    return _insert(connection, table).values(dict(values)).on_conflict_do_nothing()


def _insert(connection: Connection, table: Table) -> Insert:
    # SQLAlchemy forgets how many rows an INSERT wrote, unless it is asked to remember.
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).execution_options(preserve_rowcount=True)
    return sqlite.insert(table).execution_options(preserve_rowcount=True)
