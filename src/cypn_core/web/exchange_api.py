"""The operations of an exchange, derived from its declaration: a plugin writes no route."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from attrs import evolve

from cypn_core.application.gate import missing_checks
from cypn_core.exchange import Exchange
from cypn_core.web import (
    closure_api,
    deal_api,
    diary_api,
    gather_api,
    listing_api,
    posting_api,
    proposal_api,
    season_api,
    wake_api,
)
from cypn_core.web.operations import Asked, Json, Operation, Reply


def operations(exchange: Exchange) -> Iterator[Operation]:
    """Every operation that members have on *exchange*."""
    yield Operation(
        name="about",
        method="GET",
        path="/v1",
        summary=f"What the exchange {exchange.title} is, and what your checks still lack for it",
        run=partial(_about, exchange),
    )
    for each in _behind_the_gate(exchange):
        yield evolve(each, gate=exchange.name)


def _behind_the_gate(exchange: Exchange) -> Iterator[Operation]:
    yield from posting_api.operations(exchange)
    yield from deal_api.operations(exchange)
    yield from listing_api.operations(exchange.name)
    yield from closure_api.operations(exchange.name)
    yield from diary_api.operations(exchange.name)
    yield from wake_api.operations(exchange.name)
    yield from proposal_api.operations(exchange)
    yield from gather_api.operations(exchange)


def _about(exchange: Exchange, asked: Asked) -> Reply:
    member = asked.caller.organisation
    missing = [] if member is None else missing_checks(asked.work, member, exchange.name)
    body: Json = {
        "exchange": exchange.name,
        "title": exchange.title,
        "summary": exchange.summary,
        "region": asked.work.hub.region.name,
        "needs": [kind.kind for kind in exchange.needs],
        "offers": [kind.kind for kind in exchange.offers],
        "actions": [action.name for action in exchange.actions],
        "words": dict(exchange.words),
        "missing_checks": missing,
        "seasons": season_api.held_open(asked, exchange.name),
    }
    return Reply(body=body)
