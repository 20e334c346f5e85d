"""Letters to whoever has no inbox: they wait, are tried, and are deleted once they were sent."""

from __future__ import annotations

import datetime as dt

from attrs import frozen
from sqlalchemy import Connection, delete, insert, select, update

from cypn_core.storage.instants import to_epoch
from cypn_core.storage.membership_tables import letter

MOST_ATTEMPTS = 8
COORDINATOR = "coordinator"
TRUSTEES = "trustees"


@frozen(kw_only=True)
class StoredLetter:
    """A letter as it waits. *confirms* is the registration whose link goes with it."""

    id: str
    address: str
    subject: str
    said: str
    confirms: str | None = None


@frozen
class PlainLetters:
    """The letters of one transaction."""

    connection: Connection

    def add(self, new: StoredLetter, due: dt.datetime) -> None:
        """Let *new* be sent from *due* on."""
        self.connection.execute(
            insert(letter).values(
                id=new.id,
                address=new.address,
                subject=new.subject,
                said=new.said,
                confirms=new.confirms,
                attempts=0,
                due=to_epoch(due),
            )
        )

    def claim(self, now: dt.datetime, again: dt.timedelta) -> StoredLetter | None:
        """The next that is due, one attempt later, so that no other machine takes it too."""
        known = letter.c
        due = (known.due <= to_epoch(now), known.attempts < MOST_ATTEMPTS)
        chosen = select(letter).where(*due).order_by(known.due, known.id).limit(1)
        row = self.connection.execute(chosen).one_or_none()
        if row is None:
            return None
        later = to_epoch(now + again * 2**row.attempts)
        mine = (known.id == row.id, known.attempts == row.attempts, *due)
        change = update(letter).where(*mine).values(attempts=row.attempts + 1, due=later)
        if not self.connection.execute(change).rowcount:
            return self.claim(now, again)
        return StoredLetter(
            id=row.id,
            address=row.address,
            subject=row.subject,
            said=row.said,
            confirms=row.confirms,
        )

    def done(self, sent: str) -> None:
        """Delete a letter: it was sent, or can never be."""
        self.connection.execute(delete(letter).where(letter.c.id == sent))

    def forget(self, *addresses: str) -> None:
        """Delete what waits for *addresses*."""
        self.connection.execute(delete(letter).where(letter.c.address.in_(addresses)))

    def purge(self, before: dt.datetime) -> int:
        """Delete what nobody took over for so long."""
        old = letter.c.due < to_epoch(before)
        return self.connection.execute(delete(letter).where(old)).rowcount
