"""Who asks to join: rows that wait for a confirmed address, then for the coordinator."""

from __future__ import annotations

import datetime as dt
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, delete, func, insert, select, update

from cypn_core.domain.errors import NotFound
from cypn_core.domain.registrations import Application, Registration
from cypn_core.storage.instants import from_epoch, to_epoch
from cypn_core.storage.membership_tables import letter, registration, registration_link
from cypn_core.storage.upserts import upsert
from cypn_core.wire.converter import Converter

CONFIRMED = "confirmed"
UNCONFIRMED = "unconfirmed"


@frozen
class Registrations:
    """The registrations of one transaction."""

    connection: Connection
    converter: Converter

    def add(self, new: Registration) -> None:
        """Store one whose address is not confirmed yet."""
        self.connection.execute(
            insert(registration).values(
                id=new.id,
                email=new.application.contact.email.casefold(),
                state=UNCONFIRMED,
                created=to_epoch(new.created),
                body=self.converter.dumps(new.application).decode(),
            )
        )

    def waiting(self) -> list[Registration]:
        """Those whose address is confirmed, the oldest first."""
        known = registration
        chosen = select(known).where(known.c.state == CONFIRMED)
        rows = self.connection.execute(chosen.order_by(known.c.created, known.c.id))
        return [self._read(row) for row in rows]

    def get(self, wanted: str) -> Registration:
        """The one of that id, if its address is confirmed.

        :raises NotFound: when there is none.
        """
        confirmed = (registration.c.id == wanted, registration.c.state == CONFIRMED)
        row = self.connection.execute(select(registration).where(*confirmed)).one_or_none()
        if row is None:
            raise NotFound("There is no registration that waits under that id.")
        return self._read(row)

    def asked_by(self, email: str) -> int:
        """How many wait that gave *email*, confirmed or not."""
        mine = registration.c.email == email.casefold()
        return self.connection.scalar(select(func.count()).where(mine)) or 0

    def link(self, wanted: str, digest: str) -> None:
        """Let the link of that digest confirm it, and no older one."""
        row = {"registration_id": wanted, "digest": digest}
        self.connection.execute(upsert(self.connection, registration_link, row))

    def confirm(self, wanted: str, digest: str) -> bool:
        """Note that its address is confirmed and use the link up; False when that was no such."""
        known, link = registration, registration_link
        mine = (link.c.registration_id == wanted, link.c.digest == digest)
        if not self.connection.execute(delete(link).where(*mine)).rowcount:
            return False
        change = update(known).where(known.c.id == wanted).values(state=CONFIRMED)
        return bool(self.connection.execute(change).rowcount)

    def remove(self, *wanted: str) -> int:
        """Delete these, with their links and letters; how many there were."""
        for table, column in ((registration_link, "registration_id"), (letter, "confirms")):
            self.connection.execute(delete(table).where(table.c[column].in_(wanted)))
        gone = delete(registration).where(registration.c.id.in_(wanted))
        return self.connection.execute(gone).rowcount

    def purge(self, before: dt.datetime) -> int:
        """Delete those whose address was not confirmed and that are older than that."""
        known = registration.c
        old = (known.state == UNCONFIRMED, known.created < to_epoch(before))
        return self.remove(*self.connection.execute(select(known.id).where(*old)).scalars())

    def forget(self, email: str) -> int:
        """Delete those that gave *email*; how many there were."""
        known = registration.c
        mine = select(known.id).where(known.email == email.casefold())
        return self.remove(*self.connection.execute(mine).scalars())

    def _read(self, row: Any) -> Registration:
        return Registration(
            id=row.id,
            application=self.converter.loads(row.body, Application),
            created=from_epoch(row.created),
            confirmed=row.state == CONFIRMED,
        )
