"""What a request says: whose key it carries, and what it gives to an operation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import request

from cypn_core.application.keys import caller_with
from cypn_core.application.network import Caller, Work
from cypn_core.domain.errors import Changed, Invalid, NotFound
from cypn_core.web.bodies import read_json, read_raw
from cypn_core.web.operations import Given, Operation, Raw
from cypn_core.web.problems import refuse
from cypn_core.web.schemas import load, load_one_of

MOST_A_PAGE = 200


def caller_of(work: Work) -> Caller:
    """Whose key the request carries, and for whom it acts."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise refuse("key-needed")
    for_whom, unknown = request.headers.get("Cypn-For"), ["must be the id of an organisation"]
    if for_whom is not None and not plain(for_whom):
        raise Invalid({"Cypn-For": unknown})
    try:
        caller = caller_with(work, token.strip(), for_whom)
    except NotFound:
        raise Invalid({"Cypn-For": unknown}) from None
    if caller is None:
        raise refuse("key-needed")
    return caller


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
