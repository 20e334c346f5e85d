"""The outbox: what is to be mailed, what became of it, and whom mail does not reach."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen
from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from cypn_core.domain.ids import OrganisationId
from cypn_core.storage import tables
from cypn_core.storage.instants import from_epoch, to_epoch
from cypn_core.storage.upserts import insert_if_new

MOST_ATTEMPTS = 8
"""A mail that could not be handed over so often is dead, and the doctor says so."""


@frozen(kw_only=True)
class StoredMail:
    """A row of the outbox.

    *message* is the inbox's; None for a digest. *issue* counts how often it went out on purpose:
    to the next contact, or again to somebody who said "later". *contact* marks whom it went to
    last: None for nobody yet, or for the coordinator.
    """

    id: str
    organisation: OrganisationId
    message: str | None
    attempts: int
    issue: int
    contact: str | None = None


@frozen(kw_only=True)
class Told:
    """What a mail says, and the event that it says it of."""

    fact: str
    about: str
    subject: str
    text: str
    body: Mapping[str, Any] = field(factory=dict, eq=False)
    """The event's own."""


@frozen(kw_only=True)
class Stop:
    """A contact to whom no mail goes any more, and why."""

    organisation: OrganisationId
    contact: str
    reason: str
    at: dt.datetime


@frozen(kw_only=True)
class Troubled:
    """A mail that could not be handed over yet, or ever."""

    organisation: OrganisationId
    state: str
    attempts: int
    due: dt.datetime
    error: str


@frozen
class Mails:
    """The outbox of one transaction."""

    connection: Connection

    def queue(
        self, mail: str, organisation: OrganisationId, message: str, due: dt.datetime, *, week: bool
    ) -> None:
        """Put the inbox's *message* into the outbox; where *week*, it waits for the digest."""
        state = "weekly" if week else "waiting"
        self._add(mail, organisation, message, due, state)

    def fold(self, now: dt.datetime, digest: str) -> bool:
        """Fold all that is due of one organisation into *digest*; False when nothing is."""
        known = tables.mail.c
        is_due = and_(known.state == "weekly", known.due <= to_epoch(now))
        chosen = select(known.organisation_id).where(is_due).order_by(known.organisation_id)
        owner = self.connection.scalar(chosen.limit(1))
        if owner is None:
            return False
        self._add(digest, owner, None, now, "waiting")
        mine = update(tables.mail).where(is_due, known.organisation_id == owner)
        folded = self.connection.execute(mine.values(state="folded", digest_id=digest))
        if not folded.rowcount:  # another machine folded it while this one waited for the rows
            self.connection.execute(delete(tables.mail).where(known.id == digest))
        return True

    def claim(self, now: dt.datetime, again: dt.timedelta) -> StoredMail | None:
        """The next mail that is due, one attempt later, so that no other machine takes it too.

        It is due again after *again* times two for each attempt that there was, if nobody says
        what became of it. Those that had all their attempts are dead.
        """
        known = tables.mail
        is_due = and_(known.c.state == "waiting", known.c.due <= to_epoch(now))
        spent = known.c.attempts >= MOST_ATTEMPTS
        self.connection.execute(update(known).where(is_due, spent).values(state="dead"))
        row = self.connection.execute(
            select(known).where(is_due).order_by(known.c.due, known.c.id).limit(1)
        ).one_or_none()
        if row is None:
            return None
        due = to_epoch(now + again * 2**row.attempts)
        mine = and_(known.c.id == row.id, known.c.attempts == row.attempts, is_due)
        change = update(known).where(mine).values(attempts=row.attempts + 1, due=due)
        if not self.connection.execute(change).rowcount:
            return self.claim(now, again)
        return _mail(row, attempts=row.attempts + 1)

    def addressed(self, mail: str, contact: str | None) -> None:
        """Note to whom *mail* is about to go."""
        self._set(mail, contact=contact)

    def sent(self, mail: str, now: dt.datetime) -> None:
        """*mail* was taken over by the next server."""
        self._set(mail, state="sent", sent_at=to_epoch(now), error="")

    def failed(self, mail: StoredMail, error: str) -> None:
        """*mail* was not taken over; it is tried again later, or is dead."""
        state = "dead" if mail.attempts >= MOST_ATTEMPTS else "waiting"
        self._set(mail.id, state=state, error=error)

    def bury(self, mail: str) -> None:
        """*mail* came back from the last in line: nobody is left to send it to."""
        self._set(mail, state="dead", error="came back from the coordinator")

    def drop(self, mail: str) -> None:
        """What *mail* asks needs no answer any more."""
        self._set(mail, state="dropped")

    def again(self, mail: StoredMail, due: dt.datetime) -> None:
        """Let *mail* go out once more, as another issue of it."""
        values = {"issue": mail.issue + 1, "attempts": 0, "due": to_epoch(due)}
        self._set(mail.id, state="waiting", contact=None, **values)

    def get(self, mail: str) -> StoredMail | None:
        """The mail of that id."""
        row = self.connection.execute(
            select(tables.mail).where(tables.mail.c.id == mail)
        ).one_or_none()
        return None if row is None else _mail(row)

    def sent_to(self, contact: str, since: dt.datetime) -> list[StoredMail]:
        """What was sent to *contact* since then."""
        known = tables.mail.c
        mine = and_(
            known.contact == contact, known.state == "sent", known.sent_at >= to_epoch(since)
        )
        rows = self.connection.execute(select(tables.mail).where(mine).order_by(known.id))
        return [_mail(row) for row in rows]

    def says(self, mail: StoredMail) -> list[Told]:
        """The messages in *mail*: its own, or those that were folded into the digest."""
        sent, told, event = tables.mail, tables.message, tables.event
        joined = sent.join(told, told.c.id == sent.c.message_id).join(
            event, event.c.id == told.c.event_id
        )
        chosen = (
            select(
                event.c.fact,
                event.c.subject.label("about"),
                event.c.body.label("details"),
                told.c.subject,
                told.c.body,
            )
            .select_from(joined)
            .where(or_(sent.c.id == mail.id, sent.c.digest_id == mail.id))
            .order_by(event.c.seq)
        )
        return [
            Told(
                fact=row.fact,
                about=row.about,
                subject=row.subject,
                text=row.body,
                body=json.loads(row.details),
            )
            for row in self.connection.execute(chosen)
        ]

    def stop(self, stop: Stop) -> bool:
        """Send no more to a contact; False when that was so already."""
        row = {
            "organisation_id": stop.organisation,
            "contact": stop.contact,
            "reason": stop.reason,
            "at": to_epoch(stop.at),
        }
        new = insert_if_new(self.connection, tables.mail_stop, row)
        return bool(self.connection.execute(new).rowcount)

    def stops(self, organisation: OrganisationId | None = None) -> list[Stop]:
        """The contacts that get no mail, of one organisation or of all."""
        known = tables.mail_stop.c
        chosen = select(tables.mail_stop).order_by(known.organisation_id, known.contact)
        if organisation is not None:
            chosen = chosen.where(known.organisation_id == organisation)
        return [
            Stop(
                organisation=OrganisationId(row.organisation_id),
                contact=row.contact,
                reason=row.reason,
                at=from_epoch(row.at),
            )
            for row in self.connection.execute(chosen)
        ]

    def resume(self, organisation: OrganisationId, reasons: Iterable[str]) -> None:
        """Mail the contacts of *organisation* again where it was stopped for one of *reasons*."""
        known = tables.mail_stop.c
        mine = and_(known.organisation_id == organisation, known.reason.in_(sorted(reasons)))
        self.connection.execute(delete(tables.mail_stop).where(mine))

    def counts(self, since: dt.datetime) -> dict[str, int]:
        """How many mails are in each state, of those that were due *since* then."""
        known = tables.mail.c
        counting = select(known.state, func.count()).where(known.due >= to_epoch(since))
        rows = self.connection.execute(counting.group_by(known.state))
        return {row.state: row[1] for row in rows}

    def troubled(self, limit: int) -> list[Troubled]:
        """The mails that are dead or had to be tried again, the latest first."""
        known = tables.mail.c
        again = and_(known.state == "waiting", known.attempts > 0)
        chosen = select(tables.mail).where(or_(known.state == "dead", again))
        rows = self.connection.execute(chosen.order_by(known.due.desc(), known.id).limit(limit))
        return [
            Troubled(
                organisation=OrganisationId(row.organisation_id),
                state=row.state,
                attempts=row.attempts,
                due=from_epoch(row.due),
                error=row.error,
            )
            for row in rows
        ]

    def _add(
        self,
        mail: str,
        organisation: OrganisationId,
        message: str | None,
        due: dt.datetime,
        state: str,
    ) -> None:
        row = {"id": mail, "organisation_id": organisation, "message_id": message, "state": state}
        counts = {"attempts": 0, "issue": 0, "due": to_epoch(due), "error": ""}
        self.connection.execute(insert(tables.mail).values(**row, **counts))

    def _set(self, mail: str, **values: Any) -> None:
        self.connection.execute(
            update(tables.mail).where(tables.mail.c.id == mail).values(**values)
        )


def _mail(row: Any, attempts: int | None = None) -> StoredMail:
    return StoredMail(
        id=row.id,
        organisation=OrganisationId(row.organisation_id),
        message=row.message_id,
        attempts=row.attempts if attempts is None else attempts,
        issue=row.issue,
        contact=row.contact,
    )
