"""Which member has posted which code that may be rare, and since when; nothing of it is removed."""

from __future__ import annotations

import datetime as dt

from attrs import frozen
from sqlalchemy import Connection, and_, func, select

from cypn_core.domain.ids import OrganisationId
from cypn_core.storage import tables
from cypn_core.storage.instants import to_epoch
from cypn_core.storage.upserts import insert_if_new


@frozen
class Practices:
    """The practices of one transaction."""

    connection: Connection

    def add(self, organisation: OrganisationId, code: str, at: dt.datetime) -> None:
        """Keep that *organisation* shares *code* since *at*, unless it did before."""
        row = {"organisation_id": organisation, "code": code, "since": to_epoch(at)}
        self.connection.execute(insert_if_new(self.connection, tables.practice, row))

    def shared(self, code: str, before: dt.datetime, but: OrganisationId | None) -> int:
        """How many organisations shared *code* before an instant, *but* not counted."""
        known = tables.practice.c
        others = and_(known.code == code, known.since < to_epoch(before))
        if but is not None:
            others = and_(others, known.organisation_id != but)
        counted = select(func.count()).select_from(tables.practice).where(others)
        return self.connection.execute(counted).scalar_one()
