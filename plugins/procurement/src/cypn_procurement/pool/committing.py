"""Joining, committing and leaving: blind, each through its own need."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from attrs import evolve

from cypn_core.domain.errors import Invalid
from cypn_core.domain.postings import Need
from cypn_core.exchange import DealView, Outcome
from cypn_core.matching.rules import Context
from cypn_procurement import progress
from cypn_procurement.integrity import persons
from cypn_procurement.integrity.limits import above_limit
from cypn_procurement.model import MEMBER, PurchaseNeed
from cypn_procurement.pool.book import Book, Seat
from cypn_procurement.pool.chartering import book_of, me, today
from cypn_procurement.pool.given import Commitment
from cypn_procurement.pool.states import OPEN, QUOTING, TARGET_MET
from cypn_procurement.rules import day_words


def open_to(view: DealView, need: Need, context: Context) -> bool:
    """Whether *need* wants the same thing, in time, and the pool still gathers."""
    first = next(iter(view.needs.values()), None)
    if not isinstance(first, PurchaseNeed) or not isinstance(need, PurchaseNeed):
        return False
    same = (need.category, need.unit) == (first.category, first.unit)
    return same and view.sub_state in OPEN


def joined(view: DealView, context: Context) -> Outcome:
    """The newest need takes its seat.

    :raises Invalid: when its own contract renews before the pool decides.
    """
    book, mine = book_of(view), me(view)
    need = need_of(view, mine)
    until = book.charter.gather_until
    if until is not None and need.notice_by is not None and need.notice_by < until:
        said = (
            f"decides by {day_words(until)}, after the last day for notice on your contract: "
            f"{day_words(need.notice_by)}"
        )
        raise Invalid({"deal": [said]})
    seat = Seat(since=context.now, quantity=need.quantity, cap_pence=need.cap)
    return Outcome(sub_state=view.sub_state, book=book.seated(mine, seat))


def commit(view: DealView, given: Commitment, context: Context) -> Outcome:
    """Give one's word, or change it while the pool gathers.

    :raises Invalid: when whoever commits may not spend so much.
    """
    book, mine = book_of(view), me(view)
    need = need_of(view, mine)
    cap = None if given.insist else need.cap
    _within_limit(given, need)
    seat = evolve(book.seats[mine], committed=True, signed=given.signatory, cap_pence=cap)
    changed = evolve(book, changed=book.changed | {mine}).seated(mine, seat)
    return Outcome(sub_state=view.sub_state, book=changed)


def withdraw(view: DealView, given: None, context: Context) -> Outcome:
    """Take one's word back, and stay."""
    book, mine = book_of(view), me(view)
    seat = evolve(book.seats[mine], committed=False, signed=False, vote="")
    changed = evolve(book, changed=book.changed | {mine}).seated(mine, seat)
    return Outcome(sub_state=view.sub_state, book=changed)


def clocked(view: DealView, context: Context) -> Outcome | None:
    """Each day the progress, in bands and only when several changed; at its day, on to quotes."""
    book, now = book_of(view), today(context)
    until = book.charter.gather_until
    if view.sub_state in OPEN and until is not None and now > until:
        return closed(view, context)
    if view.sub_state not in OPEN:
        return None
    told = progress_at(view, book, context.now)
    if told is book.progress:
        return None
    published = evolve(book, progress=told, changed=frozenset())
    met = TARGET_MET if reached(book) else view.sub_state
    return Outcome(sub_state=met, book=published)


def progress_at(view: DealView, book: Book, now: dt.datetime) -> progress.Publication | None:
    """What is told of the pool: by the clock, in bands, and only when several have changed."""
    need = next(body for body in view.needs.values() if isinstance(body, PurchaseNeed))
    target = book.charter.target or 1
    settings = progress.Settings(target=target, by_group=need.unit == MEMBER)
    said = [seat.quantity for seat in book.seats.values() if seat.committed]
    return progress.published(book.progress, now, said, book.changed, settings)


def reached(book: Book) -> bool:
    """Whether as much is committed as the charter wants; told with the next progress only."""
    total = sum(seat.quantity for seat in book.seats.values() if seat.committed)
    return book.charter.target is not None and total >= book.charter.target


def closed(view: DealView, context: Context) -> Outcome:
    """The gathering is over: who is not counted has left, and the quotes lie open (P07)."""
    book = book_of(view)
    stay = frozenset(counting(view))
    if not stay:
        return Outcome(sub_state=view.sub_state, ends="Nobody has committed in time.")
    quotes = tuple(sorted(fitting(view, stay)))
    if not quotes:
        return Outcome(sub_state=view.sub_state, ends="There is no quote that fits.")
    gone = frozenset(book.seats.keys() - stay)
    return Outcome(
        sub_state=QUOTING,
        book=evolve(book.without(gone), quotes=quotes),
        without=frozenset(need for need in view.needs if need in gone),
        tells="The pool is closed: declare your interests, and then see the quotes.",
    )


def fitting(view: DealView, needs: frozenset[str]) -> set[str]:
    """The quotes that fit every one of *needs* and state their whole price and commission."""
    boards = {need: board for need, board in view.boards().items() if need in needs}
    found = [
        {s.offer.id for s in board.survivors("quote") if _stated(s.offer.body)}
        for board in boards.values()
    ]
    return {str(each) for each in set.intersection(*found)} if found else set()


def counting(view: DealView) -> Mapping[str, Seat]:
    """The seats that count: committed, signed for, and each legal person once."""
    book = book_of(view)
    seats = {need: seat for need, seat in book.seats.items() if seat.committed}
    told = persons.counted(_commitment(view, need, seat) for need, seat in seats.items())
    return {need: seats[need] for need in told.counting}


def why_not(view: DealView) -> Mapping[str, str]:
    """A sentence for each commitment that does not count."""
    seats = {need: seat for need, seat in book_of(view).seats.items() if seat.committed}
    return persons.counted(_commitment(view, n, seat) for n, seat in seats.items()).told


def need_of(view: DealView, need: str) -> PurchaseNeed:
    """The body of *need*."""
    body = next(body for each, body in view.needs.items() if each == need)
    if not isinstance(body, PurchaseNeed):
        raise TypeError("a pool is of purchases")
    return body


def _within_limit(given: Commitment, need: PurchaseNeed) -> None:
    limit, cap = given.delegate_limit_pence, None if given.insist else need.cap
    if limit is None:
        return
    if cap is None:
        told = "cannot hold at any price: say in your need what you pay at most, or leave it out"
        raise Invalid({"delegate_limit_pence": [told]})
    if said := above_limit(cap * need.quantity, limit):
        raise Invalid({"delegate_limit_pence": [said]})


def _commitment(view: DealView, need: str, seat: Seat) -> persons.Commitment:
    numbers = next((n for each, n in view.numbers.items() if each == need), frozenset())
    return persons.Commitment(
        id=need, legal_numbers=frozenset(numbers), signatory_confirmed=seat.signed
    )


def _stated(body: object) -> bool:
    tiers, fee = getattr(body, "tiers", ()), getattr(body, "fixed_fee_pence", None)
    return bool(tiers) and fee is not None and getattr(body, "commission_pence", None) is not None
