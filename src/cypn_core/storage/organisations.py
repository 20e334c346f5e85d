"""Who the members are, what they have passed, and which exchanges they have switched off."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping

from attrs import frozen
from sqlalchemy import ColumnElement, Connection, and_, delete, exists, insert, or_, select

from cypn_core.domain.errors import NotFound
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.organisations import Organisation, Profile
from cypn_core.domain.standing import Check, CheckOutcome
from cypn_core.storage import revisions, tables
from cypn_core.storage.instants import from_epoch, to_epoch
from cypn_core.storage.overrides import in_force, stood_in_for
from cypn_core.wire.converter import Converter


@frozen
class Organisations:
    """The organisations of one transaction."""

    connection: Connection
    converter: Converter

    def add(self, organisation: Organisation) -> None:
        """Store a new organisation."""
        row = {"id": organisation.id, "created": to_epoch(organisation.created)}
        self.connection.execute(
            insert(tables.organisation).values(**row, **self._told(organisation))
        )
        self._switch(organisation)

    def get(self, organisation: OrganisationId) -> Organisation:
        """The organisation of that id.

        :raises NotFound: when there is none.
        """
        found = tables.organisation
        row = self.connection.execute(select(found).where(found.c.id == organisation)).one_or_none()
        if row is None:
            raise NotFound("There is no organisation with that id.")
        return self._read(row)

    def all(self) -> list[Organisation]:
        """Every organisation that was not erased, by id."""
        known = tables.organisation
        present = select(known).where(known.c.erased.is_(None)).order_by(known.c.id)
        return [self._read(row) for row in self.connection.execute(present)]

    def names(self) -> list[tuple[OrganisationId, str]]:
        """The id and name of every organisation that was not erased."""
        known = tables.organisation.c
        rows = self.connection.execute(select(known.id, known.body).where(known.erased.is_(None)))
        return [(OrganisationId(row.id), json.loads(row.body)["name"]) for row in rows]

    def replace(self, organisation: Organisation) -> None:
        """Store the next revision.

        :raises Changed: when somebody else stored one since this was read.
        """
        row, was = organisation.id, organisation.revision - 1
        told = self._told(organisation)
        revisions.replace(self.connection, tables.organisation, row, was, told)
        self._switch(organisation)

    def record(self, check_id: str, check: Check) -> None:
        """Store the outcome of a check."""
        self.connection.execute(
            insert(tables.standing).values(
                id=check_id,
                subject=check.subject,
                role=check.role,
                version=check.version,
                outcome=check.outcome.value,
                checker=check.checker,
                decided_on=check.decided_on.isoformat(),
                expires_on=check.expires_on and check.expires_on.isoformat(),
            )
        )

    def checks(self, subjects: Iterable[str]) -> Mapping[str, list[Check]]:
        """Every check on record of each of *subjects*, oldest first, then what overrides them."""
        wanted = sorted(set(subjects))
        known = tables.standing
        rows = self.connection.execute(
            select(known)
            .where(known.c.subject.in_(wanted))
            .order_by(known.c.decided_on, known.c.id)
        )
        found: dict[str, list[Check]] = {subject: [] for subject in wanted}
        for row in rows:
            found[row.subject].append(_check(row))
        for check in stood_in_for(self.connection, wanted):
            found[check.subject].append(check)
        return found

    def _told(self, organisation: Organisation) -> dict[str, object]:
        body = self.converter.dumps(organisation.profile).decode()
        erased = None if organisation.erased is None else to_epoch(organisation.erased)
        return {"body": body, "rev": organisation.revision, "erased": erased}

    def _switch(self, organisation: Organisation) -> None:
        off = tables.opted_out
        self.connection.execute(delete(off).where(off.c.organisation_id == organisation.id))
        rows = [
            {"organisation_id": organisation.id, "exchange": exchange}
            for exchange in sorted(organisation.profile.exchanges_off)
        ]
        if rows:
            self.connection.execute(insert(off), rows)

    def _read(self, row: object) -> Organisation:
        stored = row._mapping  # type: ignore[attr-defined]  # noqa: SLF001 - SQLAlchemy's public name
        return Organisation(
            id=OrganisationId(stored["id"]),
            profile=self.converter.loads(stored["body"], Profile),
            created=from_epoch(stored["created"]),
            revision=stored["rev"],
            erased=None if stored["erased"] is None else from_epoch(stored["erased"]),
        )


def in_good_standing(day: dt.date) -> ColumnElement[bool]:
    """The gate, as a condition on ``posting``: its owner stands in its role on *day*.

    The same rule as ``domain.standing.stands``, where a test holds the two together.
    """
    passed, newer = tables.standing.alias("passed"), tables.standing.alias("newer")
    owner, today = tables.posting.c.organisation_id, day.isoformat()
    stricter = and_(newer.c.decided_on == passed.c.decided_on, newer.c.outcome != "passed")
    overruled = (
        exists()
        .where(
            newer.c.subject == owner,
            newer.c.role == tables.posting.c.role,
            newer.c.decided_on <= today,
            or_(newer.c.decided_on > passed.c.decided_on, stricter),
        )
        # Two levels down SQLAlchemy would take anybody's posting for the one that is judged.
        .correlate(tables.posting, passed)
    )
    checked = exists().where(
        passed.c.subject == owner,
        passed.c.role == tables.posting.c.role,
        passed.c.outcome == CheckOutcome.PASSED.value,
        passed.c.decided_on <= today,
        or_(passed.c.expires_on.is_(None), passed.c.expires_on >= today),
        ~overruled,
    )
    return or_(checked, in_force(owner, tables.posting.c.role, day))


def takes_part() -> ColumnElement[bool]:
    """A condition on ``posting``: its owner has not switched its exchange off."""
    off, mine = tables.opted_out.c, tables.posting.c
    return ~exists().where(
        off.organisation_id == mine.organisation_id, off.exchange == mine.exchange
    )


def _check(row: object) -> Check:
    stored = row._mapping  # type: ignore[attr-defined]  # noqa: SLF001 - SQLAlchemy's public name
    expires = stored["expires_on"]
    return Check(
        subject=stored["subject"],
        role=stored["role"],
        version=stored["version"],
        outcome=CheckOutcome(stored["outcome"]),
        checker=stored["checker"],
        decided_on=dt.date.fromisoformat(stored["decided_on"]),
        expires_on=dt.date.fromisoformat(expires) if expires else None,
    )
