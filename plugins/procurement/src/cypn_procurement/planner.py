"""Pools: everybody who wants the same thing, on each quote that fits.

One plan is shown to all its members, so it says nothing of any one of them but its share: counts
and prices only. What a need lacks is said of the need that asks, to the one that asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from attrs import evolve, frozen

from cypn_core.domain.ids import PostingId
from cypn_core.domain.plans import Leg, Missing, Plan, PriceLine, Share
from cypn_core.matching.candidates import Survivor, Wanted
from cypn_core.matching.planner import Board
from cypn_procurement.clearing import Member, Pool, cleared, next_step
from cypn_procurement.model import PurchaseNeed, QuoteOffer
from cypn_procurement.sentences import (
    CAPACITY,
    broken_packs,
    disclosures,
    fees,
    loss,
    progress,
    too_cheap,
    too_small,
    unit_price,
)
from cypn_procurement.tariffs import Tariff


def pools(board: Board) -> Iterable[Plan]:
    """One plan for each quote that fits: whole when the need gains from it, else in part."""
    for survivor in board.survivors(QuoteOffer.role):
        yield _plan(Table.of(board, survivor))


@frozen(kw_only=True)
class Table:
    """One quote and everybody whom it fits; *me* is the need that is answered."""

    me: Member
    need: PurchaseNeed
    members: tuple[Member, ...]
    survivor: Survivor
    left: int

    @property
    def quote(self) -> QuoteOffer:
        """What is quoted."""
        return cast(QuoteOffer, self.survivor.offer.body)

    @classmethod
    def of(cls, board: Board, survivor: Survivor) -> Table:
        """The table of *survivor* for the need of *board*."""
        return cls.of_members(
            board, survivor, [other for other in board.others if _fits(board, other, survivor)]
        )

    @classmethod
    def of_members(cls, board: Board, survivor: Survivor, others: Iterable[Wanted]) -> Table:
        """As :meth:`of`, where the *others* that it fits are known."""
        me = member_of(board.need)
        return cls(
            me=me,
            need=cast(PurchaseNeed, board.need.body),
            members=(me, *map(member_of, others)),
            survivor=survivor,
            left=left_of(board, survivor),
        )


def member_of(wanted: Wanted) -> Member:
    """A purchase as a member of a pool."""
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
        incremental=quote.incremental,
        fixed=quote.fixed_fee_pence,
        drop=quote.delivery_pence,
        least=quote.minimum_order,
        least_pence=quote.least_order_pence,
        pack=quote.pack,
        most=left,
    )


def _plan(table: Table) -> Plan:
    tariff = tariff_of(table.quote, table.left)
    if tariff is None:
        missing = Missing("price", "The price is not stated in full: ask for it.")
        return _unpriced(table, missing, ())
    pool = cleared(tariff, table.members)
    if pool and table.me.id in pool.shares:
        return plan_of(table, tariff, pool)
    with_me = cleared(tariff, (evolve(table.me, cap=None), *table.members[1:]))
    told = _told(table, tariff, pool or with_me)
    if with_me is None or _squeezes(table, pool, with_me):
        return _unpriced(table, _not_sold(table, tariff), told)
    lost = loss(table.me, with_me.shares[table.me.id], table.need.present_unit_pence)
    return _pooled(table, tariff, with_me, (lost,), told)


def plan_of(table: Table, tariff: Tariff, pool: Pool) -> Plan:
    """The plan of *pool*, which is advised to everybody in it."""
    return _pooled(table, tariff, pool, (), _told(table, tariff, pool))


def _told(table: Table, tariff: Tariff, pool: Pool | None) -> tuple[str, ...]:
    return tuple(progress(next_step(tariff, table.members, pool), table.quote.unit))


def _pooled(
    table: Table, tariff: Tariff, pool: Pool, missing: Sequence[Missing], told: Sequence[str]
) -> Plan:
    """The plan of *pool*, which the need is in; *missing* says why it is not advised."""
    goods = tariff.goods(pool.quantity)
    price = unit_price(goods, pool.quantity)
    needs = tuple(PostingId(each) for each in sorted(pool.shares))
    lines = [PriceLine(f"at {price} a unit", goods)]
    lines += [PriceLine("fixed fee", tariff.fixed)] if tariff.fixed else []
    lines += [PriceLine("deliveries", tariff.drop * len(needs))] if tariff.drop else []
    who = f"{len(needs)} members together, each" if len(needs) > 1 else "You alone,"
    share = pool.shares[table.me.id]
    return Plan(
        needs=needs,
        legs=(_leg(table, pool.quantity, tuple(lines)),),
        shares=tuple(Share(n, pool.shares[n], "the same price for every unit") for n in needs),
        missing=tuple(missing),
        because=(
            f"{who} at {price} a unit{fees(tariff)}.",
            *told,
            *disclosures(table.quote),
        ),
        score=float(-share if table.me.cap is None else table.me.saving(share)),
    )


def _unpriced(table: Table, missing: Missing, told: Sequence[str]) -> Plan:
    return Plan(
        needs=(PostingId(table.me.id),),
        legs=(_leg(table, table.me.quantity, None),),
        missing=(missing,),
        because=(*told, *disclosures(table.quote)),
    )


def _leg(table: Table, quantity: int, lines: tuple[PriceLine, ...] | None) -> Leg:
    return Leg(
        offer=table.survivor.offer.id,
        role=QuoteOffer.role,
        claims=table.quote.order(quantity),
        lines=lines,
    )


def _squeezes(table: Table, pool: Pool | None, with_me: Pool) -> bool:
    """Whether the need is left out for want of capacity, not for its price."""
    stay = pool is None or pool.shares.keys() <= with_me.shares.keys()
    return not stay or table.me.gains(with_me.outlay, with_me.quantity)


def _not_sold(table: Table, tariff: Tariff) -> Missing:
    if table.me.quantity > tariff.most:
        return CAPACITY
    wanted = sum(member.quantity for member in table.members)
    if wanted < tariff.starts:
        return too_small(tariff, table.quote.unit)
    if tariff.goods(wanted) < tariff.least_pence:
        return too_cheap(tariff)
    return broken_packs(tariff, table.quote.unit) if wanted % tariff.pack else CAPACITY
