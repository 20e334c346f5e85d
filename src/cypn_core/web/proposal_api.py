"""The operations of proposals, where an exchange puts many needs together at once."""

from __future__ import annotations

from collections.abc import Iterator

from cypn_core.application import propose
from cypn_core.application.network import Caller, Network
from cypn_core.application.propose import Sketched
from cypn_core.exchange import Exchange
from cypn_core.web.operations import Asked, Json, Operation, Reply

COORDINATOR = frozenset({"coordinator"})


def operations(exchange: Exchange) -> Iterator[Operation]:
    """Look at what could be proposed, and propose it; none where nothing is put together."""
    if exchange.together is None:
        return
    yield Operation(
        name="preview_proposals",
        method="GET",
        path="/v1/proposals",
        summary="What could be proposed to groups that would share; nothing is stored",
        scopes=COORDINATOR,
        run=lambda asked: _previewed(asked, exchange.name),
    )
    yield Operation(
        name="make_proposals",
        method="POST",
        path="/v1/proposals",
        summary="Put all open needs together that wait on nothing, and propose it to their groups",
        scopes=COORDINATOR,
        before=lambda network, caller, _: _made(network, caller, exchange.name),
        run=lambda asked: Reply(body=propose.latest(asked.work, asked.caller, exchange.name)),
    )


def shown(sketched: Sketched) -> Json:
    """The figures, and each plan by its counts, its price and what the planner notes of it."""
    notes = sketched.found.notes if sketched.found else {}
    plans = [
        {
            "key": plan.key,
            "needs": list(plan.needs),
            "pence": plan.pence,
            "because": list(plan.because),
            "notes": [str(line) for line in notes.get(plan.key, ())],
        }
        for plan in sketched.shared
    ]
    return {**propose.figures(sketched), "plans": plans}


def _previewed(asked: Asked, exchange: str) -> Reply:
    return Reply(body=shown(propose.preview(asked.work, asked.caller, exchange)))


def _made(network: Network, caller: Caller, exchange: str) -> None:
    propose.propose(network, caller, exchange)
