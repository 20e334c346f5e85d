"""Complaints and their answers, as they are kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, delete, insert, select, true, update

from cypn_core.domain.complaints import About, Complaint
from cypn_core.domain.errors import NotFound
from cypn_core.domain.ids import OrganisationId
from cypn_core.storage.instants import from_epoch, to_epoch
from cypn_core.storage.membership_tables import complaint


@frozen
class Complaints:
    """The complaints of one transaction."""

    connection: Connection

    def add(self, new: Complaint) -> None:
        """Store a new one."""
        self.connection.execute(
            insert(complaint).values(
                id=new.id,
                number=new.number,
                organisation_id=new.organisation,
                email=new.email,
                about=new.about.value,
                state=new.state,
                created=to_epoch(new.created),
                due=new.due.isoformat(),
                said=new.said,
                answer="",
            )
        )

    def get(self, wanted: str) -> Complaint:
        """The one of that id.

        :raises NotFound: when there is none.
        """
        found = self._where(complaint.c.id == wanted)
        if not found:
            raise NotFound("There is no complaint under that id.")
        return found[0]

    def all(self) -> list[Complaint]:
        """Every one, the oldest first."""
        return self._where(true())

    def of(self, organisation: OrganisationId) -> list[Complaint]:
        """Those of *organisation*, the oldest first."""
        return self._where(complaint.c.organisation_id == organisation)

    def answer(self, wanted: str, answer: str, now: dt.datetime) -> bool:
        """Store the answer of an open one; False when it is not open."""
        mine = (complaint.c.id == wanted, complaint.c.state == "open")
        values = {"state": "answered", "answer": answer, "answered": to_epoch(now)}
        return bool(self.connection.execute(update(complaint).where(*mine).values(values)).rowcount)

    def erase(self, organisation: OrganisationId, *emails: str) -> None:
        """Take the texts out of what *organisation* and the people at *emails* complained of."""
        gone = {"state": "erased", "said": "", "answer": "", "email": None}
        for mine in (complaint.c.organisation_id == organisation, complaint.c.email.in_(emails)):
            self.connection.execute(update(complaint).where(mine).values(gone))

    def purge(self, before: dt.datetime) -> int:
        """Delete those that were answered or erased and came before then."""
        old = (complaint.c.state != "open", complaint.c.created < to_epoch(before))
        return self.connection.execute(delete(complaint).where(*old)).rowcount

    def _where(self, condition: Any) -> list[Complaint]:
        known = complaint
        rows = self.connection.execute(
            select(known).where(condition).order_by(known.c.created, known.c.id)
        )
        return [_complaint(row) for row in rows]


def _complaint(row: Any) -> Complaint:
    owner = row.organisation_id
    return Complaint(
        id=row.id,
        number=row.number,
        organisation=None if owner is None else OrganisationId(owner),
        email=row.email,
        about=About(row.about),
        state=row.state,
        created=from_epoch(row.created),
        due=dt.date.fromisoformat(row.due),
        said=row.said,
        answered=None if row.answered is None else from_epoch(row.answered),
        answer=row.answer,
    )
