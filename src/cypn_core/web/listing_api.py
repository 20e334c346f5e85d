"""Named listings: who agreed to it is shown to everybody, as JSON and as a page; and the choice."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from html import escape
from typing import Any

from attrs import frozen
from flask import Flask, Response

from cypn_core.application import listings
from cypn_core.application.faces import Faces
from cypn_core.application.network import PUBLIC, Network
from cypn_core.application.public import told
from cypn_core.domain.constraints import constrained
from cypn_core.web.operations import Asked, Operation, Reply

POLICY = "default-src 'none'; frame-ancestors 'none'"


@frozen(kw_only=True, field_transformer=constrained)
class ListingChosen:
    """Whether the holder of an offer agrees to be listed by name."""

    named: bool


def public_operations() -> Iterator[Operation]:
    """What needs no key; part of the membership service."""
    yield Operation(
        name="listings",
        method="GET",
        path="/v1/listings",
        summary="Who agreed to be listed by name, with what; of the others, only counts. No key",
        scopes=frozenset(),
        run=lambda asked: Reply(body=told(asked.faces)),
    )


def operations(exchange: str) -> Iterator[Operation]:
    """The choice of a holder; part of the exchange's service."""
    yield Operation(
        name="list_offer_by_name",
        method="POST",
        path="/v1/offers/{offer}/listing",
        summary="Let one of your offers be listed by name to everybody, or no more, at once",
        takes=ListingChosen,
        run=partial(_choose, exchange),
    )


def add_listings(app: Flask, network: Network) -> None:
    """Serve ``/listings``, the same as a page that anybody may open."""
    app.add_url_rule(
        "/listings",
        "listings_page",
        lambda: _page(network),
        methods=["GET"],
        provide_automatic_options=False,
    )


def _choose(exchange: str, asked: Asked) -> Reply:
    offer, named = asked.given.path["offer"], asked.given.body.named
    chosen = listings.choose(asked.work, asked.caller, exchange, offer, named=named)
    return Reply(body=asked.faces.posting(chosen), revision=chosen.revision)


def _page(network: Network) -> Response:
    with network.reading() as work:
        found = told(Faces(work, PUBLIC, network.converter))
    title = f"Listed by name: {found['region']}"
    rows = "".join(_row(each) for each in found["listings"])
    some = f"<ul>{rows}</ul>" if rows else "<p>Nobody yet.</p>"
    page = (
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{escape(title)}'
        '</title><meta name="viewport" content="width=device-width"></head>\n'
        f"<body><main><h1>{escape(title)}</h1>{some}</main></body>\n</html>\n"
    )
    response = Response(page, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _row(each: dict[str, Any]) -> str:
    facts = each["facts"]
    where = f", {escape(facts['place'])}" if facts.get("place") else ""
    kind = escape(each["category"].replace("_", " "))
    return f"<li>{escape(each['name'])}: {kind}{where} ({escape(each['title'])})</li>"
