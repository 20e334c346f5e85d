"""Who buys together on one quote, and what each pays: exact, on integer pence.

Everybody pays the same price a unit, and nobody more than its cap. Because a larger order never
costs more a unit, the members whose caps are highest form the largest set that sustains itself
(the drop-out mechanism of Moulin and Shenker, 2001): greatest saving of all sets that do, and
one member more never raises a price. With several quotes it is enough to clear each by itself:
the largest of the pools is the pool over all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate

from attrs import frozen

from cypn_core.domain.money import apportion
from cypn_procurement.tariffs import Tariff


@frozen
class Member:
    """One need in the pool. *cap* is the most it would pay for a unit, None where anything."""

    id: str
    quantity: int
    cap: int | None

    def gains(self, outlay: int, quantity: int, drop: int = 0) -> bool:
        """True when *outlay* pence for *quantity* units are no more a unit than its cap.

        *drop* is what its own delivery costs besides.
        """
        if self.cap is None:
            return True
        return outlay * self.quantity <= (self.cap * self.quantity - drop) * quantity

    def saving(self, pence: int) -> int:
        """What it saves against its cap when it pays *pence*; 0 where it named none."""
        return 0 if self.cap is None else self.cap * self.quantity - pence


@frozen(kw_only=True)
class Pool:
    """Those who buy together. *shares* is in pence by member and adds up to *outlay*."""

    quantity: int
    outlay: int
    shares: Mapping[str, int]


@frozen(kw_only=True)
class Step:
    """How the price would fall: *more* units, besides *joining* members who are left out now."""

    more: int
    joining: int
    start: int
    unit_pence: int


def cleared(tariff: Tariff, members: Iterable[Member]) -> Pool | None:
    """The largest set of *members* whom the tariff lets buy without loss, or None.

    >>> retainer = Tariff(tiers=((1, 120_000), (4, 90_000), (8, 70_000)), most=100)
    >>> caps = [150_000, 130_000, 120_000, 100_000, 95_000, 85_000]
    >>> pool = cleared(retainer, [Member(str(n), 1, cap) for n, cap in enumerate(caps)])
    >>> pool.quantity, pool.outlay, sorted(pool.shares)
    (5, 450000, ['0', '1', '2', '3', '4'])
    """
    order = least_willing_last(tariff, members)
    quantities = list(accumulate(member.quantity for member in order))
    for last in range(len(order) - 1, -1, -1):
        outlay = tariff.outlay(quantities[last], members=0)
        if outlay is not None and order[last].gains(outlay, quantities[last], tariff.drop):
            return pooled(tariff, order[: last + 1])
    return None


def least_willing_last(tariff: Tariff, members: Iterable[Member]) -> list[Member]:
    """Those of *members* whom the supplier can serve, by the price a unit that they accept.

    Each bears its own delivery, which leaves less for the units.
    """

    def willing(member: Member) -> tuple[bool, Fraction | int, str]:
        drop = Fraction(tariff.drop, member.quantity) if tariff.drop else 0
        return (member.cap is not None, drop - (member.cap or 0), member.id)

    return sorted((m for m in members if m.quantity <= tariff.most), key=willing)


def pooled(tariff: Tariff, members: Sequence[Member]) -> Pool | None:
    """All of *members* at one price a unit, each with its own delivery; None if not sold so."""
    weights = {member.id: member.quantity for member in members}
    quantity = sum(weights.values())
    common = tariff.outlay(quantity, members=0)
    if common is None:
        return None
    shares = {each: s + tariff.drop for each, s in apportion(common, weights).items()}
    return Pool(quantity=quantity, outlay=sum(shares.values()), shares=shares)


def next_step(tariff: Tariff, members: Sequence[Member], pool: Pool | None) -> Step | None:
    """The nearest larger order at a lower price, or the smallest order where there is no pool.

    Those left out who would gain from it are counted as joining.
    """
    now = pool.quantity if pool else 0
    outside = [member for member in members if not pool or member.id not in pool.shares]
    for start in tariff.steps:
        outlay = tariff.outlay(start, members=0)
        if outlay is None or start <= now:
            continue
        joining = [member for member in outside if member.gains(outlay, start, tariff.drop)]
        more = start - now - sum(member.quantity for member in joining)
        if more > 0:
            unit = -(-outlay // start)
            return Step(more=more, joining=len(joining), start=start, unit_pence=unit)
    return None
