"""Who works for the hub, and who is signed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen
from sqlalchemy import Connection, delete, insert, or_, select, update

from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.people import Staff, StaffRole
from cypn_core.storage.instants import from_epoch, to_epoch
from cypn_core.storage.people_tables import session, session_contact, staff
from cypn_core.storage.upserts import upsert


@frozen
class StaffList:
    """The staff of one transaction."""

    connection: Connection

    def put(self, person: Staff) -> None:
        """Store *person*, or what has become of them."""
        row = {
            "id": person.id,
            "name": person.name,
            "email": person.email,
            "roles": " ".join(sorted(role.value for role in person.roles)),
            "since": to_epoch(person.since),
        }
        self.connection.execute(upsert(self.connection, staff, row))

    def get(self, wanted: str) -> Staff | None:
        """Whoever has that id."""
        return self._one(staff.c.id == wanted)

    def at(self, email: str) -> Staff | None:
        """Whoever has that address, in small letters."""
        return self._one(staff.c.email == email)

    def all(self) -> list[Staff]:
        """Everybody who works for the hub or ever did, by address."""
        rows = self.connection.execute(select(staff).order_by(staff.c.email))
        return [_staff(row) for row in rows]

    def _one(self, condition: Any) -> Staff | None:
        row = self.connection.execute(select(staff).where(condition)).one_or_none()
        return None if row is None else _staff(row)


@frozen(kw_only=True)
class StoredSession:
    """A session as it is kept. *contacts* are the marks as which somebody signed in."""

    id: str
    digest: str
    address: str
    opened: dt.datetime
    seen: dt.datetime
    staff: str | None = None
    organisation: OrganisationId | None = None
    acts_for: OrganisationId | None = None
    contacts: Mapping[OrganisationId, str] = field(factory=dict)


@frozen
class Sessions:
    """The sessions of one transaction."""

    connection: Connection

    def add(self, new: StoredSession) -> None:
        """Store a new session."""
        self.connection.execute(
            insert(session).values(
                id=new.id,
                digest=new.digest,
                address=new.address,
                staff_id=new.staff,
                organisation_id=new.organisation,
                opened=to_epoch(new.opened),
                seen=to_epoch(new.seen),
            )
        )
        for organisation, contact in new.contacts.items():
            row = {"session_id": new.id, "organisation_id": organisation, "contact": contact}
            self.connection.execute(insert(session_contact).values(**row))

    def of(self, digest: str) -> StoredSession | None:
        """The session whose token has that digest, unless it was ended."""
        return next(iter(self._open(session.c.digest == digest)), None)

    def get(self, wanted: str) -> StoredSession | None:
        """The session of that id, unless it was ended."""
        return next(iter(self._open(session.c.id == wanted)), None)

    def at(self, address: str) -> list[StoredSession]:
        """The sessions of that address that were not ended, the latest first."""
        return self._open(session.c.address == address)

    def act(
        self,
        changed: str,
        organisation: OrganisationId | None,
        acts_for: OrganisationId | None,
    ) -> None:
        """Note as what somebody acts from now on."""
        self._set(changed, organisation_id=organisation, acts_for=acts_for)

    def see(self, seen: str, now: dt.datetime) -> None:
        """Note that it was in use."""
        self._set(seen, seen=to_epoch(now))

    def end(self, ended: str, now: dt.datetime) -> None:
        """End it at once."""
        self._set(ended, ended=to_epoch(now))

    def purge(self, before: dt.datetime) -> int:
        """Delete those that were ended, or not seen any more, before then."""
        over = or_(session.c.ended < to_epoch(before), session.c.seen < to_epoch(before))
        spent = self.connection.execute(select(session.c.id).where(over)).scalars().all()
        known = session_contact.c.session_id
        self.connection.execute(delete(session_contact).where(known.in_(spent)))
        return self.connection.execute(delete(session).where(session.c.id.in_(spent))).rowcount

    def _set(self, changed: str, **values: Any) -> None:
        self.connection.execute(update(session).where(session.c.id == changed).values(**values))

    def _open(self, condition: Any) -> list[StoredSession]:
        chosen = select(session).where(condition, session.c.ended.is_(None))
        rows = self.connection.execute(chosen.order_by(session.c.opened.desc(), session.c.id))
        return [self._read(row) for row in rows.all()]

    def _read(self, row: Any) -> StoredSession:
        mine = select(session_contact).where(session_contact.c.session_id == row.id)
        found = self.connection.execute(mine.order_by(session_contact.c.organisation_id))
        return StoredSession(
            id=row.id,
            digest=row.digest,
            address=row.address,
            opened=from_epoch(row.opened),
            seen=from_epoch(row.seen),
            staff=row.staff_id,
            organisation=_organisation(row.organisation_id),
            acts_for=_organisation(row.acts_for),
            contacts={OrganisationId(each.organisation_id): each.contact for each in found},
        )


def _organisation(said: str | None) -> OrganisationId | None:
    return None if said is None else OrganisationId(said)


def _staff(row: Any) -> Staff:
    return Staff(
        id=row.id,
        name=row.name,
        email=row.email,
        roles=frozenset(StaffRole(role) for role in row.roles.split()),
        since=from_epoch(row.since),
    )
