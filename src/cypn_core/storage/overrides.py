"""What two people let through the gate for some days: proposed, confirmed, ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from attrs import frozen
from sqlalchemy import ColumnElement, Connection, exists, insert, select, update

from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.overrides import Override, Reason
from cypn_core.domain.standing import Check, CheckOutcome
from cypn_core.storage.instants import from_epoch, to_epoch
from cypn_core.storage.people_tables import gate_override

VERSION = "override"


@frozen
class Overrides:
    """The overrides of one transaction."""

    connection: Connection

    def add(self, new: Override) -> None:
        """Store a proposal."""
        self.connection.execute(
            insert(gate_override).values(
                id=new.id,
                organisation_id=new.organisation,
                role=new.role,
                reason=new.reason.value,
                days=new.days,
                proposed_by=new.proposed_by,
                proposed=to_epoch(new.proposed),
            )
        )

    def get(self, wanted: str) -> Override | None:
        """The override of that id."""
        found = self._chosen(gate_override.c.id == wanted)
        return found[0] if found else None

    def of(self, organisation: OrganisationId, role: str) -> list[Override]:
        """Those of *organisation* in *role* that were not ended, the latest first."""
        known = gate_override.c
        mine = (known.organisation_id == organisation, known.role == role, known.ended.is_(None))
        return self._chosen(*mine)

    def all(self) -> list[Override]:
        """All that there ever were, the latest first."""
        return self._chosen()

    def confirm(self, wanted: str, by: str, first: dt.date, last: dt.date) -> bool:
        """Let it be in force; False when it was confirmed or ended before."""
        known = gate_override.c
        waits = (known.id == wanted, known.confirmed_by.is_(None), known.ended.is_(None))
        values = {"confirmed_by": by, "first": first.isoformat(), "last": last.isoformat()}
        change = update(gate_override).where(*waits).values(**values)
        return bool(self.connection.execute(change).rowcount)

    def end(self, wanted: str, now: dt.datetime) -> bool:
        """End it at once; False when it was ended before."""
        known = gate_override.c
        mine = (known.id == wanted, known.ended.is_(None))
        change = update(gate_override).where(*mine).values(ended=to_epoch(now))
        return bool(self.connection.execute(change).rowcount)

    def _chosen(self, *conditions: ColumnElement[bool]) -> list[Override]:
        known = gate_override.c
        chosen = select(gate_override).where(*conditions)
        rows = self.connection.execute(chosen.order_by(known.proposed.desc(), known.id))
        return [_override(row) for row in rows]


def stood_in_for(connection: Connection, subjects: Iterable[str]) -> list[Check]:
    """The overrides of *subjects* as the checks that they stand in for."""
    known = gate_override.c
    confirmed = (known.organisation_id.in_(list(subjects)), known.first.is_not(None))
    rows = connection.execute(select(gate_override).where(*confirmed, known.ended.is_(None)))
    return [
        Check(
            subject=row.organisation_id,
            role=row.role,
            version=VERSION,
            outcome=CheckOutcome.PASSED,
            checker=row.confirmed_by,
            decided_on=dt.date.fromisoformat(row.first),
            expires_on=dt.date.fromisoformat(row.last),
            override=True,
        )
        for row in rows
    ]


def in_force(owner: Any, role: Any, day: dt.date) -> ColumnElement[bool]:
    """A condition: *owner*, a column, is let through in *role*, another, on *day*.

    The same rule as ``domain.standing.overridden``, where a test holds the two together.
    """
    let, today = gate_override.c, day.isoformat()
    return exists().where(
        let.organisation_id == owner,
        let.role == role,
        let.first <= today,
        let.last >= today,
        let.ended.is_(None),
    )


def _override(row: Any) -> Override:
    return Override(
        id=row.id,
        organisation=OrganisationId(row.organisation_id),
        role=row.role,
        reason=Reason(row.reason),
        days=row.days,
        proposed_by=row.proposed_by,
        proposed=from_epoch(row.proposed),
        confirmed_by=row.confirmed_by,
        first=row.first and dt.date.fromisoformat(row.first),
        last=row.last and dt.date.fromisoformat(row.last),
        ended=None if row.ended is None else from_epoch(row.ended),
    )
