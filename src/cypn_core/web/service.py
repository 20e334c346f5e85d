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
from cypn_core.application.keys import caller_with
from cypn_core.application.network import Caller, Network, Work
from cypn_core.domain.errors import Changed, Invalid, NotAllowed, NotFound, Taken
from cypn_core.domain.ids import fingerprint
from cypn_core.storage import idempotency
from cypn_core.storage.instants import to_epoch
from cypn_core.storage.migrations import at_head
from cypn_core.web.bodies import MAX_BYTES, read_json
from cypn_core.web.document import openapi
from cypn_core.web.failures import install_problems
from cypn_core.web.operations import Asked, Given, Operation, Reply
from cypn_core.web.problems import refuse
from cypn_core.web.schemas import load, load_one_of

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
MOST_A_PAGE = 200


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
    app.before_request(lambda: _admitted_nowhere(network, gate))
    document = orjson.dumps(openapi(title, listed, network.hub.kinds()))
    app.add_url_rule("/openapi.json", "openapi", lambda: _json(document))
    app.add_url_rule("/healthz", "healthz", lambda: _json(b'{"ok":true}'))
    app.add_url_rule("/readyz", "readyz", lambda: _ready(network))
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
        caller = _caller(work)
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
            self._admitted(work)
        given = self._given()
        if not self.operation.writes:
            with self.network.reading() as work:
                return _written(self._run(work, given))
        try:
            return self.network.transact(lambda work: self._once(work, given))
        except Taken as taken:
            raise self._taken(taken, given) from None

    def _admitted(self, work: Work) -> Caller:
        caller = _caller(work)
        if not self.operation.scopes & caller.scopes:
            wanted = " or ".join(sorted(self.operation.scopes))
            raise NotAllowed(f"This needs a key with the scope {wanted}.")
        if self.operation.gate:
            enter(work, caller, self.operation.gate)
        return caller

    def _given(self) -> Given:
        if not all(map(_plain, self.path.values())):
            raise NotFound
        _known_queries({"after", "limit"} if self.operation.paged else set())
        return Given(
            path=self.path,
            body=self._body(),
            revision=_revision() if self.operation.revises else 0,
            after=_after(),
            limit=_limit(),
        )

    def _body(self) -> Any:
        takes = self.operation.takes
        if takes is None:
            if request.get_data():
                raise Invalid({"body": ["must be empty: this takes none"]})
            return None
        data = read_json(request.get_data(), request.content_type)
        return load_one_of(takes, data) if isinstance(takes, tuple) else load(takes, data)

    def _run(self, work: Work, given: Given) -> Reply:
        caller = self._admitted(work)
        faces = Faces(work, caller, self.network.converter)
        return self.operation.run(Asked(work=work, caller=caller, given=given, faces=faces))

    def _once(self, work: Work, given: Given) -> Response:
        """Run under the Idempotency-Key: asked again, it answers again and changes nothing."""
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return _written(self._run(work, given))
        if self.operation.answers_a_secret:
            raise Invalid({"Idempotency-Key": ["must be left out: this answer is not kept"]})
        if not _plain(key):
            raise Invalid({"Idempotency-Key": ["must be 1 to 100 letters, digits or signs"]})
        owner = _caller(work).actor
        said = (request.headers.get(name, "") for name in ("Cypn-For", "If-Match"))
        digest = fingerprint(request.method, request.full_path, request.get_data().hex(), *said)
        known = idempotency.begin(work.connection, owner, key, digest, to_epoch(work.now))
        if known is not None:
            return _repeated(known)
        reply = self._run(work, given)
        idempotency.finish(work.connection, owner, key, _kept(reply))
        return _written(reply)

    def _taken(self, taken: Taken, given: Given) -> Exception:
        extra: dict[str, Any] = {}
        if self.operation.when_taken is not None:
            with self.network.reading() as work:
                caller = self._admitted(work)
                faces = Faces(work, caller, self.network.converter)
                asked = Asked(work=work, caller=caller, given=given, faces=faces)
                extra = self.operation.when_taken(asked)
        return refuse("taken", str(taken), **extra)


def _caller(work: Work) -> Caller:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise refuse("key-needed")
    for_whom, unknown = request.headers.get("Cypn-For"), ["must be the id of an organisation"]
    if for_whom is not None and not _plain(for_whom):
        raise Invalid({"Cypn-For": unknown})
    try:
        caller = caller_with(work, token.strip(), for_whom)
    except NotFound:
        raise Invalid({"Cypn-For": unknown}) from None
    if caller is None:
        raise refuse("key-needed")
    return caller


def _revision() -> int:
    tag = request.headers.get("If-Match")
    if tag is None:
        raise refuse("if-match-needed")
    found = re.fullmatch(r'"(\d{1,18})"', tag)
    if found is None:
        raise Changed("If-Match must be the ETag that you got when you read it.")
    return int(found[1])


def _known_queries(known: set[str]) -> None:
    if unknown := sorted(set(request.args) - known):
        said = f"must be among: {', '.join(sorted(known))}" if known else "is not known here"
        raise Invalid({name: [said] for name in unknown})


def _plain(text: str) -> bool:
    """False for what no id can be; PostgreSQL would refuse to look up some of it, such as NUL."""
    return re.fullmatch(r"[\x21-\x7e]{1,100}", text) is not None


def _after() -> str:
    said = request.args.get("after", "")
    if said and not _plain(said):
        raise Invalid({"after": ["must be the next of the page before"]})
    return said


def _limit() -> int:
    said = request.args.get("limit", "50")
    if not re.fullmatch(r"[0-9]{1,4}", said) or not 1 <= int(said) <= MOST_A_PAGE:
        raise Invalid({"limit": [f"must be from 1 to {MOST_A_PAGE}"]})
    return int(said)


def _kept(reply: Reply) -> idempotency.Answer:
    whole = {"body": reply.body, "revision": reply.revision, "location": reply.location}
    return idempotency.Answer(reply.status, orjson.dumps(whole).decode())


def _repeated(known: idempotency.Answer) -> Response:
    whole = orjson.loads(known.body)
    return _written(Reply(status=known.status, **whole))


def _written(reply: Reply) -> Response:
    response = _json(orjson.dumps(reply.body), reply.status)
    if reply.revision is not None:
        response.headers["ETag"] = f'"{reply.revision}"'
    if reply.location:
        response.headers["Location"] = request.script_root + reply.location
    return response


def _json(body: bytes, status: int = 200) -> Response:
    return Response(body, status, content_type="application/json")


def _ready(network: Network) -> Response:
    ready = at_head(network.store)
    return _json(orjson.dumps({"ok": ready}), 200 if ready else 503)


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
