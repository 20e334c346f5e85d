"""Optimistic locking: a row is replaced only where it still is what its writer read."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, Table, and_, update

from cypn_core.domain.errors import Changed


def replace(
    connection: Connection, table: Table, row: str, was: int, told: Mapping[str, object]
) -> None:
    """Store *told* in the row of that id, which was read at revision *was*.

    :raises Changed: when somebody else stored a revision since then.
    """
    same = and_(table.c.id == row, table.c.rev == was)
    if not connection.execute(update(table).where(same).values(**told)).rowcount:
        raise Changed("Somebody changed this since you read it: read it again.")
