"""The uses of a deal, behind the guard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from attrs import frozen
from sqlalchemy import Connection, select

from cypn_core.domain.ids import DealId, ResourceId
from cypn_core.domain.times import Window
from cypn_core.storage import guard, tables
from cypn_core.storage.instants import to_epoch


@frozen(kw_only=True)
class Use:
    """A quantity of a resource, for *window* or, where it has no time, for good.

    *purpose* is deal, buffer, closure or existing.
    """

    id: str
    resource: ResourceId
    window: Window | None
    quantity: int = 1
    purpose: str = "deal"


@frozen
class Uses:
    """The uses of one transaction."""

    connection: Connection

    def occupy(self, uses: Iterable[Use], deal: DealId | None, now: dt.datetime) -> None:
        """Store *uses* as confirmed: all of them, or none. Stale holds end first.

        :raises Taken: when somebody else was first.
        """
        rows = [_row(use, deal) for use in uses]
        guard.expire_holds(self.connection, [row.resource_id for row in rows], to_epoch(now))
        guard.occupy(self.connection, rows)

    def release(self, deal: DealId) -> int:
        """Cancel the live uses of *deal*; how many they were."""
        known = tables.use.c
        mine = select(known.id).where(known.deal_id == deal)
        return guard.release(self.connection, list(self.connection.execute(mine).scalars()))


def _row(use: Use, deal: DealId | None) -> guard.UseRow:
    start = None if use.window is None else to_epoch(use.window.start)
    end = None if use.window is None else to_epoch(use.window.end)
    return guard.UseRow(
        id=use.id,
        resource_id=use.resource,
        qty=use.quantity,
        status="confirmed",
        purpose=use.purpose,
        start_ts=start,
        end_ts=end,
        deal_id=deal,
    )
