"""Idempotency keys: a request that is sent again answers again and changes nothing."""

from __future__ import annotations

from collections.abc import Callable

import orjson
from flask import request

from cypn_core.application.network import Work
from cypn_core.domain.errors import Invalid
from cypn_core.domain.ids import fingerprint
from cypn_core.storage import idempotency
from cypn_core.storage.instants import to_epoch
from cypn_core.web.operations import Operation, Reply
from cypn_core.web.requests import caller_of, plain


def once(work: Work, operation: Operation, run: Callable[[], Reply]) -> Reply:
    """What *run* replies; under an Idempotency-Key that is known, what it replied the first time.

    The key's row is written in the transaction of the change.

    :raises Invalid: when the key cannot be one, or *operation*'s answer is never kept.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return run()
    if operation.answers_a_secret:
        raise Invalid({"Idempotency-Key": ["must be left out: this answer is not kept"]})
    if not plain(key):
        raise Invalid({"Idempotency-Key": ["must be 1 to 100 letters, digits or signs"]})
    caller = caller_of(work)
    owner, said = caller.actor, _said(caller.organisation or "")
    known = idempotency.begin(work.connection, owner, key, said, to_epoch(work.now))
    if known is not None:
        return Reply(status=known.status, **orjson.loads(known.body))
    reply = run()
    idempotency.finish(work.connection, owner, key, _kept(reply))
    return reply


def _said(for_whom: str) -> str:
    body, version = request.get_data().hex(), request.headers.get("If-Match", "")
    return fingerprint(request.method, request.full_path, body, for_whom, version)


def _kept(reply: Reply) -> idempotency.Answer:
    whole = {"body": reply.body, "revision": reply.revision, "location": reply.location}
    return idempotency.Answer(reply.status, orjson.dumps(whole).decode())
