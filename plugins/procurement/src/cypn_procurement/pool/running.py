"""An agreed pool: ordering, delivery, invoices, hours, disputes, notices and settling."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile

from attrs import evolve

from cypn_core.domain.errors import Conflict, Invalid, NotAllowed
from cypn_core.domain.money import apportion, pounds
from cypn_core.exchange import DealView, Outcome
from cypn_core.matching.rules import Context
from cypn_procurement.model import QuoteOffer
from cypn_procurement.pool.bills import shares_of
from cypn_procurement.pool.book import Bill, Book, Notice, Replacement, Role, Seat
from cypn_procurement.pool.chartering import book_of, me, must_lead, today
from cypn_procurement.pool.exits import Contract, Leaving, leaving, month_of
from cypn_procurement.pool.given import (
    Delivery,
    GoingOn,
    HoursSpent,
    Invoice,
    NoticeGiven,
    TakenOver,
)
from cypn_procurement.pool.states import DELIVERED, DISPUTED, ORDERING, SETTLED


def order(view: DealView, given: None, context: Context) -> Outcome:
    """The order is placed; the contract begins today."""
    must_lead(view)
    book = evolve(book_of(view), ordered_on=today(context))
    return Outcome(sub_state=ORDERING, book=book, tells="The order was placed.")


def deliver(view: DealView, given: Delivery, context: Context) -> Outcome:
    """What came is shared as it was ordered, to the unit; nobody gets more than it ordered."""
    must_lead(view)
    book, wanted = book_of(view), quantities(view)
    ordered = sum(wanted.values())
    if given.units_delivered > ordered:
        said = f"must be at most {ordered}, which is all that was ordered"
        raise Invalid({"units_delivered": [said]})
    received = apportion(given.units_delivered, wanted)
    short = ordered - given.units_delivered
    return Outcome(
        sub_state=DELIVERED,
        book=evolve(book, received=received),
        fact={"units_delivered": given.units_delivered, "units_short": short},
        tells=f"{given.units_delivered} of {ordered} came. Your part is on the pool's page.",
    )


def invoice(view: DealView, given: Invoice, context: Context) -> Outcome:
    """An invoice is shared to the penny, even over several invoices.

    By what each ordered; whoever's notice is over pays for nothing but what it left missing.

    :raises Conflict: when nobody is left who pays.
    """
    must_have(view, Role.TREASURER)
    book = book_of(view)
    weights = billed(view, book, month_of(book.ordered_on or today(context), today(context)) + 1)
    if not weights:
        raise Conflict("Everybody has left, and nothing is missing: there is nobody to share it.")
    shares = shares_of(given.invoice_pence, weights, book.bills)
    bill = Bill(on=today(context), pence=given.invoice_pence, weights=weights, shares=shares)
    return Outcome(
        sub_state=view.sub_state,
        book=evolve(book, bills=(*book.bills, bill)),
        fact={"invoice_pence": given.invoice_pence},
        tells=f"An invoice of {pounds(given.invoice_pence)} was shared.",
    )


def tell_hours(view: DealView, given: HoursSpent, context: Context) -> Outcome:
    """Hours that the pool took; what it saves is told net of them."""
    book, mine = book_of(view), me(view)
    seat = book.seats[mine]
    return Outcome(
        sub_state=view.sub_state,
        book=book.seated(mine, evolve(seat, hours=seat.hours + given.hours)),
    )


def go_on(view: DealView, given: GoingOn, context: Context) -> Outcome:
    """The members go on though it does not pay, and say what for (P06)."""
    book = evolve(book_of(view), outcome=given.going_on_for.value)
    return Outcome(
        sub_state=view.sub_state, book=book, fact={"going_on_for": given.going_on_for.value}
    )


def dispute(view: DealView, given: None, context: Context) -> Outcome:
    """Something is wrong: nothing is settled until it is resolved."""
    return Outcome(sub_state=DISPUTED, book=book_of(view), tells="A member disputes it.")


def resolve(view: DealView, given: None, context: Context) -> Outcome:
    """It is resolved."""
    must_lead(view)
    return Outcome(sub_state=DELIVERED, book=book_of(view), tells="The dispute is resolved.")


def settle(view: DealView, given: None, context: Context) -> Outcome:
    """All is paid.

    :raises Conflict: before there is an invoice.
    """
    must_have(view, Role.TREASURER)
    book = book_of(view)
    if not book.bills:
        raise Conflict("There is no invoice yet: record it first.")
    paid = sum(bill.pence for bill in book.bills)
    return Outcome(sub_state=SETTLED, book=book, fact={"paid_pence": paid})


def give_notice(view: DealView, given: NoticeGiven, context: Context) -> Outcome:
    """Leave on the terms that were signed, having read what it costs (P04).

    :raises Invalid: when the amount confirmed is not the one that it comes to today.
    """
    book, mine = book_of(view), me(view)
    if any(notice.need == mine for notice in book.notices):
        raise Conflict("You have given notice already.")
    on = today(context)
    costs = would_cost(view, book, mine, month_of(book.ordered_on or on, on))
    if given.exit_cost_pence != costs.pence:
        said = f"must be {pounds(costs.pence)}. {costs.sentence}"
        raise Invalid({"exit_cost_pence": [said]})
    notice = Notice(need=mine, units=quantities(view)[mine], on=on)
    return Outcome(
        sub_state=view.sub_state,
        book=evolve(book, notices=(*book.notices, notice)),
        tells="A member leaves when its notice is over; your price stays as it is.",
    )


def take_over(view: DealView, given: TakenOver, context: Context) -> Outcome:
    """Somebody takes over units of a member that left, from a month of the contract on."""
    must_lead(view)
    book = book_of(view)
    gone = sum(notice.units for notice in book.notices)
    taken = sum(each.units for each in book.replaced) + given.units_taken_over
    if taken > gone:
        raise Invalid({"units_taken_over": [f"must be at most {gone} in all, which is what left"]})
    new = Replacement(units=given.units_taken_over, from_month=given.from_month)
    return Outcome(sub_state=view.sub_state, book=evolve(book, replaced=(*book.replaced, new)))


def would_cost(view: DealView, book: Book, need: str, after: int) -> Leaving:
    """What it comes to when the member of *need* gives notice *after* so many months.

    Only who gave notice earlier counts: what one has signed does not change when more leave.
    """
    wanted = quantities(view)
    earlier = takewhile(lambda notice: notice.need != need, book.notices)
    return leaving(
        contract_of(view, book),
        units=wanted[need],
        all_units=sum(wanted.values()),
        gone=sum(notice.units for notice in earlier),
        after=after,
        replaced=book.replaced,
    )


def billed(view: DealView, book: Book, month: int) -> dict[str, int]:
    """The units of each member that an invoice in that *month* of the contract is shared by."""
    wanted = dict(quantities(view))
    for notice in book.notices:
        after = month_of(book.ordered_on or notice.on, notice.on)
        costs = would_cost(view, book, notice.need, after)
        wanted[notice.need] = costs.missing.get(month, 0) if month > costs.until else notice.units
    return {need: units for need, units in wanted.items() if units}


def contract_of(view: DealView, book: Book) -> Contract:
    """What the pool is bound to, by its quote and its charter."""
    quote = next(each for each in view.offers.values() if isinstance(each, QuoteOffer))
    total = sum(quantities(view).values())
    return Contract(
        months=quote.term_months or 0,
        minimum=quote.minimum_order,
        unit_pence=(view.plan.pence or 0) // total,
        exit_months=book.charter.exit_months or 0,
    )


def quantities(view: DealView) -> Mapping[str, int]:
    """The units of each member of the agreed pool."""
    seats: Mapping[str, Seat] = book_of(view).seats
    return {str(need): seats[need].quantity for need in view.plan.needs}


def must_have(view: DealView, role: Role) -> None:
    """Let nobody but who holds *role* go on.

    :raises NotAllowed: for everybody else.
    """
    if book_of(view).holds(role) != me(view):
        raise NotAllowed(f"Only the {role.value} of the pool can do this.")


def net_saving(view: DealView, book: Book, need: str, hour_pence: int) -> int | None:
    """What the member of *need* saves, less its hours; None where it told no price of its own.

    Of all together it would tell each of two members what the other pays now.
    """
    seat = book.seats[need]
    if seat.cap_pence is None:
        return None
    paid = sum(share.pence for share in view.plan.shares if share.need == need)
    return seat.cap_pence * seat.quantity - paid - seat.hours * hour_pence
