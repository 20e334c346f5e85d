"""Closures, what they close, and the uses that stand for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, and_, insert, select, update

from cypn_core.domain.closures import Closure
from cypn_core.domain.errors import NotFound
from cypn_core.domain.ids import PostingId, ResourceId
from cypn_core.domain.times import Window
from cypn_core.storage import guard, tables
from cypn_core.storage.instants import from_epoch, to_epoch

CLOSED = "closed"


@frozen
class Closures:
    """The closures of one transaction."""

    connection: Connection

    def add(self, closure: Closure, resources: Collection[ResourceId]) -> None:
        """Store a closure of *resources*, one at least."""
        row = {
            "id": closure.id,
            "offer_id": closure.offer,
            "code": closure.code,
            "state": closure.state,
            "created": to_epoch(closure.created),
        }
        self.connection.execute(insert(tables.closure).values(row))
        spans = [
            {
                "closure_id": closure.id,
                "resource_id": resource,
                "start_ts": to_epoch(window.start),
                "end_ts": to_epoch(window.end),
            }
            for resource in sorted(resources)
            for window in closure.windows
        ]
        self.connection.execute(insert(tables.closure_span), spans)

    def get(self, closure: str) -> Closure:
        """The closure of that id.

        :raises NotFound: when there is none.
        """
        found = self._where(tables.closure.c.id == closure)
        if not found:
            raise NotFound
        return found[0]

    def of(self, offer: PostingId, after: str = "", limit: int | None = None) -> list[Closure]:
        """The closures of *offer* that stand, by id, from behind *after*."""
        known = tables.closure.c
        stands = and_(known.offer_id == offer, known.state == CLOSED, known.id > after)
        return self._where(stands, limit)

    def end(self, closure: str, state: str) -> None:
        """Let *closure* be in *state*, and free what it took."""
        known = tables.closure
        self.connection.execute(update(known).where(known.c.id == closure).values(state=state))
        mine = select(tables.closure_use.c.use_id).where(tables.closure_use.c.closure_id == closure)
        guard.release(self.connection, list(self.connection.execute(mine).scalars()))

    def took(self, closure: str, uses: Iterable[str]) -> None:
        """Keep that *uses* stand for *closure*."""
        rows = [{"closure_id": closure, "use_id": use} for use in uses]
        if rows:
            self.connection.execute(insert(tables.closure_use), rows)

    def meeting(self, resources: Collection[ResourceId], span: Window) -> list[Closure]:
        """The closures of any of *resources* that stand and meet *span*."""
        spans = tables.closure_span.c
        ids = select(spans.closure_id).where(_meets(resources, span))
        return self._where(and_(tables.closure.c.id.in_(ids), tables.closure.c.state == CLOSED))

    def resources(self, closure: str) -> list[ResourceId]:
        """What *closure* closes."""
        spans = tables.closure_span.c
        mine = select(spans.resource_id).where(spans.closure_id == closure).distinct()
        return [ResourceId(each) for each in self.connection.execute(mine).scalars()]

    def closed(
        self, resources: Collection[ResourceId], span: Window
    ) -> Mapping[ResourceId, Sequence[Window]]:
        """When each of *resources* is closed, where that meets *span*."""
        spans, known = tables.closure_span.c, tables.closure.c
        rows = self.connection.execute(
            select(spans.resource_id, spans.start_ts, spans.end_ts)
            .join(tables.closure, known.id == spans.closure_id)
            .where(known.state == CLOSED, _meets(resources, span))
        )
        found: dict[ResourceId, list[Window]] = defaultdict(list)
        for resource, start, end in rows:
            found[ResourceId(resource)].append(Window(from_epoch(start), from_epoch(end)))
        return found

    def _where(self, condition: Any, limit: int | None = None) -> list[Closure]:
        known = tables.closure.c
        rows = self.connection.execute(
            select(tables.closure).where(condition).order_by(known.id).limit(limit)
        ).all()
        windows = self._windows([row.id for row in rows])
        return [
            Closure(
                id=row.id,
                offer=PostingId(row.offer_id),
                code=row.code,
                windows=tuple(sorted(windows[row.id])),
                created=from_epoch(row.created),
                state=row.state,
            )
            for row in rows
        ]

    def _windows(self, closures: Collection[str]) -> Mapping[str, set[Window]]:
        spans = tables.closure_span.c
        rows = self.connection.execute(
            select(spans.closure_id, spans.start_ts, spans.end_ts).where(
                spans.closure_id.in_(closures)
            )
        )
        found: dict[str, set[Window]] = defaultdict(set)
        for closure, start, end in rows:
            found[closure].add(Window(from_epoch(start), from_epoch(end)))
        return found


def _meets(resources: Collection[ResourceId], span: Window) -> Any:
    spans = tables.closure_span.c
    return and_(
        spans.resource_id.in_(sorted(resources)),
        spans.start_ts < to_epoch(span.end),
        spans.end_ts > to_epoch(span.start),
    )
