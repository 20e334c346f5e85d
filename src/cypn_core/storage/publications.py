"""What was published, and when: tables that stay as they are until the next ones."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, select

from cypn_core.storage import tables
from cypn_core.storage.instants import to_epoch
from cypn_core.storage.upserts import insert_if_new


@frozen(kw_only=True)
class Publication:
    """A table as it was published on *day*."""

    name: str
    day: dt.date
    body: Any


@frozen
class Publications:
    """The publications of one transaction."""

    connection: Connection

    def last(self, name: str) -> Publication | None:
        """The newest publication of that name."""
        known = tables.publication.c
        chosen = select(tables.publication).where(known.name == name).order_by(known.day.desc())
        row = self.connection.execute(chosen.limit(1)).one_or_none()
        if row is None:
            return None
        day = dt.date.fromisoformat(row.day)
        return Publication(name=row.name, day=day, body=json.loads(row.body))

    def add(self, publication: Publication, at: dt.datetime) -> bool:
        """Store it; False when another machine has published for that day already."""
        row = {
            "name": publication.name,
            "day": publication.day.isoformat(),
            "at": to_epoch(at),
            "body": json.dumps(publication.body),
        }
        new = insert_if_new(self.connection, tables.publication, row)
        return bool(self.connection.execute(new).rowcount)
