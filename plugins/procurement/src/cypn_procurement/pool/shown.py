"""What each member reads of the pool's book: its own part whole, of the others bands only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from attrs import frozen

from cypn_core.domain.deals import DealState
from cypn_core.domain.errors import Conflict
from cypn_core.domain.money import pounds
from cypn_core.exchange import DealView
from cypn_core.matching.rules import Context
from cypn_procurement.clearing import cleared
from cypn_procurement.model import PurchaseNeed
from cypn_procurement.pool import running
from cypn_procurement.pool.book import Book, Role, Seat
from cypn_procurement.pool.chartering import book_of, today
from cypn_procurement.pool.committing import why_not
from cypn_procurement.pool.deciding import members, seen, worded
from cypn_procurement.pool.exits import month_of
from cypn_procurement.pool.states import DECIDING
from cypn_procurement.sentences import disclosures


@frozen(kw_only=True)
class QuoteSeen:
    """A quote as it lies open, with what it would mean for the reader."""

    quote: str
    terms: str
    disclosed: tuple[str, ...]
    for_you: str


@frozen(kw_only=True)
class ChangeSeen:
    """New terms: what was, what is, who entered it and when."""

    entered_at: dt.datetime
    entered_by: str
    was: str
    now: str


@frozen(kw_only=True)
class PoolSeen:
    """A pool as one of its members reads it; as a stranger whose need fits, all but its own."""

    bought: str
    budget_pence: int | None
    exit_months: int | None
    review_date: dt.date | None
    gather_until: dt.date | None
    target: int | None
    roles_taken: tuple[str, ...]
    progress: str
    your_roles: tuple[str, ...] = ()
    you_committed: bool = False
    you_signed: bool = False
    you_are_told: str = ""
    your_vote: str = ""
    quotes: tuple[QuoteSeen, ...] = ()
    changed_terms: tuple[ChangeSeen, ...] = ()
    ordered_on: dt.date | None = None
    units_for_you: int | None = None
    bills_pence: int | None = None
    your_bills_pence: int | None = None
    your_net_saving_pence: int | None = None
    net_saving_told: str = ""
    leaving_costs_pence: int | None = None
    leaving_told: str = ""
    hint: str = ""


SHORT = 8
"""So much of a quote's id tells it from the others of one pool."""


def shown(view: DealView, context: Context) -> PoolSeen:
    """The pool as whoever has the postings *mine* reads it."""
    book = book_of(view)
    mine = next((need for need in sorted(view.mine) if need in book.seats), None)
    seat = book.seats.get(mine) if mine else None
    first = next(body for body in view.needs.values() if isinstance(body, PurchaseNeed))
    charter = book.charter
    return PoolSeen(
        bought=first.category.value,
        budget_pence=None if _supplies(view, seat) else charter.budget_pence,
        exit_months=charter.exit_months,
        review_date=charter.review_date,
        gather_until=charter.gather_until,
        target=charter.target,
        roles_taken=tuple(sorted({r.value for s in book.seats.values() for r in s.roles})),
        progress=_progress(book),
        your_roles=tuple(sorted(role.value for role in seat.roles)) if seat else (),
        you_committed=bool(seat and seat.committed),
        you_signed=bool(seat and seat.signed),
        you_are_told=_told(view, book, mine, seat) if mine and seat else "",
        your_vote=seat.vote[:SHORT] if seat else "",
        quotes=tuple(_quotes(view, book, mine, seat)) if mine and seat else (),
        changed_terms=tuple(_changes(book)) if seat else (),
        hint=_hint(book),
        **(_running(view, book, mine, context) if mine and view.state.revealed else {}),
    )


def _supplies(view: DealView, seat: Seat | None) -> bool:
    """Whether it is a supplier that reads, who would quote up to the budget."""
    return bool(view.mine) and seat is None


def _running(view: DealView, book: Book, mine: str, context: Context) -> dict[str, Any]:
    """What a member of an agreed pool reads: the invoices in all, and its own part of the rest."""
    net = running.net_saving(view, book, mine, context.settings.hour_pence)
    told: dict[str, Any] = {
        "ordered_on": book.ordered_on,
        "units_for_you": book.received.get(mine),
        "your_net_saving_pence": net,
        "net_saving_told": "" if net is None or net >= 0 else DOES_NOT_PAY,
    }
    if book.bills:
        told["bills_pence"] = sum(bill.pence for bill in book.bills)
        told["your_bills_pence"] = sum(bill.shares.get(mine, 0) for bill in book.bills)
    if book.ordered_on is not None:
        given = next((each.on for each in book.notices if each.need == mine), None)
        after = month_of(book.ordered_on, given or today(context))
        costs = running.would_cost(view, book, mine, after)
        told["leaving_costs_pence"], told["leaving_told"] = costs.pence, costs.sentence
    return told


DOES_NOT_PAY = "It does not pay on cost: go on only for what else it brings, and say for what."


def _progress(book: Book) -> str:
    told = book.progress
    if told is None:
        return ""
    share = f", {told.share}" if book.charter.target else ""
    return f"{told.groups}{share}"


def _hint(book: Book) -> str:
    """P08: more may join, and are told what has worked best."""
    if Role.LEAD in {role for seat in book.seats.values() for role in seat.roles}:
        return "Pools of two or three partners with a lead have worked best; more may join."
    return ""


def _told(view: DealView, book: Book, mine: str, seat: Seat) -> str:
    """What a member is told of itself: why it does not count, or what it would lose."""
    if said := why_not(view).get(mine):
        return said
    share = next((s for s in view.plan.shares if s.need == mine), None)
    if share is None or seat.cap_pence is None:
        return ""
    loss = share.pence - seat.cap_pence * seat.quantity
    return f"You would lose {pounds(loss)}." if loss > 0 else f"You save {pounds(-loss)}."


def _quotes(view: DealView, book: Book, mine: str, seat: Seat) -> Iterator[QuoteSeen]:
    """The quotes, once the member has declared its interests; never before."""
    if view.sub_state not in DECIDING or seat.interest is None:
        return
    if view.state is not DealState.GATHERING:
        return
    for each in book.quotes:
        try:
            found = seen(view, each)
            pool = cleared(found.tariff, members(book.seats))
        except Conflict:
            continue
        yield QuoteSeen(
            quote=each[:SHORT],
            terms=worded(found.quote),
            disclosed=tuple(disclosures(found.quote)),
            for_you=_for_you(pool.shares.get(mine) if pool else None, seat),
        )


def _for_you(share: int | None, seat: Seat) -> str:
    if share is None:
        return "On this quote you would lose: you would be left out, unless you insist."
    if seat.cap_pence is None:
        return f"You would pay {pounds(share)}."
    saved = seat.cap_pence * seat.quantity - share
    return f"You would pay {pounds(share)} and save {pounds(saved)}."


def _changes(book: Book) -> Iterator[ChangeSeen]:
    for each in book.changes:
        yield ChangeSeen(
            entered_at=each.at, entered_by=each.entered_by.value, was=each.was, now=each.now
        )
