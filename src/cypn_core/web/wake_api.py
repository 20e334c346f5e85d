"""The operations by which a woken group answers, and by which a group goes on for another term."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated

from attrs import frozen

from cypn_core.application import tenure, wake
from cypn_core.application.network import Caller, Work
from cypn_core.domain.constraints import Pattern, constrained
from cypn_core.domain.deals import Deal
from cypn_core.domain.wakes import Wake
from cypn_core.web.operations import Asked, Json, Operation, Reply, page

Answer = Annotated[str, Pattern(r"yes|no|later", "must be yes, no or later")]


@frozen(kw_only=True, field_transformer=constrained)
class WakeAnswered:
    """What the group says to what has come up."""

    code: Answer


def operations(exchange: str) -> Iterator[Operation]:
    """Every operation on wakes and terms that members have on *exchange*."""
    yield Operation(
        name="list_wakes",
        method="GET",
        path="/v1/wakes",
        summary="What has come up for your needs, and how you answered",
        paged=True,
        run=partial(_list, exchange),
    )
    yield Operation(
        name="answer_wake",
        method="POST",
        path="/v1/wakes/{wake}/answer",
        summary="Say yes, no or later to what has come up",
        takes=WakeAnswered,
        run=partial(_answer, exchange),
    )
    yield Operation(
        name="renew",
        method="POST",
        path="/v1/deals/{deal}/renew",
        summary="Go on for another term, where one is offered; 201 agreed, 202 it waits for others",
        answers=(201, 202),
        shows="Deal",
        run=partial(_term, exchange, tenure.renew),
    )
    yield Operation(
        name="let_go",
        method="POST",
        path="/v1/deals/{deal}/let-go",
        summary="Leave at the end of the term although another is offered",
        shows="Deal",
        run=partial(_gone, exchange),
    )


def _list(exchange: str, asked: Asked) -> Reply:
    given = asked.given
    owner, wakes = asked.caller.member, asked.work.wakes
    found = wakes.told_to(owner, given.after, given.limit + 1, exchange)
    return Reply(body=page(found, given.limit, _shown))


def _answer(exchange: str, asked: Asked) -> Reply:
    found, given = asked.given.path["wake"], asked.given.body
    answered, deal = wake.answer(asked.work, asked.caller, exchange, found, given.code)
    shown = None if deal is None else asked.faces.deal(deal)
    return Reply(body={"wake": _shown(answered), "deal": shown})


def _term(exchange: str, verb: Callable[[Work, Caller, str, str], Deal], asked: Asked) -> Reply:
    deal = verb(asked.work, asked.caller, exchange, asked.given.path["deal"])
    return Reply(
        body=asked.faces.deal(deal),
        status=201 if deal.state.revealed else 202,
        revision=deal.revision,
        location=f"/v1/deals/{deal.id}",
    )


def _gone(exchange: str, asked: Asked) -> Reply:
    deal = tenure.let_go(asked.work, asked.caller, exchange, asked.given.path["deal"])
    return Reply(body=asked.faces.deal(deal), revision=deal.revision)


def _shown(found: Wake) -> Json:
    """Which of one's own needs, until when, and how it stands; never who gives it."""
    return {
        "id": found.id,
        "need": found.need,
        "state": found.state.value,
        "answer_by": found.due.isoformat().replace("+00:00", "Z"),
        "deal": found.deal,
    }
