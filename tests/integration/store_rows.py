"""The least that must be in a store before something can be used."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, insert, text

from cypn_core.storage.engine import Store
from cypn_core.storage.guard import UseRow
from cypn_core.storage.tables import organisation, resource

OWNER = "owner"


def add_resources(
    connection: Connection, capacities: dict[str, int], *, untimed: Iterable[str] = ()
) -> None:
    """Resources of these capacities, all of one organisation."""
    connection.execute(insert(organisation).values(id=OWNER, body="{}", created=0))
    for name, capacity in capacities.items():
        timed = int(name not in set(untimed))
        connection.execute(
            insert(resource).values(id=name, organisation_id=OWNER, capacity=capacity, timed=timed)
        )


def a_use(
    resource_id: str = "thing", start: int | None = 0, end: int | None = 10, **more: Any
) -> UseRow:
    """A confirmed use of one, unless told otherwise."""
    told: dict[str, Any] = {
        "id": uuid4().hex,
        "qty": 1,
        "status": "confirmed",
        "purpose": "deal",
    } | more
    return UseRow(resource_id=resource_id, start_ts=start, end_ts=end, **told)


def drop_guard(store: Store) -> None:
    """Take the triggers away, for a control: nothing then refuses a use, nor lines writers up."""
    statements = {
        "postgresql": [
            "DROP TRIGGER use_turn ON use",
            "DROP TRIGGER use_guard ON use",
            "DROP TRIGGER resource_guard ON resource",
        ],
        "sqlite": [
            "DROP TRIGGER use_guard_insert",
            "DROP TRIGGER use_guard_update",
            "DROP TRIGGER resource_capacity",
        ],
    }
    with store.writing() as connection:
        for statement in statements[store.dialect]:
            connection.execute(text(statement))
