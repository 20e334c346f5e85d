"""Pools: everybody who wants the same thing, on each quote that fits.

One plan is shown to all its members, so it says nothing of any one of them but its share: counts
and prices only. What a need lacks is said of the need that asks, to the one that asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from attrs import evolve, frozen

from cypn_core.domain.ids import PostingId
from cypn_core.domain.money import pounds
from cypn_core.domain.plans import Leg, Missing, Plan, PriceLine, Share
from cypn_core.matching.candidates import Survivor, Wanted
from cypn_core.matching.planner import Board
from cypn_procurement.clearing import Member, Pool, Step, cleared, next_step
from cypn_procurement.model import MEMBER, PurchaseNeed, QuoteOffer
from cypn_procurement.tariffs import Tariff


def pools(board: Board) -> Iterable[Plan]:
    """One plan for each quote that fits: whole when the need gains from it, else in part."""
    for survivor in board.survivors(QuoteOffer.role):
        yield _plan(_Table.of(board, survivor))


@frozen(kw_only=True)
class _Table:
    """One quote and everybody whom it fits; *me* is the need that is answered."""

    me: Member
    need: PurchaseNeed
    members: tuple[Member, ...]
    survivor: Survivor
    left: int

    @property
    def quote(self) -> QuoteOffer:
        return cast(QuoteOffer, self.survivor.offer.body)

    @classmethod
    def of(cls, board: Board, survivor: Survivor) -> _Table:
        me = _member(board.need)
        others = [_member(other) for other in board.others if _fits(board, other, survivor)]
        return cls(
            me=me,
            need=cast(PurchaseNeed, board.need.body),
            members=(me, *others),
            survivor=survivor,
            left=left_of(board, survivor),
        )


def _member(wanted: Wanted) -> Member:
    need = cast(PurchaseNeed, wanted.body)
    return Member(wanted.id, need.quantity, need.cap)


def _fits(board: Board, other: Wanted, survivor: Survivor) -> bool:
    """Whether *survivor* survives for *other* as well; the cheap look comes first."""
    mine, theirs = board.need.body, other.body
    if not isinstance(theirs, PurchaseNeed) or theirs.category is not mine.category:
        return False
    return any(s.offer.id == survivor.offer.id for s in board.survivors(QuoteOffer.role, other))


def left_of(board: Board, survivor: Survivor) -> int:
    """How many units of the quote nobody has bought yet."""
    (unit,) = survivor.offer.body.units()
    used = board.snapshot.uses.get(survivor.offer.resources[unit.key], ())
    return unit.capacity - sum(taken.quantity for taken in used)


def tariff_of(quote: QuoteOffer, left: int) -> Tariff | None:
    """The quote as a tariff, or None while a part of its price is not stated."""
    if not quote.tiers or quote.fixed_fee_pence is None:
        return None
    return Tariff(
        tiers=tuple((tier.from_quantity, tier.unit_pence) for tier in quote.tiers),
        fixed=quote.fixed_fee_pence,
        least=quote.minimum_order,
        most=left,
    )


def _plan(table: _Table) -> Plan:
    tariff = tariff_of(table.quote, table.left)
    if tariff is None:
        missing = Missing("price", "The price is not stated in full: ask for it.")
        return _unpriced(table, missing, ())
    pool = cleared(tariff, table.members)
    if pool and table.me.id in pool.shares:
        return _pooled(table, tariff, pool, (), _told(table, tariff, pool))
    with_me = cleared(tariff, (evolve(table.me, cap=None), *table.members[1:]))
    told = _told(table, tariff, pool or with_me)
    if with_me is None or _squeezes(table, pool, with_me):
        return _unpriced(table, _not_sold(tariff, table), told)
    return _pooled(table, tariff, with_me, (_loss(table, with_me),), told)


def _told(table: _Table, tariff: Tariff, pool: Pool | None) -> tuple[str, ...]:
    return tuple(_progress(next_step(tariff, table.members, pool), table.quote))


def _pooled(
    table: _Table, tariff: Tariff, pool: Pool, missing: Sequence[Missing], told: Sequence[str]
) -> Plan:
    """The plan of *pool*, which the need is in; *missing* says why it is not advised."""
    unit = tariff.unit(pool.quantity)
    lines = [PriceLine(f"at {pounds(unit)} a unit", unit * pool.quantity)]
    lines += [PriceLine("fixed fee", tariff.fixed)] if tariff.fixed else []
    needs = tuple(PostingId(each) for each in sorted(pool.shares))
    fee = f", and {pounds(tariff.fixed)} once for the order" if tariff.fixed else ""
    who = f"{len(needs)} members together, each" if len(needs) > 1 else "You alone,"
    share = pool.shares[table.me.id]
    return Plan(
        needs=needs,
        legs=(_leg(table, pool.quantity, tuple(lines)),),
        shares=tuple(Share(n, pool.shares[n], "the same price for every unit") for n in needs),
        missing=tuple(missing),
        because=(f"{who} at {pounds(unit)} a unit{fee}.", *told, *disclosures(table.quote)),
        score=float(-share if table.me.cap is None else table.me.saving(share)),
    )


def _unpriced(table: _Table, missing: Missing, told: Sequence[str]) -> Plan:
    return Plan(
        needs=(PostingId(table.me.id),),
        legs=(_leg(table, table.me.quantity, None),),
        missing=(missing,),
        because=(*told, *disclosures(table.quote)),
    )


def _leg(table: _Table, quantity: int, lines: tuple[PriceLine, ...] | None) -> Leg:
    return Leg(
        offer=table.survivor.offer.id,
        role=QuoteOffer.role,
        claims=table.quote.order(quantity),
        lines=lines,
    )


def _squeezes(table: _Table, pool: Pool | None, with_me: Pool) -> bool:
    """Whether the need is left out for want of capacity, not for its price."""
    stay = pool is None or pool.shares.keys() <= with_me.shares.keys()
    return not stay or table.me.gains(with_me.outlay, with_me.quantity)


def _loss(table: _Table, pool: Pool) -> Missing:
    """What the need would lose, in pounds: its own figures, told to nobody else."""
    share, present = pool.shares[table.me.id], table.need.present_unit_pence
    lost = pounds(-table.me.saving(share))
    if present is not None and share > present * table.me.quantity:
        return Missing("would_lose", f"You would lose {lost}; insist if you want to join even so.")
    return Missing("above_limit", f"It is {lost} above your limit.")


def _not_sold(tariff: Tariff, table: _Table) -> Missing:
    if sum(member.quantity for member in table.members) < tariff.starts:
        return Missing(
            "too_small",
            f"The order is still too small: this quote starts at {tariff.starts} "
            f"({table.quote.unit}).",
        )
    return Missing("capacity", "The quote cannot deliver so much; those who save most come first.")


def _progress(step: Step | None, quote: QuoteOffer) -> Iterator[str]:
    """How near a better price is. Units other than members are not counted out loud.

    A number of units would give away what the few others buy; where each buys one, it does not.
    """
    if step is None:
        return
    price = pounds(step.unit_pence)
    if quote.unit != MEMBER:
        yield f"From {step.start} ({quote.unit}) on, everybody would pay {price} a unit."
        return
    joined = f", with {step.joining} not in yet," if step.joining else ""
    verb = "brings" if step.more == 1 else "bring"
    yield f"{_count(step.more, 'more member')}{joined} {verb} everybody to {price}."


def disclosures(quote: QuoteOffer) -> Iterator[str]:
    """Term, notice and commission as the quote states them; what it leaves out is to be asked."""
    term = None if quote.term_months is None else _count(quote.term_months, "month")
    yield _stated(term, "It binds for {}.", "For how long it binds")
    yield _stated(quote.notice_days, "It can be left with {} days' notice.", "The notice")
    commission = None if quote.commission_pence is None else pounds(quote.commission_pence)
    yield _stated(
        commission, "Commission of {} a unit is paid on it.", "Whether commission is paid"
    )


def _stated(value: object, sentence: str, unknown: str) -> str:
    return f"{unknown} is not stated: ask." if value is None else sentence.format(value)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
