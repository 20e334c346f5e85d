"""Rows that refer to what is not there: the store refuses them, unless its guard was off."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Column, Connection, MetaData, func, select

from cypn_core.storage.tables import metadata

Reference = tuple[str, str, str, str]
"""Table and column, and the table and column that they refer to."""


def orphans(connection: Connection) -> Iterator[str]:
    """A sentence for each reference that leads nowhere, however that came.

    Looks at what the code declares and at what the store has: either may lack one of the other's.
    """
    found = MetaData()
    found.reflect(connection)
    for table, column, other, key in sorted(_references(found) | _references(metadata)):
        own, there = found.tables[table].c[column], found.tables[other].alias("there").c[key]
        if count := _lost(connection, own, there):
            yield f"{count} rows of {table}: their {column} is nowhere"


def _references(tables: MetaData) -> set[Reference]:
    return {
        (table.name, each.parent.name, each.column.table.name, each.column.name)
        for table in tables.tables.values()
        for each in table.foreign_keys
    }


def _lost(connection: Connection, own: Column[str], there: Column[str]) -> int:
    joined = own.table.outerjoin(there.table, own == there)
    lost = own.is_not(None) & there.is_(None)
    return connection.scalar(select(func.count()).select_from(joined).where(lost)) or 0
