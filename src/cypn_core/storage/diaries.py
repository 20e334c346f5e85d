"""The calendars that holders imported: when they say busy, and the uses that stand for that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, and_, delete, insert, select

from cypn_core.domain.diaries import Diary
from cypn_core.domain.ids import PostingId, ResourceId
from cypn_core.domain.times import Window
from cypn_core.storage import guard, tables
from cypn_core.storage.instants import from_epoch, to_epoch
from cypn_core.storage.upserts import upsert


@frozen
class Diaries:
    """The diaries of one transaction."""

    connection: Connection

    def of(self, offer: PostingId) -> Diary:
        """The diary of *offer*; one without state where none was ever imported."""
        known = tables.diary
        row = self.connection.execute(select(known).where(known.c.offer_id == offer)).one_or_none()
        if row is None:
            return Diary(offer=offer)
        return Diary(
            offer=offer,
            state=row.state,
            revision=row.rev,
            at=from_epoch(row.at),
            events=row.events,
            dates=row.dates,
        )

    def replace(
        self, diary: Diary, resources: Collection[ResourceId], windows: Iterable[Window]
    ) -> None:
        """Let *diary* say that *resources* are busy in *windows*, in place of all it said before.

        What it took before is free from here on.
        """
        at = 0 if diary.at is None else to_epoch(diary.at)
        told = {"state": diary.state, "rev": diary.revision, "at": at}
        counts = {"events": diary.events, "dates": diary.dates}
        row = {"offer_id": diary.offer, **told, **counts}
        self.connection.execute(upsert(self.connection, tables.diary, row))
        mine = select(tables.diary_use.c.use_id).where(tables.diary_use.c.offer_id == diary.offer)
        guard.release(self.connection, list(self.connection.execute(mine).scalars()))
        for table in (tables.diary_span, tables.diary_use):
            self.connection.execute(delete(table).where(table.c.offer_id == diary.offer))
        spans = [
            {
                "offer_id": diary.offer,
                "resource_id": resource,
                "start_ts": to_epoch(window.start),
                "end_ts": to_epoch(window.end),
            }
            for window in windows
            for resource in sorted(resources)
        ]
        if spans:
            self.connection.execute(insert(tables.diary_span), spans)

    def took(self, offer: PostingId, uses: Iterable[str]) -> None:
        """Keep that *uses* stand for the diary of *offer*."""
        rows = [{"offer_id": offer, "use_id": use} for use in uses]
        if rows:
            self.connection.execute(insert(tables.diary_use), rows)

    def windows(self, offer: PostingId) -> list[Window]:
        """When the diary of *offer* says busy, by start."""
        spans = tables.diary_span.c
        rows = self.connection.execute(
            select(spans.start_ts, spans.end_ts)
            .distinct()
            .where(spans.offer_id == offer)
            .order_by(spans.start_ts)
        )
        return [Window(from_epoch(start), from_epoch(end)) for start, end in rows]

    def busy(
        self, resources: Collection[ResourceId], span: Window
    ) -> Mapping[ResourceId, Sequence[Window]]:
        """When diaries say that each of *resources* is busy, where that meets *span*."""
        found: dict[ResourceId, list[Window]] = defaultdict(list)
        for _, resource, window in self.meeting(resources, span):
            found[resource].append(window)
        return found

    def meeting(
        self, resources: Collection[ResourceId], span: Window
    ) -> list[tuple[PostingId, ResourceId, Window]]:
        """What diaries say of *resources*, where it meets *span*, with the offer of each."""
        spans = tables.diary_span.c
        meets: Any = and_(spans.start_ts < to_epoch(span.end), spans.end_ts > to_epoch(span.start))
        rows = self.connection.execute(
            select(tables.diary_span)
            .where(spans.resource_id.in_(sorted(resources)), meets)
            .order_by(spans.offer_id, spans.resource_id, spans.start_ts)
        )
        return [
            (
                PostingId(row.offer_id),
                ResourceId(row.resource_id),
                Window(from_epoch(row.start_ts), from_epoch(row.end_ts)),
            )
            for row in rows
        ]
