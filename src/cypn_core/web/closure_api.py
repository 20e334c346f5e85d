"""Closures: what a holder closes of its own offers, and reopens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import partial

from attrs import frozen

from cypn_core.application import closures
from cypn_core.application import post as posting
from cypn_core.domain.closures import Closure
from cypn_core.domain.constraints import Code, WallTime, constrained
from cypn_core.domain.errors import Invalid
from cypn_core.domain.region import Region
from cypn_core.domain.times import Window
from cypn_core.web.operations import Asked, Json, Operation, Reply, page

YEARS = range(2000, 2190)
PATH = "/v1/offers/{offer}/closures"


@frozen(kw_only=True, field_transformer=constrained)
class ToClose:
    """From *starts* on the local day *first* to *ends* on *last*, the same day without it."""

    first: dt.date
    last: dt.date | None = None
    starts: WallTime = "00:00"
    ends: WallTime = "24:00"
    code: Code


def operations(exchange: str) -> Iterator[Operation]:
    """What a holder can do with its closures; part of the exchange's service."""
    yield Operation(
        name="close_offer",
        method="POST",
        path=PATH,
        summary="Close some time of one of your offers to everybody; what is agreed is displaced",
        takes=ToClose,
        answers=(201,),
        shows="Closure",
        run=partial(_close, exchange),
    )
    yield Operation(
        name="list_closures",
        method="GET",
        path=PATH,
        summary="When one of your offers is closed, by you or because you declined as unavailable",
        paged=True,
        shows="Closure",
        run=partial(_list, exchange),
    )
    yield Operation(
        name="reopen_offer",
        method="DELETE",
        path=f"{PATH}/{{closure}}",
        summary="Reopen what you closed; whoever was turned away there is offered it first",
        shows="Closure",
        run=partial(_reopen, exchange),
    )


def _close(exchange: str, asked: Asked) -> Reply:
    body, offer = asked.given.body, asked.given.path["offer"]
    span = span_of(asked.work.hub.region, body)
    made = closures.close(asked.work, asked.caller, exchange, offer, span, body.code)
    return Reply(body=_shown(made), status=201, location=f"/v1/offers/{offer}/closures/{made.id}")


def span_of(region: Region, body: ToClose) -> Window:
    """The moments that *body* closes by the clocks of *region*.

    :raises Invalid: when it ends before it starts, or lies too far away.
    """
    last = body.last or body.first
    for name, day in (("first", body.first), ("last", last)):
        if day.year not in YEARS:
            raise Invalid({name: ["must be a date between the years 2000 and 2189"]})
    start, end = region.moment(body.first, body.starts), region.moment(last, body.ends)
    if end <= start:
        raise Invalid({"ends": ["must be after it starts, on the local day that last names"]})
    return Window(start, end)


def _list(exchange: str, asked: Asked) -> Reply:
    given, work = asked.given, asked.work
    offer = posting.mine(work, asked.caller, exchange, given.path["offer"], "offer")
    found = work.closures.of(offer.id, given.after, given.limit + 1)
    return Reply(body=page(found, given.limit, _shown))


def _reopen(exchange: str, asked: Asked) -> Reply:
    path = asked.given.path
    again = closures.reopen(asked.work, asked.caller, exchange, path["offer"], path["closure"])
    return Reply(body=_shown(again))


def _shown(closure: Closure) -> Json:
    return {
        "id": closure.id,
        "offer": closure.offer,
        "code": closure.code,
        "state": closure.state,
        "created": _instant(closure.created),
        "windows": [
            {"start": _instant(each.start), "end": _instant(each.end)} for each in closure.windows
        ],
    }


def _instant(moment: dt.datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
