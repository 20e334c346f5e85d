"""Plain rows of one organisation, for the list of all that is held on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, or_, select

from cypn_core.domain.ids import OrganisationId
from cypn_core.storage import tables
from cypn_core.storage.instants import from_epoch
from cypn_core.storage.tables import metadata

INSTANTS = frozenset(
    {"at", "created", "due", "sent_at", "expires", "revoked", "opened", "seen", "ended", "changed"}
)


@frozen
class Held:
    """What is held on *organisation*, in one transaction."""

    connection: Connection
    organisation: OrganisationId

    def rows(self, table: str, *columns: str) -> Iterator[dict[str, Any]]:
        """The *columns* of its rows in *table*; instants as ISO texts."""
        known = metadata.tables[table]
        chosen = select(*(known.c[name] for name in columns))
        mine = chosen.where(known.c.organisation_id == self.organisation)
        for row in self.connection.execute(mine.order_by(*known.primary_key.columns)):
            yield {name: _plain(name, value) for name, value in zip(columns, row, strict=True)}

    def body(self, posting: str) -> Any:
        """The body of one of its postings as it is stored, whatever its exchange."""
        known = tables.posting.c
        mine = select(known.body).where(
            known.id == posting, known.organisation_id == self.organisation
        )
        return json.loads(self.connection.execute(mine).scalar_one())

    def requests(self) -> Iterator[dict[str, Any]]:
        """When its keys sent a request whose answer is kept."""
        kept, key = tables.idempotency.c, tables.api_key.c
        mine = select("key:" + key.id).where(key.organisation_id == self.organisation)
        chosen = select(kept.at, kept.status).where(kept.organisation_id.in_(mine))
        for row in self.connection.execute(chosen.order_by(kept.at, kept.key)):
            yield {"at": _plain("at", row.at), "status": row.status}

    def log(self) -> Iterator[dict[str, Any]]:
        """What happened to it and to its postings: when, what, and to which of them.

        Who did it is told as far as it concerns it: it itself, or somebody of the hub.
        """
        log, posting = tables.event.c, tables.posting.c
        own = select(posting.id).where(posting.organisation_id == self.organisation)
        mine = or_(log.subject == self.organisation, log.subject.in_(own))
        chosen = select(log.at, log.fact, log.subject, log.for_whom).where(mine)
        for row in self.connection.execute(chosen.order_by(log.xid, log.seq)):
            typed = row.for_whom == self.organisation
            told = {"fact": row.fact, "subject": row.subject, "typed_by_the_coordinator": typed}
            yield {"at": _plain("at", row.at), **told}


def _plain(name: str, value: Any) -> Any:
    return from_epoch(value).isoformat() if name in INSTANTS and value is not None else value
