"""API keys, messages and the hub's own small settings."""

from __future__ import annotations

import datetime as dt
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, and_, insert, select, true, tuple_, update

from cypn_core.domain.errors import Invalid
from cypn_core.domain.ids import OrganisationId
from cypn_core.storage import tables
from cypn_core.storage.instants import from_epoch, to_epoch
from cypn_core.storage.upserts import insert_if_new, upsert


@frozen(kw_only=True)
class StoredKey:
    """An API key as it is kept: its SHA-256 digest and what it opens, never the key itself."""

    id: str
    organisation: OrganisationId | None
    digest: str
    scopes: frozenset[str]
    label: str
    created: dt.datetime
    expires: dt.datetime
    revoked: dt.datetime | None = None


@frozen(kw_only=True)
class Message:
    """A message in an organisation's inbox."""

    id: str
    event: str
    organisation: OrganisationId
    subject: str
    text: str
    at: dt.datetime


@frozen
class Members:
    """The keys and messages of one transaction."""

    connection: Connection

    def add_key(self, key: StoredKey) -> None:
        """Store a new key."""
        self.connection.execute(
            insert(tables.api_key).values(
                id=key.id,
                organisation_id=key.organisation,
                digest=key.digest,
                scopes=" ".join(sorted(key.scopes)),
                label=key.label,
                created=to_epoch(key.created),
                expires=to_epoch(key.expires),
            )
        )

    def key_of(self, digest: str, now: dt.datetime) -> StoredKey | None:
        """The key with that digest, if it is neither expired nor revoked."""
        known = tables.api_key.c
        valid = and_(known.expires > to_epoch(now), known.revoked.is_(None))
        found = self._keys(and_(known.digest == digest, valid))
        return found[0] if found else None

    def keys(self) -> list[StoredKey]:
        """Every key there ever was, the oldest first."""
        return self._keys(true())

    def revoke(self, key: str, now: dt.datetime) -> bool:
        """Revoke a key at once; False when there is no such key in force."""
        known = tables.api_key
        mine = and_(known.c.id == key, known.c.revoked.is_(None))
        change = update(known).where(mine).values(revoked=to_epoch(now))
        return bool(self.connection.execute(change).rowcount)

    def deliver(self, message: Message) -> bool:
        """Put *message* into the inbox once; False when its event has told this reader already."""
        row = {
            "id": message.id,
            "event_id": message.event,
            "organisation_id": message.organisation,
            "subject": message.subject,
            "body": message.text,
            "at": to_epoch(message.at),
        }
        new = insert_if_new(self.connection, tables.message, row)
        return bool(self.connection.execute(new).rowcount)

    def inbox(self, reader: OrganisationId, after: str = "", limit: int = 50) -> list[Message]:
        """The messages of *reader* in the order of what they tell of, from behind *after*."""
        known, told = tables.message, tables.event.c
        log = known.join(tables.event, told.id == known.c.event_id)
        mine = known.c.organisation_id == reader
        if after:
            last = select(told.xid, told.seq).select_from(log).where(known.c.id == after, mine)
            place = self.connection.execute(last).one_or_none()
            if place is None:
                raise Invalid({"after": ["is none of your messages: start without it"]})
            mine = and_(mine, tuple_(told.xid, told.seq) > tuple(place))
        order = (told.xid, told.seq)
        chosen = select(known).select_from(log).where(mine).order_by(*order).limit(limit)
        return [_message(row) for row in self.connection.execute(chosen)]

    def setting(self, key: str, fresh: str) -> str:
        """The hub's setting *key*; *fresh* becomes it when there is none yet."""
        known = tables.hub_setting
        row = {"key": key, "value": fresh}
        self.connection.execute(insert_if_new(self.connection, known, row))
        found = self.connection.execute(select(known.c.value).where(known.c.key == key))
        return str(found.scalar_one())

    def keep(self, key: str, value: str) -> None:
        """Let the hub's setting *key* be *value* from now on."""
        row = {"key": key, "value": value}
        self.connection.execute(upsert(self.connection, tables.hub_setting, row))

    def kept(self, key: str) -> str | None:
        """The hub's setting *key*, or None."""
        known = tables.hub_setting.c
        value = self.connection.scalar(select(known.value).where(known.key == key))
        return None if value is None else str(value)

    def _keys(self, condition: Any) -> list[StoredKey]:
        known = tables.api_key
        rows = self.connection.execute(
            select(known).where(condition).order_by(known.c.created, known.c.id)
        )
        return [_key(row) for row in rows]


def _key(row: Any) -> StoredKey:
    return StoredKey(
        id=row.id,
        organisation=None if row.organisation_id is None else OrganisationId(row.organisation_id),
        digest=row.digest,
        scopes=frozenset(row.scopes.split()),
        label=row.label,
        created=from_epoch(row.created),
        expires=from_epoch(row.expires),
        revoked=None if row.revoked is None else from_epoch(row.revoked),
    )


def _message(row: Any) -> Message:
    return Message(
        id=row.id,
        event=row.event_id,
        organisation=OrganisationId(row.organisation_id),
        subject=row.subject,
        text=row.body,
        at=from_epoch(row.at),
    )
