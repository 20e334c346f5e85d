"""The operations of deals that seekers put together themselves; their steps are its actions."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Annotated

from attrs import frozen

from cypn_core.application import gather
from cypn_core.domain.constraints import Pattern, constrained
from cypn_core.exchange import Exchange
from cypn_core.web.operations import Asked, Operation, Reply

DealKey = Annotated[str, Pattern(r"[0-9a-f]{32}", "must be the id of a deal that is gathered")]


@frozen(kw_only=True, field_transformer=constrained)
class Joined:
    """The gathered deal that is joined."""

    deal: DealKey


def operations(exchange: Exchange) -> Iterator[Operation]:
    """Begin a deal, look for those that one may join, join one; none where nothing is gathered."""
    if exchange.gathering is None:
        return
    yield Operation(
        name="gather",
        method="POST",
        path="/v1/needs/{need}/gather",
        summary="Begin a deal that others may join, with one of your needs",
        answers=(201,),
        shows="Deal",
        run=partial(_begun, exchange.name),
    )
    yield Operation(
        name="list_gatherings",
        method="GET",
        path="/v1/needs/{need}/gatherings",
        summary="The deals that are gathered and that one of your needs may join",
        run=partial(_open, exchange.name),
    )
    yield Operation(
        name="join",
        method="POST",
        path="/v1/needs/{need}/join",
        summary="Join a deal that is gathered with one of your needs",
        takes=Joined,
        shows="Deal",
        run=partial(_join, exchange.name),
    )


def _begun(exchange: str, asked: Asked) -> Reply:
    deal = gather.begin(asked.work, asked.caller, exchange, asked.given.path["need"])
    location = f"/v1/deals/{deal.id}"
    body = asked.faces.deal(deal)
    return Reply(body=body, status=201, revision=deal.revision, location=location)


def _open(exchange: str, asked: Asked) -> Reply:
    found = gather.open_to(asked.work, asked.caller, exchange, asked.given.path["need"])
    items = [
        {
            "deal": deal.id,
            "sub_state": deal.sub_state,
            "book": gather.shown(asked.work, deal, None),
        }
        for deal in found
    ]
    return Reply(body={"items": items})


def _join(exchange: str, asked: Asked) -> Reply:
    given = asked.given
    deal = gather.join(
        asked.work, asked.caller, exchange, given.path["need"], given.body.deal
    )  # fmt: skip
    return Reply(body=asked.faces.deal(deal), revision=deal.revision)
