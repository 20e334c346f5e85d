"""The drafts of one person for one organisation: nobody else's are found."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, and_, delete, select

from cypn_core.domain.drafts import Draft, DraftId
from cypn_core.domain.errors import NotFound
from cypn_core.domain.ids import OrganisationId, PostingId
from cypn_core.storage.drafts_tables import draft
from cypn_core.storage.instants import from_epoch, to_epoch
from cypn_core.storage.upserts import upsert


@frozen
class Drafts:
    """The drafts that *actor* has begun for *organisation*, in one transaction."""

    connection: Connection
    actor: str
    organisation: OrganisationId

    def keep(self, kept: Draft) -> None:
        """Store *kept*, in place of what it was."""
        row = {
            "id": kept.id,
            "actor": self.actor,
            "organisation_id": self.organisation,
            "exchange": kept.exchange,
            "kind": kept.kind,
            "posting_id": kept.posting,
            "posting_rev": kept.revision,
            "answers": json.dumps(dict(kept.answers)),
            "changed": to_epoch(kept.changed),
        }
        self.connection.execute(upsert(self.connection, draft, row))

    def get(self, wanted: DraftId) -> Draft:
        """The draft of that id.

        :raises NotFound: when there is none, or it is somebody else's.
        """
        chosen = select(draft).where(self._mine(), draft.c.id == wanted)
        row = self.connection.execute(chosen).one_or_none()
        if row is None:
            raise NotFound
        return _read(row)

    def all(self) -> list[Draft]:
        """All of them, the latest first."""
        chosen = select(draft).where(self._mine()).order_by(draft.c.changed.desc(), draft.c.id)
        return [_read(row) for row in self.connection.execute(chosen)]

    def forget(self, gone: DraftId) -> None:
        """Delete the draft of that id, if it is theirs."""
        self.connection.execute(delete(draft).where(self._mine(), draft.c.id == gone))

    def _mine(self) -> Any:
        known = draft.c
        return and_(known.actor == self.actor, known.organisation_id == self.organisation)


def forget_before(connection: Connection, before: dt.datetime) -> int:
    """Delete the drafts that nobody has touched since then; how many."""
    old = draft.c.changed < to_epoch(before)
    return connection.execute(delete(draft).where(old)).rowcount


def _read(row: Any) -> Draft:
    return Draft(
        id=DraftId(row.id),
        actor=row.actor,
        organisation=OrganisationId(row.organisation_id),
        exchange=row.exchange,
        kind=row.kind,
        changed=from_epoch(row.changed),
        answers=json.loads(row.answers),
        posting=None if row.posting_id is None else PostingId(row.posting_id),
        revision=row.posting_rev,
    )
