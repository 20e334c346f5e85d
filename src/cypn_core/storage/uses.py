"""The uses of a deal, behind the guard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from attrs import evolve, frozen
from sqlalchemy import Connection, select

from cypn_core.domain.ids import DealId, ResourceId
from cypn_core.domain.times import Window
from cypn_core.storage import buffers, guard, tables
from cypn_core.storage.instants import from_epoch, to_epoch


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


@frozen(kw_only=True)
class Spent:
    """A live use of a timed resource, as reports count it; *purpose* is that of `Use`."""

    resource: ResourceId
    window: Window
    quantity: int
    purpose: str


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

    def queue(self, resources: Iterable[ResourceId]) -> None:
        """Let nobody else take or free any of *resources* until this transaction ends."""
        known = tables.resource.c.id
        mine = select(known).where(known.in_(sorted(set(resources)))).order_by(known)
        self.connection.execute(mine.with_for_update()).all()

    def spent(self, resources: Iterable[ResourceId], span: Window) -> list[Spent]:
        """The live uses of *resources* that meet *span*, by resource and start."""
        known = tables.use.c
        rows = self.connection.execute(
            select(known.resource_id, known.start_ts, known.end_ts, known.qty, known.purpose)
            .where(known.resource_id.in_(sorted(set(resources))), known.status.in_(tables.LIVE))
            .where(known.start_ts < to_epoch(span.end), known.end_ts > to_epoch(span.start))
            .order_by(known.resource_id, known.start_ts, known.id)
        )
        return [
            Spent(
                resource=ResourceId(resource),
                window=Window(from_epoch(start), from_epoch(end)),
                quantity=quantity,
                purpose=purpose,
            )
            for resource, start, end, quantity, purpose in rows
        ]

    def deals_on(self, resources: Iterable[ResourceId], span: Window) -> list[DealId]:
        """The deals with a live use of any of *resources* that meets *span*."""
        known = tables.use.c
        found = self.connection.execute(
            select(known.deal_id)
            .distinct()
            .where(known.resource_id.in_(sorted(set(resources))), known.status.in_(tables.LIVE))
            .where(known.start_ts < to_epoch(span.end), known.end_ts > to_epoch(span.start))
            .where(known.deal_id.is_not(None))
            .order_by(known.deal_id)
        )
        return [DealId(each) for each in found.scalars()]

    def hold(self, uses: Iterable[Use], deal: DealId, now: dt.datetime, until: dt.datetime) -> None:
        """Keep *uses* free for *deal* until then: all of them, or none. Stale holds end first.

        :raises Taken: when somebody else was first.
        """
        rows = [evolve(_row(use, deal), status="held", expires=to_epoch(until)) for use in uses]
        guard.expire_holds(self.connection, [row.resource_id for row in rows], to_epoch(now))
        guard.occupy(self.connection, rows)

    def drop_holds(self, deal: DealId, but: Collection[Window]) -> int:
        """Give up what is held for *deal*, not what is confirmed; how many uses that were.

        What is suspended at *but*, its own windows, is held as well and stays.
        """
        known = tables.use.c
        mine = select(known.id).where(known.deal_id == deal, known.status == "held")
        held = set(self.connection.execute(mine).scalars()) - set(self._at(deal, but))
        return guard.release(self.connection, held)

    def suspend(self, deal: DealId, windows: Collection[Window], until: dt.datetime) -> None:
        """Let what *deal* uses at *windows* occupy until then only, and no longer be certain."""
        guard.suspend(self.connection, self._at(deal, windows), to_epoch(until))

    def restore(self, deal: DealId, windows: Collection[Window]) -> None:
        """Confirm again what is suspended at *windows*.

        :raises Conflict: when it has ended in the meantime.
        """
        guard.confirm(self.connection, self._at(deal, windows))

    def free(
        self,
        deal: DealId,
        windows: Collection[Window],
        resources: Collection[ResourceId] | None = None,
    ) -> int:
        """Cancel the live uses of *deal* at *windows*, buffers included; how many they were.

        Where *resources* are given, of those only.
        """
        return guard.release(self.connection, self._at(deal, windows, resources))

    def free_untimed(self, deal: DealId, resources: Collection[ResourceId]) -> int:
        """Cancel what *deal* uses, without a time, of *resources*; how many uses they were."""
        known = tables.use.c
        mine = select(known.id).where(known.deal_id == deal, known.start_ts.is_(None))
        mine = mine.where(known.resource_id.in_(sorted(resources)))
        return guard.release(self.connection, list(self.connection.execute(mine).scalars()))

    def _at(
        self,
        deal: DealId,
        windows: Collection[Window],
        resources: Collection[ResourceId] | None = None,
    ) -> list[str]:
        """The live uses of *deal* at *windows*, each with its buffers and no other's."""
        known = tables.use.c
        rows = self.connection.execute(
            select(
                known.id, known.resource_id, known.qty, known.purpose, known.start_ts, known.end_ts
            )
            .where(known.deal_id == deal, known.start_ts.is_not(None))
            .where(known.status.in_(tables.LIVE))
        )
        found = [
            buffers.TimedUse(
                id=use, resource=resource, quantity=quantity, buffer=purpose == "buffer",
                start=start, end=end,
            )
            for use, resource, quantity, purpose, start, end in rows
            if resources is None or resource in resources
        ]  # fmt: skip
        return buffers.at(found, {to_epoch(window.start) for window in windows})

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
