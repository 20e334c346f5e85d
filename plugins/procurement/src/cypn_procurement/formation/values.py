"""What is given and what is found: needs, quotes, pools, and how well it is known."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from attrs import field, frozen

from cypn_procurement.clearing import Member, Pool
from cypn_procurement.tariffs import Tariff

Pools = Mapping[str, Pool]
"""The pools by the quote that each buys on."""


@frozen(kw_only=True, slots=False)
class Problem:
    """Needs, the quotes that fit each, and what it costs to coordinate one more pool.

    *quotes* are tariffs by id, *fits* the ids of quotes by member. *coordination* is in pence for
    each new pool of two or more. *seated* are the members of pools that gather already, by quote:
    such a pool costs no coordination any more.

    :raises ValueError: on a member that is there twice, or an id that is not there.
    """

    members: tuple[Member, ...]
    quotes: Mapping[str, Tariff]
    fits: Mapping[str, frozenset[str]]
    coordination: int = 0
    seated: Mapping[str, frozenset[str]] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        known = {member.id for member in self.members}
        if len(known) < len(self.members):
            raise ValueError("members must be there once each")
        if unknown := sorted(self.fits.keys() ^ known):
            raise ValueError(f"fits must name each member and nobody else: {unknown[0]}")
        named = frozenset[str]().union(self.seated, *self.fits.values())
        if unknown := sorted(named - self.quotes.keys()):
            raise ValueError(f"quotes must hold every quote that is named: {unknown[0]}")
        if self.coordination < 0:
            raise ValueError("coordination must be 0 pence or more")

    @cached_property
    def by_id(self) -> Mapping[str, Member]:
        """The members by id."""
        return {member.id: member for member in self.members}

    @cached_property
    def bidding(self) -> Mapping[str, tuple[Member, ...]]:
        """The members that each quote fits, in the order of their ids."""
        order = sorted(self.members, key=lambda member: member.id)
        return {
            quote: tuple(each for each in order if quote in self.fits[each.id])
            for quote in sorted(self.quotes)
        }

    @cached_property
    def worth(self) -> Mapping[str, int]:
        """What a unit is worth to each member in pence.

        Its cap; and where it joins at any price, the most that any fitting quote could ask of it.
        """
        return {
            each.id: self._dearest(each) if each.cap is None else each.cap for each in self.members
        }

    def _dearest(self, member: Member) -> int:
        fees = {q: t.fixed + t.drop for q, t in self.quotes.items() if q in self.fits[member.id]}
        asked = (self.quotes[q].tiers[0][1] + -(-fee // member.quantity) for q, fee in fees.items())
        return max(asked, default=0)

    def opening(self, quote: str, members: int) -> int:
        """What it costs in pence to coordinate a pool of so many on *quote*."""
        return self.coordination if members > 1 and quote not in self.seated else 0

    def gain(self, quote: str, pool: Pool) -> int:
        """What *pool* is worth above what it costs, coordination included, in pence."""
        worth = sum(self.worth[each] * self.by_id[each].quantity for each in pool.shares)
        return worth - pool.outlay - self.opening(quote, len(pool.shares))

    def total(self, pools: Pools) -> int:
        """What all *pools* gain."""
        return sum(self.gain(quote, pool) for quote, pool in pools.items())


@frozen(kw_only=True)
class Formation:
    """The pools to form. *gain* is theirs in pence, *bound* the most that any choice could gain.

    *gap* is how far below the bound it lies at most, as a part of 1; *proven* tells that no choice
    gains more.
    """

    pools: Pools
    gain: int
    bound: float
    seconds: float
    method: str

    @property
    def proven(self) -> bool:
        """Whether a whole penny more is out of reach."""
        return self.gain > self.bound - 1

    @property
    def gap(self) -> float:
        """0 where it is proven."""
        return 0.0 if self.proven else 1 - self.gain / self.bound
