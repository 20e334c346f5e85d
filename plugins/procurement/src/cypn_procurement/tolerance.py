"""Who buys together, on which quote and how much, when members leave room in their quantities.

Everybody pays the same price a unit, and besides that its own delivery where one is charged. Those
who would pay above what binds them drop out until nobody does (Moulin and Shenker, 2001); of the
orders that the rest can place, the one of least outlay is taken. What it holds above the smallest
quantities is spread over the members in proportion to the room that each left.

With tiers and fixed fees alone, and quantities without room, this is the largest set of members
that sustains itself and the greatest total saving, over all quotes. Capacities, packs, deliveries
and orders by value bring the limits that :mod:`cypn_procurement.tariffs` names: nobody loses,
nothing is oversold, yet a larger pool might have been found by trying every set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

from attrs import frozen

from cypn_core.domain.money import apportion
from cypn_procurement.tariffs import Tariff

Quotes = Mapping[str, Tariff]


@frozen(kw_only=True)
class Bid:
    """One member's commitment: from *least* to *most* units, for at most *cap* pence a unit.

    *cap* is the lower of its reserve and what it pays today, None where it named neither. Who
    *insists* joins at any price.

    :raises ValueError: on quantities below 1, out of order, or a negative cap.
    """

    id: str
    least: int
    most: int
    cap: int | None = None
    insists: bool = False

    def __attrs_post_init__(self) -> None:
        if self.least < 1:
            raise ValueError("least must be 1 unit or more")
        if self.most < self.least:
            raise ValueError("most must be no less than the least quantity")
        if self.cap is not None and self.cap < 0:
            raise ValueError("cap must be 0 pence or more, or left out")

    @property
    def room(self) -> int:
        """How many units it would take besides its least."""
        return self.most - self.least

    @property
    def limit(self) -> int | None:
        """The cap in so far as it binds."""
        return None if self.insists else self.cap


@frozen(kw_only=True)
class Award:
    """What is ordered on the one *quote* chosen.

    *quantities* are units by member and add up to *quantity*; *shares* are pence by member and
    add up to *outlay*.
    """

    quote: str
    quantity: int
    outlay: int
    quantities: Mapping[str, int]
    shares: Mapping[str, int]


def award(quotes: Quotes, bids: Iterable[Bid]) -> Award | None:
    """The pool of *bids* on the best of *quotes* (by id), or None where nobody can buy.

    Most members first, then the least outlay, then the larger order.

    >>> pens = {"a": Tariff(tiers=((1, 100), (10, 80)), most=99)}
    >>> pool = award(pens, [Bid(id="x", least=4, most=6, cap=90), Bid(id="y", least=5, most=5)])
    >>> pool.quantity, pool.outlay, sorted(pool.shares.items())
    (10, 800, [('x', 400), ('y', 400)])
    """
    everybody = sorted(bids, key=_willing_first)
    pools = [_sustained(each, quotes, everybody) for each in sorted(quotes)]
    members = max(pools, key=len, default=[])
    awards = [each for name in quotes for each in _awards(name, quotes, members)]
    return min(awards, key=lambda a: (a.outlay, -a.quantity, a.quote), default=None)


def spread(members: Sequence[Bid], quantity: int) -> dict[str, int]:
    """Units by member: its least, and of the rest in proportion to its room.

    Odd units go as odd pence do. *quantity* lies between the sums of least and of most.
    """
    over = quantity - sum(bid.least for bid in members)
    room = {bid.id: bid.room for bid in members if bid.room}
    extra = apportion(over, room) if room else {}
    return {bid.id: bid.least + extra.get(bid.id, 0) for bid in members}


def _willing_first(bid: Bid) -> tuple[bool, int, str]:
    return (bid.limit is not None, -(bid.limit or 0), bid.id)


def _sustained(name: str, quotes: Quotes, everybody: Sequence[Bid]) -> list[Bid]:
    """Who is left on the quote when all who would lose have dropped out.

    While the order is too large or makes no whole packs, the least willing leaves.
    """
    members = [bid for bid in everybody if bid.least <= quotes[name].most]
    while members:
        top = _largest(quotes[name], members)
        if top is None:
            members = members[:-1]
        elif out := _losers(name, quotes, members, top):
            members = [bid for bid in members if bid.id not in out]
        else:
            break
    return members


def _largest(tariff: Tariff, members: Sequence[Bid]) -> int | None:
    """The largest order within the members' quantities that the supplier takes."""
    top = min(sum(bid.most for bid in members), tariff.most)
    top -= top % tariff.pack
    fits = top >= sum(bid.least for bid in members) and tariff.sells(top)
    return top if fits else None


def _losers(name: str, quotes: Quotes, members: Sequence[Bid], quantity: int) -> set[str]:
    """Whom an order of *quantity* would cost more than its limit, or than buying alone."""
    tariff, given = quotes[name], spread(members, quantity)
    common = tariff.goods(quantity) + tariff.fixed
    lost = set()
    for bid in members:
        bound = None if bid.insists else _bound(quotes, bid, given[bid.id])
        if bound is not None and common * given[bid.id] > (bound - tariff.drop) * quantity:
            lost.add(bid.id)
    return lost


def _bound(quotes: Quotes, bid: Bid, quantity: int) -> int | None:
    """The most pence it would pay for so many units: its limit, or any of the quotes alone."""
    alone = (tariff.outlay(quantity) for tariff in quotes.values())
    bounds = [pence for pence in alone if pence is not None]
    bounds += [] if bid.limit is None else [bid.limit * quantity]
    return min(bounds, default=None)


def _awards(name: str, quotes: Quotes, members: Sequence[Bid]) -> Iterator[Award]:
    """What *members* could order on the quote without loss to any of them."""
    top = _largest(quotes[name], members) if members else None
    if top is None:
        return
    for quantity in {top, *_least_orders(quotes[name], members, top)}:
        if not _losers(name, quotes, members, quantity):
            yield _awarded(name, quotes[name], members, quantity)


def _least_orders(tariff: Tariff, members: Sequence[Bid], top: int) -> Iterator[int]:
    """The smallest order in each tier at a price that binds nobody.

    Within one tier a larger order costs more, but never more a unit: so it is found by halving.
    """
    lowest, price = sum(bid.least for bid in members), _price(members, tariff.drop)
    for start, end in pairwise((1, *(start for start, _ in tariff.tiers), top + 1)):
        first, last = -(-max(start, lowest) // tariff.pack), min(end - 1, top) // tariff.pack
        while first < last:
            middle = (first + last) // 2
            if _fits(tariff, middle * tariff.pack, price):
                last = middle
            else:
                first = middle + 1
        if first == last and _fits(tariff, first * tariff.pack, price):
            yield first * tariff.pack


def _fits(tariff: Tariff, quantity: int, price: Fraction | None) -> bool:
    if not tariff.sells(quantity):
        return False
    return price is None or tariff.goods(quantity) + tariff.fixed <= price * quantity


def _price(members: Sequence[Bid], drop: int) -> Fraction | None:
    """The highest price a unit that nobody minds, however little of the room is used."""
    limits = [bid.limit - Fraction(drop, bid.least) for bid in members if bid.limit is not None]
    return min(limits, default=None)


def _awarded(name: str, tariff: Tariff, members: Sequence[Bid], quantity: int) -> Award:
    given = spread(members, quantity)
    common = apportion(tariff.goods(quantity) + tariff.fixed, given)
    return Award(
        quote=name,
        quantity=quantity,
        outlay=sum(common.values()) + tariff.drop * len(members),
        quantities=given,
        shares={each: pence + tariff.drop for each, pence in common.items()},
    )
