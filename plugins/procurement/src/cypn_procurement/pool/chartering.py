"""From a draft to a pool that is open: roles, budget, a way out and a day of review (P08)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from attrs import asdict, evolve

from cypn_core.domain.errors import Conflict, Invalid, NotAllowed
from cypn_core.exchange import DealView, Outcome
from cypn_core.matching.rules import Context
from cypn_procurement.model import PurchaseNeed
from cypn_procurement.pool.book import Book, Charter, Role
from cypn_procurement.pool.given import CharterGiven, Extension, RoleTaken
from cypn_procurement.pool.states import DRAFT, EXTENDED, GATHERING
from cypn_procurement.rules import day_words

_MISSING = {
    "lead": "is missing: somebody takes the role of lead buyer",
    "roles": "is missing: somebody besides takes a role, such as treasurer",
    "budget": "is missing: say what the pool may spend together",
    "exit": "is missing: say with how many months' notice a member may leave",
    "review_date": "is missing: say when all look again whether it pays",
}


def today(context: Context) -> dt.date:
    """The date in the region."""
    return context.now.astimezone(ZoneInfo(context.zone)).date()


def me(view: DealView) -> str:
    """The need of whoever acts. It is all that it has there: nobody is matched to its own quote."""
    return min(view.mine)


def book_of(view: DealView) -> Book:
    """The book of the pool."""
    if not isinstance(view.book, Book):
        raise TypeError("a pool's book is a Book")
    return view.book


def must_lead(view: DealView) -> None:
    """Let nobody but the lead buyer go on.

    :raises NotAllowed: for everybody else.
    """
    if book_of(view).holds(Role.LEAD) != me(view):
        raise NotAllowed("Only the lead buyer of the pool can do this.")


def write(view: DealView, given: CharterGiven, context: Context) -> Outcome:
    """Write down budget, exit, review and the day until which it is gathered."""
    book, now = book_of(view), today(context)
    for name in ("review_date", "gather_until"):
        day = getattr(given, name)
        if day is not None and day <= now:
            raise Invalid({name: ["must be after today"]})
    _in_time(view, given.gather_until)
    said = {name: value for name, value in asdict(given).items() if value is not None}
    charter = evolve(book.charter, **said)
    return Outcome(sub_state=DRAFT, book=evolve(book, charter=charter))


def take(view: DealView, given: RoleTaken, context: Context) -> Outcome:
    """Take a role; nobody is given one."""
    book, mine = book_of(view), me(view)
    holder = book.holds(given.pool_role)
    if holder is not None and holder != mine:
        raise Conflict("Somebody has this role already.")
    seat = book.seats[mine]
    taken = evolve(seat, roles=seat.roles | {given.pool_role})
    return Outcome(sub_state=view.sub_state, book=book.seated(mine, taken))


def lay_down(view: DealView, given: RoleTaken, context: Context) -> Outcome:
    """Give a role back; a lead buyer steps aside so that another may lead."""
    book, mine = book_of(view), me(view)
    seat = book.seats[mine]
    if given.pool_role not in seat.roles:
        raise Conflict("You do not have this role.")
    left = evolve(seat, roles=seat.roles - {given.pool_role})
    return Outcome(sub_state=view.sub_state, book=book.seated(mine, left))


def open_up(view: DealView, given: None, context: Context) -> Outcome:
    """Open the pool for commitments, when all five things are there.

    :raises Invalid: naming what is missing (P08).
    """
    book = book_of(view)
    if missing := {name: [_MISSING[name]] for name in missing_of(book)}:
        raise Invalid(missing)
    return Outcome(sub_state=GATHERING, book=book, tells="The pool is open for commitments.")


def missing_of(book: Book) -> Iterator[str]:
    """What a pool lacks before it opens."""
    charter: Charter = book.charter
    roles = {role for seat in book.seats.values() for role in seat.roles}
    if Role.LEAD not in roles:
        yield "lead"
    if not roles - {Role.LEAD}:
        yield "roles"
    if charter.budget_pence is None:
        yield "budget"
    if charter.exit_months is None:
        yield "exit"
    if charter.review_date is None:
        yield "review_date"


def extend(view: DealView, given: Extension, context: Context) -> Outcome:
    """Gather on until another day; nobody has to commit anew."""
    must_lead(view)
    return Outcome(
        sub_state=EXTENDED,
        book=extended(view, given, context),
        tells=f"The pool gathers on until {day_words(given.gather_until)}.",
    )


def reopen(view: DealView, given: Extension, context: Context) -> Outcome:
    """Take the question back, and gather on: a step of its own in the record."""
    must_lead(view)
    return Outcome(
        sub_state=EXTENDED,
        book=evolve(extended(view, given, context).undecided(), quotes=()),
        fact={"reopened_from": view.sub_state},
        tells=(
            f"The pool is open again until {day_words(given.gather_until)}; what you committed "
            "stands until you change it."
        ),
    )


def extended(view: DealView, given: Extension, context: Context) -> Book:
    """The book with a later day until which it is gathered.

    :raises Invalid: for a day that is not later, or too late for a member's present contract.
    """
    book, now = book_of(view), today(context)
    if given.gather_until <= max(now, book.charter.gather_until or now):
        raise Invalid({"gather_until": ["must be after today, and later than it was"]})
    _in_time(view, given.gather_until)
    return evolve(book, charter=evolve(book.charter, gather_until=given.gather_until))


def _in_time(view: DealView, day: dt.date | None) -> None:
    """A pool decides before the first of its members would be bound for another term."""
    notices = [b.notice_by for b in view.needs.values() if isinstance(b, PurchaseNeed)]
    first = min((each for each in notices if each is not None), default=None)
    if day is not None and first is not None and day > first:
        said = f"must be {day_words(first)} at the latest: a member's contract renews after it"
        raise Invalid({"gather_until": [said]})
