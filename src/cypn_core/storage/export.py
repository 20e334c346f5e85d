"""Everything that the store holds, row by row and without reading it into kinds.

What an exchange stored stays readable after its plugin is gone, because nothing here asks what a
body means. Secrets (digests of keys, links and feeds, the hub's own settings) and what only
machines need (leases, idempotency rows) are left out; where each reader of the log stands is not,
or all that ever happened would be told once more after an import.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, func, select

from cypn_core.storage import membership_tables, people_tables, tables

EXPORTED = {
    table.name: table
    for table in (
        tables.organisation,
        tables.opted_out,
        tables.practice,
        tables.standing,
        tables.posting,
        tables.resource,
        tables.exchange_round,
        tables.deal,
        tables.deal_need,
        tables.deal_offer,
        tables.use,
        tables.closure,
        tables.closure_span,
        tables.closure_use,
        tables.diary,
        tables.diary_span,
        tables.diary_use,
        tables.wake,
        tables.renewal,
        tables.season,
        tables.season_outcome,
        tables.event,
        tables.day_seal,
        tables.sealed_event,
        tables.seal_mail,
        tables.publication,
        tables.message,
        tables.mail,
        tables.mail_stop,
        tables.cursor,
        membership_tables.registration,
        membership_tables.check_request,
        membership_tables.contact_origin,
        membership_tables.complaint,
        membership_tables.letter,
        people_tables.staff,
        people_tables.gate_override,
    )
}
"""Table by name, in an order in which each refers only to those before it."""

TEXT_BODIES = frozenset({tables.message.name})
"""The tables whose ``body`` is plain text; that of the others is JSON."""


def counts(connection: Connection) -> Mapping[str, int]:
    """How many rows each exported table has."""
    return {
        name: connection.scalar(select(func.count()).select_from(table)) or 0
        for name, table in EXPORTED.items()
    }


def by_exchange(connection: Connection) -> Mapping[str, int]:
    """How many postings of each exchange are stored, whether it is installed or not."""
    known = tables.posting.c.exchange
    rows = connection.execute(select(known, func.count()).group_by(known).order_by(known))
    return {exchange: count for exchange, count in rows}  # noqa: C416 - dict() loses the types


def rows(connection: Connection) -> Iterator[dict[str, Any]]:
    """Each row with its ``table``; a JSON body as data, instants as seconds since 1970 UTC."""
    for name, table in EXPORTED.items():
        for row in connection.execute(select(table).order_by(*table.primary_key.columns)):
            yield {"table": name, **_plain(name, dict(row._mapping))}  # noqa: SLF001 - its public name


def _plain(name: str, row: dict[str, Any]) -> dict[str, Any]:
    if "body" not in row or name in TEXT_BODIES:
        return row
    return {**row, "body": json.loads(row["body"])}
