"""What members do with their own needs and offers: post, list, revise, withdraw, confirm, renew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import partial

from attrs import evolve, frozen

from cypn_core.application import fresh, leave, offering, renew
from cypn_core.application import post as posting
from cypn_core.application.season_hold import holding
from cypn_core.domain.constraints import constrained
from cypn_core.domain.postings import Posting, PostingState
from cypn_core.exchange import Exchange
from cypn_core.web.operations import Asked, Json, Operation, Reply, page


@frozen(kw_only=True, field_transformer=constrained)
class Leaves:
    """From which local day on an offer is given no more."""

    leaves_on: dt.date


def operations(exchange: Exchange) -> Iterator[Operation]:
    """For needs and for offers alike, and what is for offers alone."""
    for side, kinds in (("need", exchange.needs), ("offer", exchange.offers)):
        yield Operation(
            name=f"post_{side}",
            method="POST",
            path=f"/v1/{side}s",
            summary=f"Post a {side}",
            takes=kinds,
            answers=(201,),
            shows="Posting",
            run=partial(_post, exchange.name, side),
        )
        yield Operation(
            name=f"list_{side}s",
            method="GET",
            path=f"/v1/{side}s",
            summary=f"Your own {side}s",
            paged=True,
            shows="Posting",
            run=partial(_list, exchange.name, side),
        )
        yield Operation(
            name=f"read_{side}",
            method="GET",
            path=f"/v1/{side}s/{{{side}}}",
            summary=f"One of your own {side}s",
            shows="Posting",
            run=partial(_read, exchange.name, side),
        )
        yield Operation(
            name=f"revise_{side}",
            method="PUT",
            path=f"/v1/{side}s/{{{side}}}",
            summary=f"Replace one of your own {side}s, which also confirms it as fresh",
            takes=kinds,
            revises=True,
            shows="Posting",
            run=partial(_revise, exchange.name, side),
        )
        yield Operation(
            name=f"withdraw_{side}",
            method="DELETE",
            path=f"/v1/{side}s/{{{side}}}",
            summary=f"Withdraw one of your own {side}s",
            revises=True,
            shows="Posting",
            run=partial(_withdraw, exchange.name, side),
        )
        yield Operation(
            name=f"confirm_{side}",
            method="POST",
            path=f"/v1/{side}s/{{{side}}}/confirm",
            summary=f"Say that one of your own {side}s still holds as it stands",
            shows="Posting",
            run=partial(_confirm, exchange.name, side),
        )
    yield Operation(
        name="renew_offer",
        method="POST",
        path="/v1/offers/{offer}/renew",
        summary="Give the hours of one of your offers for the next term too",
        shows="Posting",
        run=partial(_renew, exchange.name),
    )
    yield Operation(
        name="end_offer",
        method="POST",
        path="/v1/offers/{offer}/leave",
        summary="Say on which day one of your offers ends; what is agreed for later is displaced",
        takes=Leaves,
        revises=True,
        shows="Posting",
        run=partial(_leave, exchange.name),
    )


def _post(exchange: str, side: str, asked: Asked) -> Reply:
    posted = offering.posted(asked.work, asked.caller, exchange, asked.given.body)
    return evolve(_posted(asked, posted), status=201, location=f"/v1/{side}s/{posted.id}")


def _list(exchange: str, side: str, asked: Asked) -> Reply:
    given, work = asked.given, asked.work
    found = work.postings.mine(asked.caller.member, exchange, side, given.after, given.limit + 1)
    return Reply(body=page(found, given.limit, partial(_shown, asked)))


def _read(exchange: str, side: str, asked: Asked) -> Reply:
    found = posting.mine(asked.work, asked.caller, exchange, asked.given.path[side], side)
    return _posted(asked, found)


def _revise(exchange: str, side: str, asked: Asked) -> Reply:
    given = asked.given
    revised = offering.revised(
        asked.work, asked.caller, exchange, given.path[side], given.body, given.revision
    )
    return _posted(asked, revised)


def _withdraw(exchange: str, side: str, asked: Asked) -> Reply:
    given = asked.given
    gone = posting.withdraw(
        asked.work, asked.caller, exchange, given.path[side], side, given.revision
    )
    return _posted(asked, gone)


def _confirm(exchange: str, side: str, asked: Asked) -> Reply:
    given, work = asked.given, asked.work
    found = posting.mine(work, asked.caller, exchange, given.path[side], side)
    return _posted(asked, fresh.confirm(work, asked.caller, found))


def _renew(exchange: str, asked: Asked) -> Reply:
    offer = asked.given.path["offer"]
    return _posted(asked, renew.renew(asked.work, asked.caller, exchange, offer))


def _leave(exchange: str, asked: Asked) -> Reply:
    given = asked.given
    leaving = leave.leave(
        asked.work,
        asked.caller,
        exchange,
        given.path["offer"],
        given.body.leaves_on,
        given.revision,
    )
    return _posted(asked, leaving)


def _posted(asked: Asked, found: Posting) -> Reply:
    return Reply(body=_shown(asked, found), revision=found.revision)


def _shown(asked: Asked, found: Posting) -> Json:
    """A posting, and the season that an open need has to wait for."""
    waits = found.state is PostingState.OPEN and holding(asked.work, found)
    return {**asked.faces.posting(found), "season": waits.id if waits else None}
