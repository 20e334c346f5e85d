"""From a need's matches to a deal, and what its sides do with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated

from annotated_types import MaxLen, MinLen
from attrs import evolve, frozen

from cypn_core.application import actions, consent, move
from cypn_core.application import ask as asking
from cypn_core.application import match as matching
from cypn_core.application.network import Caller, Work
from cypn_core.domain.constraints import Code, Pattern, WallTime, constrained
from cypn_core.domain.deals import Deal
from cypn_core.exchange import Action, Exchange
from cypn_core.web.operations import Asked, Json, Operation, Reply, page

Verb = Callable[[Work, Caller, str, str, int], Deal]
Reason = Annotated[str, MinLen(1), MaxLen(80)]
YesOrNo = Annotated[str, Pattern(r"yes|no", "must be yes or no")]
PlanKey = Annotated[str, Pattern(r"[0-9a-f]{32}", "must be the key of a plan in the matches")]


@frozen(kw_only=True, field_transformer=constrained)
class PlanChosen:
    """The plan that is asked for, by its key in the present matches."""

    plan: PlanKey


@frozen(kw_only=True, field_transformer=constrained)
class Declined:
    """Why a holder turns a request away."""

    code: Reason


@frozen(kw_only=True, field_transformer=constrained)
class Clearance:
    """What the coordinator says to what a rule has referred to it."""

    code: YesOrNo


@frozen(kw_only=True, field_transformer=constrained)
class DateCancelled:
    """Which local day of a series is given up; a holder's *code* says why."""

    on: dt.date
    code: Code | None = None


@frozen(kw_only=True, field_transformer=constrained)
class DateMoved:
    """Which local day of a series is moved to which other; at *starts*, or as late as it was."""

    on: dt.date
    to: dt.date
    starts: WallTime | None = None


def operations(exchange: Exchange) -> Iterator[Operation]:
    """Matches and asking, deals, and a deal's actions as *exchange* declares them."""
    yield from _match_operations(exchange.name)
    yield from _deal_operations(exchange.name)
    yield from (_action(exchange.name, action) for action in exchange.actions)


def _match_operations(exchange: str) -> Iterator[Operation]:
    yield Operation(
        name="match",
        method="GET",
        path="/v1/needs/{need}/matches",
        summary="What the hub has to say to one of your needs",
        shows="Answer",
        run=partial(_match, exchange),
    )
    yield Operation(
        name="ask",
        method="POST",
        path="/v1/needs/{need}/asks",
        summary="Ask for one of the plans; 201 agreed, 202 it waits for others",
        takes=PlanChosen,
        answers=(201, 202),
        shows="Deal",
        run=partial(_ask, exchange),
        when_taken=partial(_alternatives, exchange),
    )


def _deal_operations(name: str) -> Iterator[Operation]:
    yield Operation(
        name="list_deals",
        method="GET",
        path="/v1/deals",
        summary="The deals that you are in",
        paged=True,
        shows="Deal",
        run=partial(_deals, name),
    )
    yield Operation(
        name="read_deal",
        method="GET",
        path="/v1/deals/{deal}",
        summary="One of your deals",
        shows="Deal",
        run=partial(_read_deal, name),
    )
    yield Operation(
        name="agree",
        method="POST",
        path="/v1/deals/{deal}/agree",
        summary="Say yes to a deal that waits for you",
        revises=True,
        shows="Deal",
        run=partial(_moved, name, consent.agree),
    )
    yield Operation(
        name="decline",
        method="POST",
        path="/v1/deals/{deal}/decline",
        summary="Decline a request for a coded reason",
        takes=Declined,
        revises=True,
        shows="Deal",
        run=partial(_decline, name),
    )
    yield Operation(
        name="clear",
        method="POST",
        path="/v1/deals/{deal}/clearance",
        summary="As coordinator, say yes or no to a request that a rule has referred to you",
        takes=Clearance,
        scopes=frozenset({"coordinator"}),
        revises=True,
        shows="Deal",
        run=partial(_clear, name),
    )
    yield Operation(
        name="cancel",
        method="POST",
        path="/v1/deals/{deal}/cancel",
        summary="Leave a deal",
        revises=True,
        shows="Deal",
        run=partial(_moved, name, consent.cancel),
    )
    yield Operation(
        name="cancel_date",
        method="POST",
        path="/v1/deals/{deal}/cancel-date",
        summary="Leave one date of a deal; the others stand",
        takes=DateCancelled,
        revises=True,
        shows="Deal",
        run=partial(_cancel_date, name),
    )
    yield Operation(
        name="move_date",
        method="POST",
        path="/v1/deals/{deal}/move-date",
        summary="Move one date of a deal to another free time of the same offers, or nothing",
        takes=DateMoved,
        revises=True,
        shows="Deal",
        run=partial(_move_date, name),
        when_taken=partial(_free_near, name),
    )


def _action(exchange: str, action: Action) -> Operation:
    return Operation(
        name=action.name.replace("-", "_"),
        method="POST",
        path=f"/v1/deals/{{deal}}/{action.name}",
        summary=action.title,
        takes=action.takes,
        revises=True,
        shows="Deal",
        run=partial(_act, exchange, action),
    )


def _act(exchange: str, action: Action, asked: Asked) -> Reply:
    given = asked.given
    moved = actions.act(
        asked.work, asked.caller, exchange, _id(asked), action, given.body, given.revision
    )
    return _dealt(asked, moved)


def _match(exchange: str, asked: Asked) -> Reply:
    need = asked.given.path["need"]
    found = matching.match(asked.work, asked.caller, exchange, need)
    return Reply(body=asked.faces.answer(found))


def _alternatives(exchange: str, asked: Asked) -> Json:
    return {"alternatives": _match(exchange, asked).body}


def _ask(exchange: str, asked: Asked) -> Reply:
    given = asked.given
    deal = asking.ask(asked.work, asked.caller, exchange, given.path["need"], given.body.plan)
    status = 201 if deal.state.revealed else 202
    return evolve(_dealt(asked, deal), status=status, location=f"/v1/deals/{deal.id}")


def _deals(exchange: str, asked: Asked) -> Reply:
    given = asked.given
    found = asked.work.deals.of(asked.caller.member, exchange, given.after, given.limit + 1)
    return Reply(body=page(found, given.limit, asked.faces.deal))


def _read_deal(exchange: str, asked: Asked) -> Reply:
    return _dealt(asked, consent.deal_of(asked.work, asked.caller, exchange, _id(asked)))


def _moved(exchange: str, verb: Verb, asked: Asked) -> Reply:
    moved = verb(asked.work, asked.caller, exchange, _id(asked), asked.given.revision)
    return _dealt(asked, moved)


def _decline(exchange: str, asked: Asked) -> Reply:
    given = asked.given
    declined = consent.decline(
        asked.work, asked.caller, exchange, _id(asked), given.body.code, given.revision
    )
    return _dealt(asked, declined)


def _clear(exchange: str, asked: Asked) -> Reply:
    given = asked.given
    cleared = consent.clear(
        asked.work, asked.caller, exchange, _id(asked), given.body.code, given.revision
    )
    return _dealt(asked, cleared)


def _cancel_date(exchange: str, asked: Asked) -> Reply:
    given, body = asked.given, asked.given.body
    left = consent.cancel_date(
        asked.work, asked.caller, exchange, _id(asked), body.on, body.code or "", given.revision
    )
    return _dealt(asked, left)


def _move_date(exchange: str, asked: Asked) -> Reply:
    given, body = asked.given, asked.given.body
    moved = consent.move_date(
        asked.work, asked.caller, exchange, _id(asked), (body.on, body.to, body.starts),
        given.revision,
    )  # fmt: skip
    return _dealt(asked, moved)


def _free_near(exchange: str, asked: Asked) -> Json:
    body, work = asked.given.body, asked.work
    deal = consent.deal_of(work, asked.caller, exchange, _id(asked))
    found = move.free_near(work, deal, body.on, body.to, body.starts)
    return {"free": [asked.faces.converter.write(window) for window in found]}


def _dealt(asked: Asked, deal: Deal) -> Reply:
    return Reply(body=asked.faces.deal(deal), revision=deal.revision)


def _id(asked: Asked) -> str:
    return asked.given.path["deal"]
