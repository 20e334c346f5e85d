"""From quotes to a decision that all say yes to: interests, one vote a member, the exact pool."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import evolve, frozen

from cypn_core.domain.errors import Conflict, Invalid
from cypn_core.domain.ids import PostingId
from cypn_core.domain.money import pounds
from cypn_core.domain.plans import Leg, Plan, PriceLine, Share
from cypn_core.exchange import DealView, Outcome
from cypn_core.matching.candidates import Survivor
from cypn_core.matching.rules import Context
from cypn_procurement.clearing import Member, Pool, cleared
from cypn_procurement.integrity import record, votes
from cypn_procurement.integrity.canonical import digest
from cypn_procurement.model import QuoteOffer, Tier
from cypn_procurement.planner import left_of, tariff_of
from cypn_procurement.pool.book import Book, Change, Interest, Role, Seat, Terms
from cypn_procurement.pool.chartering import book_of, me, must_lead
from cypn_procurement.pool.committing import closed, counting
from cypn_procurement.pool.given import Declared, NewTerms, Vote
from cypn_procurement.pool.states import DECISION, QUOTING
from cypn_procurement.tariffs import Tariff


def close(view: DealView, given: None, context: Context) -> Outcome:
    """Close the gathering before its day.

    :raises Conflict: while nobody is counted, or no quote fits.
    """
    must_lead(view)
    outcome = closed(view, context)
    if outcome.ends:
        raise Conflict(f"{outcome.ends} Extend the pool, or call it off.")
    return outcome


def declare(view: DealView, given: Declared, context: Context) -> Outcome:
    """Say whether one has an interest in a supplier; once said, it stays."""
    book, mine = book_of(view), me(view)
    seat = book.seats[mine]
    if seat.interest is Interest.CONFLICT:
        raise Conflict("You have declared an interest already; you stand aside in this vote.")
    declared = evolve(seat, interest=given.interest, vote="")
    return Outcome(sub_state=view.sub_state, book=book.seated(mine, declared))


def vote(view: DealView, given: Vote, context: Context) -> Outcome:
    """Be for one quote: one vote a member, whatever its size.

    :raises Conflict: before one's interests are declared, or when one stands aside.
    :raises Invalid: for what is no quote of this pool.
    """
    book, mine = book_of(view), me(view)
    seat = book.seats[mine]
    if seat.interest is None:
        raise Conflict("Declare first whether you have an interest in a supplier.")
    if seat.interest is Interest.CONFLICT:
        raise Conflict("You have declared an interest, so you stand aside in this vote.")
    found = [each for each in book.quotes if each.startswith(given.chosen_quote)]
    if len(found) != 1:
        raise Invalid({"chosen_quote": ["must be the id of a quote of this pool"]})
    voted = evolve(seat, vote=found[0])
    return Outcome(sub_state=view.sub_state, book=book.seated(mine, voted))


def decide(view: DealView, given: None, context: Context) -> Outcome:
    """Count the votes, clear the pool on the quote that won, and ask everybody in it.

    :raises Conflict: without a quorum or a single first, or where nobody gains.
    """
    must_lead(view)
    book = book_of(view)
    outcome = counted(book)
    if outcome.option is None:
        raise Conflict(outcome.sentence)
    chosen = evolve(book, chosen=outcome.option, terms=None)
    return asked(evolve(view, book=chosen), counting(view), "The pool is decided: please answer.")


def enter_terms(view: DealView, given: NewTerms, context: Context) -> Outcome:
    """The supplier moves its terms: all are asked anew, and silence is no (P09)."""
    must_lead(view)
    book = book_of(view)
    quote = seen(view, book.chosen).quote
    was = worded(quote)
    terms = Terms(unit_pence=given.new_unit_pence, term_months=given.new_term_months)
    now = worded(revised(quote, terms))
    change = Change(at=context.now, entered_by=Role.LEAD, was=was, now=now)
    changed = evolve(book, terms=terms, changes=(*book.changes, change))
    inside = {str(need): book.seats[need] for need in view.plan.needs}
    return asked(evolve(view, book=changed), inside, f"The supplier moves its terms: {now}")


def left(view: DealView, context: Context) -> Outcome:
    """Some leave, or did not answer: the others are cleared anew, at what then holds.

    Without any that leave it is the supplier that does not give it: the vote is open again.
    """
    gone = frozenset(map(str, view.mine))
    book = book_of(view).without(gone)
    rest = evolve(view, book=book, mine=frozenset())
    if not view.plan.legs:
        return Outcome(sub_state=view.sub_state, book=book)
    if not gone:
        others = tuple(each for each in book.quotes if each != book.chosen)
        again = evolve(book.undecided(), quotes=others)
        return Outcome(sub_state=QUOTING, book=again, tells="The supplier does not deliver it.")
    stay = {n: seat for n, seat in book.seats.items() if n in view.plan.needs}
    try:
        return asked(rest, stay, "Others have left: please look again.")
    except Conflict as none:
        return Outcome(sub_state=QUOTING, book=book.undecided(), tells=f"Others have left. {none}")


def asked(view: DealView, seats: Mapping[str, Seat], tells: str) -> Outcome:
    """The exact pool of *seats* on the chosen quote, as a plan that all in it are asked for.

    Where the supplier has moved its terms, all are asked, whoever would lose too: each is told
    what it would lose, and says yes or is out (P09). The supplier says yes by hand then: the lead
    has typed what it is said to offer.

    :raises Conflict: where nobody gains from it, or it is above the budget.
    """
    book = book_of(view)
    found = seen(view, book.chosen)
    wanted = members(seats, capped=book.terms is None)
    pool = cleared(found.tariff, wanted)
    if pool is None:
        raise Conflict("Nobody gains from this quote as the pool is now.")
    _within_budget(pool, book)
    dissent = [{"member": each.member, "for": each.option} for each in counted(book).dissent]
    kept = record.recorded(
        "clearing", record.clearing_inputs({book.chosen: found.tariff}, wanted), dissent
    )
    return Outcome(
        sub_state=DECISION,
        book=evolve(book.without(book.seats.keys() - pool.shares.keys()), record=kept.text),
        fact={"decision": digest(kept.text)},
        plan=plan_of(found, pool),
        terms={PostingId(need): binding(found.quote, seats[need]) for need in pool.shares},
        by_hand=book.terms is not None,
        tells=tells,
    )


def _within_budget(pool: Pool, book: Book) -> None:
    budget = book.charter.budget_pence
    if budget is not None and pool.outlay > budget:
        raise Conflict(
            f"The order comes to {pounds(pool.outlay)}, above the pool's budget of "
            f"{pounds(budget)}: vote for another quote, or gather a pool with a larger budget."
        )


def replayed(book: Book) -> tuple[str, ...]:
    """Decide again: where the decision comes out otherwise, in a sentence.

    :raises Conflict: when nothing is decided yet.
    """
    if not book.record:
        raise Conflict("Nothing is decided in this pool yet.")
    said = record.replayed(record.read(book.record))
    return () if said is None else (said,)


def counted(book: Book) -> votes.Outcome:
    """The vote as it stands; more than half of those who may vote have to."""
    voters = {n for n, s in book.seats.items() if s.interest is not Interest.CONFLICT}
    if not voters:
        return votes.Outcome(
            option=None, votes={}, dissent=(), aside={}, sentence="Nobody may vote here."
        )
    return votes.decided(list(_facts(book)), voters, len(voters) // 2 + 1)


def _facts(book: Book) -> Iterator[votes.Fact]:
    for need, seat in sorted(book.seats.items()):
        if seat.interest is Interest.NONE:
            yield votes.Declaration(member=need, interested=False)
        if seat.vote:
            yield votes.Ballot(member=need, option=seat.vote)


def members(seats: Mapping[str, Seat], *, capped: bool = True) -> list[Member]:
    """*seats* as clearing takes them, with their limits or without."""
    return [Member(n, s.quantity, s.cap_pence if capped else None) for n, s in seats.items()]


@frozen(kw_only=True)
class Seen:
    """A quote of the pool as it stands: with the supplier's newest terms, and what is left."""

    survivor: Survivor
    quote: QuoteOffer
    left: int

    @property
    def tariff(self) -> Tariff:
        """What an order on it costs.

        :raises Conflict: where its price is not stated.
        """
        tariff = tariff_of(self.quote, self.left)
        if tariff is None:
            raise Conflict("The price is not stated in full: ask the supplier.")
        return tariff


def seen(view: DealView, quote: str) -> Seen:
    """*quote* as it still fits one of the members.

    :raises Conflict: where it fits nobody any more.
    """
    book = book_of(view)
    for need, board in view.boards().items():
        for survivor in board.survivors(QuoteOffer.role) if need in book.seats else ():
            body = survivor.offer.body
            if survivor.offer.id == quote and isinstance(body, QuoteOffer):
                moved = book.terms if quote == book.chosen else None
                body = body if moved is None else revised(body, moved)
                return Seen(survivor=survivor, quote=body, left=left_of(board, survivor))
    raise Conflict("The quote is not there any more: reopen the pool.")


def revised(quote: QuoteOffer, terms: Terms) -> QuoteOffer:
    """*quote* at one price whatever the number; its term where a new one is told."""
    term = quote.term_months if terms.term_months is None else terms.term_months
    return evolve(quote, tiers=(Tier(1, terms.unit_pence),), term_months=term)


def plan_of(found: Seen, pool: Pool) -> Plan:
    """*pool* on the quote *found*: one order, everybody's share of it."""
    needs: Sequence[PostingId] = [PostingId(each) for each in sorted(pool.shares)]
    leg = Leg(
        offer=found.survivor.offer.id,
        role=QuoteOffer.role,
        claims=found.quote.order(pool.quantity),
        lines=(PriceLine("the whole order", pool.outlay),),
    )
    shares = tuple(Share(n, pool.shares[n], "the same price for every unit") for n in needs)
    return Plan(needs=tuple(needs), legs=(leg,), shares=shares, because=(worded(found.quote),))


def binding(quote: QuoteOffer, seat: Seat) -> str:
    """What binds one member besides its price."""
    return f"{seat.quantity} {quote.unit}; {_bounds(quote)}"


def worded(quote: QuoteOffer) -> str:
    """The price and what it binds to, in a sentence.

    >>> from cypn_procurement.model import Category
    >>> worded(QuoteOffer(category=Category.LEGAL, tiers=(Tier(1, 96_000),), term_months=36))
    '£960.00 a unit from 1 on; binds for 36 months; notice not stated.'
    """
    prices = ", ".join(
        f"{pounds(t.unit_pence)} a unit from {t.from_quantity} on" for t in quote.tiers
    )
    return "; ".join((prices, *_besides(quote), _bounds(quote))) + "."


def _besides(quote: QuoteOffer) -> Iterator[str]:
    """What else an order costs, and of how much it must be."""
    if quote.incremental:
        yield "each price for the units from there on alone"
    if quote.fixed_fee_pence:
        yield f"{pounds(quote.fixed_fee_pence)} once for the order"
    if quote.delivery_pence:
        yield f"{pounds(quote.delivery_pence)} for each delivery"
    if quote.minimum_order > 1:
        yield f"at least {quote.minimum_order} units"
    if quote.least_order_pence:
        yield f"at least {pounds(quote.least_order_pence)}"
    if quote.pack > 1:
        yield f"in packs of {quote.pack}"


def _bounds(quote: QuoteOffer) -> str:
    term = "not stated" if quote.term_months is None else f"{quote.term_months} months"
    notice = "not stated" if quote.notice_days is None else f"{quote.notice_days} days"
    return f"binds for {term}; notice {notice}"
