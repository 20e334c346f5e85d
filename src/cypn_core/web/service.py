"""A small Flask service from a list of operations: the one place where HTTP meets the use cases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from attrs import frozen
from flask import Flask, Response, request

from cypn_core.application.faces import Faces
from cypn_core.application.gate import enter
from cypn_core.application.network import PUBLIC, Caller, Network, Work
from cypn_core.domain.errors import NotAllowed, Taken
from cypn_core.storage.migrations import at_head
from cypn_core.web.bodies import MAX_BYTES
from cypn_core.web.document import openapi
from cypn_core.web.failures import install_problems
from cypn_core.web.once import once
from cypn_core.web.operations import Asked, Given, Operation, Reply
from cypn_core.web.problems import refuse
from cypn_core.web.replies import json_response, written
from cypn_core.web.requests import caller_of, given_to, note_use

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def create_app(network: Network, title: str, operations: Iterable[Operation]) -> Flask:
    """A Flask app that serves *operations* on *network*, with its OpenAPI document and health."""
    app = Flask("cypn", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BYTES
    app.url_map.strict_slashes = False
    install_problems(app)
    listed = tuple(operations)
    for operation in listed:
        _route(app, network, operation)
    gate = next((operation.gate for operation in listed if operation.gate), "")
    app.before_request(lambda: note_use(network))
    app.before_request(lambda: _admitted_nowhere(network, gate))
    document = orjson.dumps(openapi(title, listed, network.hub.kinds()))
    app.add_url_rule("/openapi.json", "openapi", lambda: json_response(document))
    app.add_url_rule("/healthz", "healthz", lambda: json_response(b'{"ok":true}'))
    app.add_url_rule("/readyz", "readyz", lambda: ready(network))
    app.after_request(_headers)
    return app


def _route(app: Flask, network: Network, operation: Operation) -> None:
    def view(**path: str) -> Response:
        return _Call(network, operation, path).answer()

    rule = re.sub(r"{(\w+)}", r"<\1>", operation.path)
    app.add_url_rule(
        rule,
        operation.name,
        view,
        methods=[operation.method],
        provide_automatic_options=False,
    )


def _admitted_nowhere(network: Network, gate: str) -> None:
    """Where no operation is, the key and the gate come first too: nobody else learns that."""
    if request.routing_exception is None or not re.match(r"/v1(/|$)", request.path):
        return
    with network.reading() as work:
        caller = caller_of(work)
        if gate:
            enter(work, caller, gate)


@frozen
class _Call:
    """One request for one operation.

    The key, the scope and the gate come first, in a transaction of their own that only reads, so
    that a refused caller learns nothing from how its body was judged; then the body; then the
    change, its idempotency row and its event in one transaction.
    """

    network: Network
    operation: Operation
    path: Mapping[str, str]

    def answer(self) -> Response:
        with self.network.reading() as work:
            caller = self._admitted(work)
        given = given_to(self.operation, self.path)
        if self.operation.prepare is not None:
            given = self.operation.prepare(self.network, given)
        if self.operation.before is not None:
            self.operation.before(self.network, caller, given)
        if not self.operation.writes:
            with self.network.reading() as work:
                return written(self._run(work, given))
        try:
            return self.network.transact(lambda work: self._changed(work, given))
        except Taken as taken:
            raise self._taken(taken, given) from None

    def _admitted(self, work: Work) -> Caller:
        if not self.operation.scopes:
            return PUBLIC
        caller = caller_of(work)
        if not self.operation.scopes & caller.scopes:
            wanted = " or ".join(sorted(self.operation.scopes))
            raise NotAllowed(f"This needs a key with the scope {wanted}.")
        if self.operation.signed_in and caller.actor.startswith("key:"):
            raise NotAllowed("This needs somebody who is signed in: a key is no person.")
        if self.operation.gate:
            enter(work, caller, self.operation.gate)
        return caller

    def _changed(self, work: Work, given: Given) -> Response:
        return written(once(work, self.operation, lambda: self._run(work, given)))

    def _run(self, work: Work, given: Given) -> Reply:
        return self.operation.run(self._asked(work, given))

    def _asked(self, work: Work, given: Given) -> Asked:
        caller = self._admitted(work)
        faces = Faces(work, caller, self.network.converter)
        return Asked(work=work, caller=caller, given=given, faces=faces)

    def _taken(self, taken: Taken, given: Given) -> Exception:
        extra: dict[str, Any] = {}
        if self.operation.when_taken is not None:
            with self.network.reading() as work:
                extra = self.operation.when_taken(self._asked(work, given))
        return refuse("taken", str(taken), **extra)


def ready(network: Network) -> Response:
    """Whether the store is at head, as a load balancer asks."""
    ready = at_head(network.store)
    return json_response(orjson.dumps({"ok": ready}), 200 if ready else 503)


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
