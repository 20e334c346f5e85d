"""Asking twice changes once: the answer to a keyed request, stored with the change itself.

``begin`` first, the change next, ``finish`` last, all in one transaction. A second request with the
same key waits for the first one's transaction and then gets its answer; when the first rolled back
there is no row, and the second simply does the work.
"""

from __future__ import annotations

import attrs
from sqlalchemy import ColumnElement, Connection, select, update

from cypn_core.domain.errors import Conflict, Invalid
from cypn_core.storage.tables import idempotency
from cypn_core.storage.upserts import insert_if_new


@attrs.frozen
class Answer:
    """An answer as it was given: HTTP status and body."""

    status: int
    body: str


def begin(
    connection: Connection, organisation_id: str, key: str, digest: str, now: int
) -> Answer | None:
    """Claim *key* for this request, or give the answer that it already had.

    *digest* is that of the whole request; *now* is in epoch seconds. Raises `Invalid` (422) when
    the key was used for another request.
    """
    row = {"organisation_id": organisation_id, "key": key, "digest": digest, "at": now}
    if connection.execute(insert_if_new(connection, idempotency, row)).rowcount:
        return None
    return _given(connection, organisation_id, key, digest)


def finish(connection: Connection, organisation_id: str, key: str, answer: Answer) -> None:
    """Keep *answer* for whoever asks again with *key*."""
    connection.execute(
        update(idempotency).where(*_is(organisation_id, key)).values(attrs.asdict(answer))
    )


def _given(connection: Connection, organisation_id: str, key: str, digest: str) -> Answer:
    stored = connection.execute(select(idempotency).where(*_is(organisation_id, key))).one()
    if stored.digest != digest:
        raise Invalid({"Idempotency-Key": ["was used for another request: give a new one"]})
    if stored.status is None:
        raise Conflict("This request began and was never answered: send it with a new key.")
    return Answer(stored.status, stored.body)


def _is(organisation_id: str, key: str) -> tuple[ColumnElement[bool], ...]:
    return (idempotency.c.organisation_id == organisation_id, idempotency.c.key == key)
