"""The calendar feeds that members have given out: of each its digest, never its token."""

from __future__ import annotations

import datetime as dt
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, and_, insert, select, update

from cypn_core.domain.ids import OrganisationId
from cypn_core.storage import tables
from cypn_core.storage.instants import from_epoch, to_epoch


@frozen(kw_only=True)
class StoredFeed:
    """One subscriber's feed; *label* says whose calendar reads it."""

    id: str
    organisation: OrganisationId
    digest: str
    label: str
    created: dt.datetime


@frozen
class Feeds:
    """The feeds of one transaction."""

    connection: Connection

    def add(self, feed: StoredFeed) -> None:
        """Store a new feed."""
        self.connection.execute(
            insert(tables.calendar_feed).values(
                id=feed.id,
                organisation_id=feed.organisation,
                digest=feed.digest,
                label=feed.label,
                created=to_epoch(feed.created),
            )
        )

    def with_digest(self, digest: str) -> StoredFeed | None:
        """The feed in force with that digest."""
        found = self._where(tables.calendar_feed.c.digest == digest)
        return found[0] if found else None

    def of(self, owner: OrganisationId) -> list[StoredFeed]:
        """The feeds of *owner* that are in force, the oldest first."""
        return self._where(tables.calendar_feed.c.organisation_id == owner)

    def revoke(self, owner: OrganisationId, feed: str, now: dt.datetime) -> bool:
        """Revoke a feed at once; False when *owner* has none in force with that id."""
        known = tables.calendar_feed
        mine = and_(known.c.id == feed, known.c.organisation_id == owner, known.c.revoked.is_(None))
        change = update(known).where(mine).values(revoked=to_epoch(now))
        return bool(self.connection.execute(change).rowcount)

    def _where(self, condition: Any) -> list[StoredFeed]:
        known = tables.calendar_feed
        rows = self.connection.execute(
            select(known)
            .where(condition, known.c.revoked.is_(None))
            .order_by(known.c.created, known.c.id)
        )
        return [
            StoredFeed(
                id=row.id,
                organisation=OrganisationId(row.organisation_id),
                digest=row.digest,
                label=row.label,
                created=from_epoch(row.created),
            )
            for row in rows
        ]
