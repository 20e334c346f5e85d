"""What a request says: whose key or session it carries, and what it gives to an operation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import request

from cypn_core.application import sessions
from cypn_core.application.keys import acting_for, caller_with
from cypn_core.application.network import Caller, Network, Work
from cypn_core.domain.errors import Changed, Invalid, NotFound
from cypn_core.web.bodies import read_json, read_raw
from cypn_core.web.operations import Given, Operation, Raw
from cypn_core.web.problems import refuse
from cypn_core.web.schemas import load, load_one_of

ACTOR = "cypn.actor"
"""Under what a request tells its server who acts, for the log: the actor's pseudonym."""
MOST_A_PAGE = 200
COOKIE = "cypn"
"""The session's cookie, without the prefix that it has wherever HTTPS is."""
LOCAL = {"localhost", "127.0.0.1", "::1"}
FORM_TYPES = {"", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain"}
"""What a page of another site can make a browser send without asking us first."""


def caller_of(work: Work) -> Caller:
    """Whose key the request carries, or who is signed in; and for whom it acts.

    A key comes first. What is signed in by a cookie changes something only from our own pages.
    """
    caller = _with_key(work) if "Authorization" in request.headers else _signed_in(work)
    for_whom, unknown = request.headers.get("Cypn-For"), ["must be the id of an organisation"]
    if for_whom is not None and not plain(for_whom):
        raise Invalid({"Cypn-For": unknown})
    if caller is None:
        raise refuse("key-needed")
    request.environ[ACTOR] = caller.actor
    try:
        return acting_for(work, caller, for_whom)
    except NotFound:
        raise Invalid({"Cypn-For": unknown}) from None


def note_use(network: Network) -> None:
    """Keep the session alive that the request comes with, if it comes with one."""
    if "Authorization" not in request.headers:
        sessions.current(network, _cookie())


def _with_key(work: Work) -> Caller | None:
    scheme, _, token = request.headers["Authorization"].partition(" ")
    return caller_with(work, token.strip()) if scheme.lower() == "bearer" else None


def _signed_in(work: Work) -> Caller | None:
    token = _cookie()
    session = sessions.session_of(work, token) if token else None
    if session is None:
        return None
    if request.method not in {"GET", "HEAD"} and not _from_our_own_page():
        raise refuse("foreign-page")
    return sessions.caller(session)


def _cookie() -> str:
    """The session's token. Without the prefix it is believed only on this machine."""
    safe = request.cookies.get(f"__Host-{COOKIE}", "")
    local = urlsplit(f"//{request.host}").hostname in LOCAL and not request.is_secure
    return safe or (request.cookies.get(COOKIE, "") if local else "")


def _from_our_own_page() -> bool:
    """Whether the browser says so, and sends what a form of another site cannot send."""
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    said = origin is not None or site is not None
    own = origin is None or urlsplit(origin).netloc == request.host
    return said and own and site in {None, "same-origin"} and request.mimetype not in FORM_TYPES


def given_to(operation: Operation, path: Mapping[str, str]) -> Given:
    """What the request gives to *operation*.

    :raises NotFound: when *path* holds what no id can be.
    :raises Invalid: when the body, a query or a header is not what the operation takes.
    """
    if not all(map(plain, path.values())):
        raise NotFound
    _known_queries({"after", "limit"} if operation.paged else set())
    return Given(
        path=path,
        body=_body(operation.takes),
        revision=_revision() if operation.revises else 0,
        after=_after(),
        limit=_limit(),
    )


def _body(takes: type[Any] | tuple[type[Any], ...] | Raw | None) -> Any:
    if takes is None:
        if request.get_data():
            raise Invalid({"body": ["must be empty: this takes none"]})
        return None
    if isinstance(takes, Raw):
        return read_raw(request.get_data(), request.content_type, takes.media_type)
    data = read_json(request.get_data(), request.content_type)
    return load_one_of(takes, data) if isinstance(takes, tuple) else load(takes, data)


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


def plain(text: str) -> bool:
    """False for what no id can be; PostgreSQL would refuse to look up some of it, such as NUL."""
    return re.fullmatch(r"[\x21-\x7e]{1,100}", text) is not None


def _after() -> str:
    said = request.args.get("after", "")
    if said and not plain(said):
        raise Invalid({"after": ["must be the next of the page before"]})
    return said


def _limit() -> int:
    said = request.args.get("limit", "50")
    if not re.fullmatch(r"[0-9]{1,4}", said) or not 1 <= int(said) <= MOST_A_PAGE:
        raise Invalid({"limit": [f"must be from 1 to {MOST_A_PAGE}"]})
    return int(said)
