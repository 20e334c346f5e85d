"""Import: what `cypn_core.storage.export` wrote, into an empty store of either kind.

All of it or nothing, in one transaction. The store's own triggers and foreign keys judge every row
as if it were new, and `flaws` looks at what they cannot see.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from cypn_core.domain.deals import DealState
from cypn_core.domain.errors import Conflict, Invalid
from cypn_core.storage import events, tables
from cypn_core.storage.export import EXPORTED, TEXT_BODIES, counts

Row = Mapping[str, Any]
BATCH = 500


def restore(connection: Connection, rows: Iterable[Row]) -> Mapping[str, int]:
    """Store *rows*, each with its ``table``; how many each table then has.

    :raises Conflict: when the store is not empty, or the rows contradict each other.
    :raises Invalid: naming the line of a row that is none of this version's.
    """
    if filled := [name for name, count in counts(connection).items() if count]:
        raise Conflict(
            f"The store is not empty (it has {', '.join(filled)}): import into a new one."
        )
    found = _by_table(rows)
    for name, table in EXPORTED.items():
        _fill(connection, table, found[name])
    _count_on(connection)
    _keep_revisions(connection, found[tables.resource.name])
    events.rebase(connection)
    if wrong := list(flaws(connection)):
        raise Conflict(f"The file contradicts itself: {'; '.join(wrong[:3])}. Nothing was stored.")
    return counts(connection)


def flaws(connection: Connection) -> Iterator[str]:
    """What in the store cannot be, in plain words: nothing, unless somebody wrote around us."""
    yield from _deals_unlike_their_columns(connection)
    yield from _uses_of_ended_deals(connection)
    yield from _crowded(connection)


def _by_table(rows: Iterable[Row]) -> Mapping[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line, row in enumerate(rows, 1):
        table = EXPORTED.get(str(row.get("table")))
        if table is None or set(row) != {"table", *table.columns.keys()}:
            raise Invalid({f"line {line}": ["is no row of this version: export with this one"]})
        found[table.name].append({name: _cell(table, name, row[name]) for name in table.c.keys()})  # noqa: SIM118
    return found


def _cell(table: Table, column: str, value: Any) -> Any:
    if column == "body" and table.name not in TEXT_BODIES:
        return json.dumps(value)
    return value


def _fill(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert *rows*; those that refer to others of the same table come last."""
    own = [fk.parent.name for fk in table.foreign_keys if fk.column.table is table]
    ordered = sorted(rows, key=lambda row: any(row[name] is not None for name in own))
    try:
        for at in range(0, len(ordered), BATCH):
            connection.execute(insert(table), ordered[at : at + BATCH])
    except DBAPIError:
        raise Conflict(
            f"A row of {table.name} does not fit: it is there twice, refers to what is not there, "
            "holds a wrong value, or uses more than there is. Nothing was stored."
        ) from None


def _count_on(connection: Connection) -> None:
    """Let the next event have the next number; SQLite does so by itself."""
    if connection.dialect.name == "postgresql":
        last = select(func.max(tables.event.c.seq)).scalar_subquery()
        sequence = func.pg_get_serial_sequence("event", "seq")
        connection.execute(select(func.setval(sequence, func.coalesce(last, 1), last.is_not(None))))


def _keep_revisions(connection: Connection, resources: Iterable[Row]) -> None:
    """PostgreSQL's guard counts a resource's uses in its revision: put the old ones back."""
    known = tables.resource
    for row in resources:
        connection.execute(update(known).where(known.c.id == row["id"]).values(rev=row["rev"]))


def _deals_unlike_their_columns(connection: Connection) -> Iterator[str]:
    known = tables.deal.c
    for row in connection.execute(select(known.id, known.state, known.rev, known.body)):
        body = json.loads(row.body)
        if (body.get("state"), body.get("revision")) != (row.state, row.rev):
            yield f"deal {row.id} is {row.state} and says something else of itself"


def _uses_of_ended_deals(connection: Connection) -> Iterator[str]:
    use, deal = tables.use.c, tables.deal.c
    ended = [state.value for state in DealState if not state.live]
    live = select(use.id, deal.state).join(tables.deal, deal.id == use.deal_id)
    for row in connection.execute(live.where(use.status == "confirmed", deal.state.in_(ended))):
        yield f"use {row.id} stands although its deal is {row.state}"


def _crowded(connection: Connection) -> Iterator[str]:
    """The resources with more in use at some instant than there is."""
    use, resource = tables.use.c, tables.resource.c
    rows = connection.execute(
        select(use.resource_id, use.start_ts, use.end_ts, use.qty, resource.capacity)
        .join(tables.resource, resource.id == use.resource_id)
        .where(use.status.in_(tables.LIVE))
    )
    changes: dict[str, list[tuple[int, int]]] = defaultdict(list)
    capacity: dict[str, int] = {}
    for name, start, end, quantity, limit in rows:
        capacity[name] = limit
        changes[name].append((start or 0, quantity))
        if end is not None:
            changes[name].append((end, -quantity))
    for name, moves in sorted(changes.items()):
        if _peak(moves) > capacity[name]:
            yield f"resource {name} is used beyond its capacity"


def _peak(moves: Iterable[tuple[int, int]]) -> int:
    """The most at once; at one instant ends come before starts, since windows are half-open."""
    now = most = 0
    for _, change in sorted(moves):
        now += change
        most = max(most, now)
    return most
