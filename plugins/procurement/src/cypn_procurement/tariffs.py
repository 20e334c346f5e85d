"""What a supplier asks for an order: tiers, fees, smallest and greatest orders, whole packs.

The laws of the pool (see :mod:`cypn_procurement.clearing`) need a cost a unit that never rises
with the order. Tiers with a fixed fee have one, whether a lower price holds for all units or only
for those of its own tier. Smallest orders only delay where it begins. It need not hold

- beyond *most*, and between whole packs: there nothing is sold at all;
- for *least_pence* when a lower price holds for all units: the larger order may be worth less;
- for *drop*, where small members join: so each bears its own delivery and shares the rest.

There what is cleared still sustains itself, but a larger pool may have been possible.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from attrs import frozen


@frozen(kw_only=True)
class Tariff:
    """What an order of so many units costs.

    *tiers* pairs a quantity with the pence of a unit from there on: quantities rise, prices do
    not. All units cost the price of the tier that is reached or, if *incremental*, each that of
    its own tier. *fixed* pence are paid once an order and *drop* pence for each member's delivery.
    Orders are of *least* to *most* units in whole packs, and worth *least_pence* without fees.
    *most* may be less than *least* where little is left of a quote: then nothing is sold.

    :raises ValueError: on bad tiers, a negative amount or a pack of less than one unit.
    """

    tiers: tuple[tuple[int, int], ...]
    fixed: int = 0
    least: int = 1
    most: int
    drop: int = 0
    least_pence: int = 0
    pack: int = 1
    incremental: bool = False

    def __attrs_post_init__(self) -> None:
        for wrong in (*_wrong_tiers(self.tiers), *_wrong_numbers(self)):
            raise ValueError(wrong)

    @property
    def starts(self) -> int:
        """The smallest order in units; by value it may be larger."""
        return max(self.least, self.tiers[0][0])

    @property
    def steps(self) -> tuple[int, ...]:
        """The quantities from which a unit costs less, the smallest order first."""
        return (self.starts, *(start for start, _ in self.tiers if start > self.starts))

    def unit(self, quantity: int) -> int:
        """Pence of the last of *quantity* units, which is at least the smallest order."""
        return [pence for start, pence in self.tiers if start <= quantity][-1]

    def goods(self, quantity: int) -> int:
        """Pence for *quantity* units without any fee."""
        if not self.incremental:
            return quantity * self.unit(quantity)
        dearest = quantity * self.tiers[0][1]
        falls = ((start, was - now) for (_, was), (start, now) in pairwise(self.tiers))
        return dearest - sum(fall * max(0, quantity - start + 1) for start, fall in falls)

    def sells(self, quantity: int) -> bool:
        """Whether an order of just so many units is taken."""
        if not self.starts <= quantity <= self.most or quantity % self.pack:
            return False
        return not self.least_pence or self.goods(quantity) >= self.least_pence

    def outlay(self, quantity: int, members: int = 1) -> int | None:
        """Pence for *quantity* units brought to *members*, or None where they are not sold so.

        >>> retainer = Tariff(tiers=((1, 120_000), (4, 90_000)), most=10)
        >>> retainer.outlay(3), retainer.outlay(4), retainer.outlay(11)
        (360000, 360000, None)
        >>> Tariff(tiers=((1, 100), (4, 80)), most=9, incremental=True, drop=5).outlay(5, 2)
        470
        """
        if not self.sells(quantity):
            return None
        return self.goods(quantity) + self.fixed + self.drop * members


def _wrong_tiers(tiers: tuple[tuple[int, int], ...]) -> Iterator[str]:
    if not tiers:
        yield "tiers must name at least one quantity and its price"
    elif tiers[0][0] < 1 or tiers[-1][1] < 0:
        yield "tiers must start at 1 unit or more, at prices of 0 pence or more"
    for (start, price), (later, lower) in pairwise(tiers):
        if later <= start:
            yield f"tiers must rise in quantity: {later} follows {start}"
        if lower > price:
            yield f"tiers must not rise in price: from {later} on it is {lower}, before {price}"


def _wrong_numbers(tariff: Tariff) -> Iterator[str]:
    low = {"least": 1, "pack": 1, "most": 0, "fixed": 0, "drop": 0, "least_pence": 0}
    for name, lowest in low.items():
        if getattr(tariff, name) < lowest:
            yield f"{name} must be {lowest} or more"
