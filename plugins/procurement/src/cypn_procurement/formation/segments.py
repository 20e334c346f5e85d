"""A tariff in pieces on which the whole order costs ``unit`` pence a unit and ``fixed`` besides.

That makes the choice of members linear. Each piece is narrowed to the members who could be in it:
whoever loses by every order that they can place together is left out, until nobody is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from attrs import frozen

from cypn_procurement.clearing import Member
from cypn_procurement.formation.values import Problem
from cypn_procurement.tariffs import Tariff


@frozen(kw_only=True)
class Segment:
    """Orders of *low* to *high* units on *quote*, with the *opening* cost of such a pool.

    *starts* are the members who may be in it, each with the smallest order it does not lose by.
    """

    quote: str
    low: int
    high: int
    unit: int
    fixed: int
    opening: int
    starts: Mapping[str, int]


def segments(problem: Problem) -> Iterator[Segment]:
    """Every piece of every quote that somebody may be in, and each member's order by itself."""
    for quote, members in problem.bidding.items():
        tariff, opening = problem.quotes[quote], problem.opening(quote, 2)
        for low, high, unit, fixed in pieces(tariff):
            if starts := _sustainable(tariff, members, (low, high, unit, fixed)):
                yield Segment(
                    quote=quote, low=low, high=high, unit=unit, fixed=fixed, opening=opening,
                    starts=starts,
                )  # fmt: skip
        if opening:
            yield from _alone(quote, tariff, members)


def pieces(tariff: Tariff) -> Iterator[tuple[int, int, int, int]]:
    """Smallest and largest order, pence a unit and pence besides, of each tier that is sold.

    >>> list(pieces(Tariff(tiers=((1, 100), (4, 80)), fixed=5, most=9, incremental=True)))
    [(1, 3, 100, 5), (4, 9, 80, 65)]
    """
    ends = [later - 1 for _, (later, _) in pairwise(tariff.tiers)]
    for (start, unit), end in zip(tariff.tiers, [*ends, tariff.most], strict=True):
        besides = tariff.goods(start) - unit * start
        low, high = max(start, tariff.least), min(end, tariff.most)
        if unit:
            low = max(low, -(-(tariff.least_pence - besides) // unit))
        if low <= high and tariff.goods(high) >= tariff.least_pence:
            yield low, high, unit, besides + tariff.fixed


def _sustainable(
    tariff: Tariff, members: tuple[Member, ...], piece: tuple[int, int, int, int]
) -> dict[str, int]:
    low, high, unit, fixed = piece
    starts, units = {}, {}
    for member in members:
        start = _start(member, unit, fixed, tariff.drop)
        if start is not None and member.quantity <= high:
            starts[member.id], units[member.id] = max(low, start), member.quantity
    while starts:
        reach = min(high, sum(units[each] for each in starts))
        left = {each: start for each, start in starts.items() if start <= reach}
        if len(left) == len(starts):
            return starts
        starts = left
    return {}


def _start(member: Member, unit: int, fixed: int, drop: int) -> int | None:
    """The smallest order that *member* does not lose by, or None: it loses by any."""
    if member.cap is None:
        return 1
    room = (member.cap - unit) * member.quantity - drop
    if room < 0 or (room == 0 and fixed):
        return None
    return -(-fixed * member.quantity // room) if fixed else 1


def _alone(quote: str, tariff: Tariff, members: tuple[Member, ...]) -> Iterator[Segment]:
    for member in members:
        outlay = tariff.outlay(member.quantity, members=0)
        if outlay is not None and member.gains(outlay, member.quantity, tariff.drop):
            unit, units = tariff.unit(member.quantity), member.quantity
            yield Segment(
                quote=quote, low=units, high=units, unit=unit, fixed=outlay - unit * units,
                opening=0, starts={member.id: units},
            )  # fmt: skip
