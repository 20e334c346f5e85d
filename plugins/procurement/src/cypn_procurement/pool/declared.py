"""The steps of a pool as core runs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cypn_core.exchange import Action, DealView, Gathering, Outcome
from cypn_core.matching.rules import Context
from cypn_procurement.pool import chartering, committing, deciding, given, running
from cypn_procurement.pool.book import Book
from cypn_procurement.pool.shown import PoolSeen, shown
from cypn_procurement.pool.states import (
    AFTER,
    BEFORE,
    COMMITTED,
    DECIDING,
    DECISION,
    DELIVERED,
    DISPUTED,
    DRAFT,
    OPEN,
    ORDERING,
    QUOTING,
)

Handler = Callable[[DealView, Any, Context], Outcome]


def _step(
    name: str, title: str, states: frozenset[str], handler: Handler, takes: type[Any] | None = None
) -> Action:
    return Action(
        name=name, title=title, who="seeker", from_states=states, handler=handler, takes=takes,
        gathering=True,
    )  # fmt: skip


STEPS = (
    _step("write-charter", "Write down budget, exit and review", frozenset({DRAFT}),
          chartering.write, given.CharterGiven),
    _step("take-role", "Take a role", BEFORE, chartering.take, given.RoleTaken),
    _step("lay-down-role", "Give a role back", BEFORE, chartering.lay_down, given.RoleTaken),
    _step("open", "Open the pool for commitments", frozenset({DRAFT}), chartering.open_up),
    _step("commit", "Commit, or change your commitment", OPEN, committing.commit,
          given.Commitment),
    _step("withdraw", "Take your commitment back", OPEN, committing.withdraw),
    _step("extend", "Gather on until another day", OPEN, chartering.extend, given.Extension),
    _step("close", "Close the gathering", OPEN, deciding.close),
    _step("declare", "Declare your interests", frozenset({*OPEN, QUOTING}), deciding.declare,
          given.Declared),
    _step("vote", "Vote for a quote", frozenset({QUOTING}), deciding.vote, given.Vote),
    _step("decide", "Count the votes and ask everybody", frozenset({QUOTING}), deciding.decide),
    _step("enter-terms", "Enter new terms of the supplier", frozenset({DECISION}),
          deciding.enter_terms, given.NewTerms),
    _step("reopen", "Reopen the pool", DECIDING, chartering.reopen,
          given.Extension),
)  # fmt: skip


def _later(
    name: str, title: str, states: frozenset[str], handler: Handler, takes: type[Any] | None = None
) -> Action:
    return Action(
        name=name, title=title, who="seeker", from_states=states, handler=handler, takes=takes
    )


ON = frozenset({ORDERING, DELIVERED})
RUNNING = (
    _later("place-order", "Place the order", frozenset({COMMITTED}), running.order),
    _later("record-delivery", "Record what came", ON, running.deliver, given.Delivery),
    _later("record-invoice", "Record an invoice", ON, running.invoice, given.Invoice),
    _later("tell-hours", "Tell the hours that it took", AFTER, running.tell_hours,
           given.HoursSpent),
    _later("say-outcome", "Say what you go on for", AFTER, running.go_on, given.GoingOn),
    _later("dispute", "Dispute it", ON, running.dispute),
    _later("resolve", "End the dispute", frozenset({DISPUTED}), running.resolve),
    _later("give-notice", "Leave when your notice is over", ON, running.give_notice,
           given.NoticeGiven),
    _later("take-over", "Record who takes a place", ON, running.take_over, given.TakenOver),
    _later("settle", "Settle it", frozenset({DELIVERED}), running.settle),
)  # fmt: skip

POOLS = Gathering(
    begins_as=DRAFT,
    book=Book,
    seen=PoolSeen,
    shown=shown,
    open_to=committing.open_to,
    joined=committing.joined,
    left=deciding.left,
    clocked=committing.clocked,
    replayed=deciding.replayed,
)
