"""Who pays what of a journey that several groups share: pure functions, exact to the penny."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from enum import Enum
from fractions import Fraction
from itertools import permutations

from attrs import frozen

from cypn_core.domain.money import apportion

MOST_BY_PERMUTATIONS = 3


class ShareBy(Enum):
    """How a shared journey is paid for; a region chooses one."""

    STAND_ALONE = "stand_alone"
    SEATS = "seats"
    EMPTY_RUNNING = "empty_running"


@frozen(kw_only=True)
class Joined:
    """What a journey that is shared comes to: all of it, and the empty running in it, in pence.

    *alone* and *seats* are by need: its price with the same vehicle and driver but without the
    others, and how many of it ride.
    """

    total: int
    empty: int
    alone: Mapping[str, int]
    seats: Mapping[str, int]

    @property
    def saves(self) -> bool:
        """Whether together it costs no more than each alone."""
        return self.total <= sum(self.alone.values())


def shared(joined: Joined, by: ShareBy) -> dict[str, int]:
    """What each need pays, by the strategy *by*: to the penny, and never more than alone.

    What somebody would pay above its stand-alone price is paid by the others, in the same
    proportion. Odd pennies go by the needs' ids, so that no order decides.

    :raises ValueError: when the journey does not save: then somebody had to pay more than alone.

    >>> both = Joined(total=6500, empty=0, alone={"a": 6500, "b": 6500}, seats={"a": 7, "b": 6})
    >>> shared(both, ShareBy.SEATS)
    {'a': 3500, 'b': 3000}
    """
    if not joined.saves:
        raise ValueError("it costs more together than alone: there is nothing to share")
    return _capped(joined.total, _WEIGHTS[by](joined), joined.alone)


def shapley(costs: Mapping[frozenset[str], int]) -> dict[str, int]:
    """The Shapley value of each need, in pence: its mean extra cost over all orders of joining.

    An audit figure beside what is charged (Shapley 1953): exact, by permutations, for at most
    three. It adds up to the cost of all together; odd pennies go by largest remainder.

    :param costs: every set of the needs but the empty one, to what it costs in pence.

    >>> shapley({frozenset("a"): 60, frozenset("b"): 40, frozenset("ab"): 70})
    {'a': 45, 'b': 25}
    """
    everybody = max(costs, key=len)
    if len(everybody) > MOST_BY_PERMUTATIONS:
        raise ValueError(f"at most {MOST_BY_PERMUTATIONS} needs, not {len(everybody)}")
    orders = list(permutations(sorted(everybody)))
    value = dict.fromkeys(sorted(everybody), Fraction(0))
    for order in orders:
        for at, need in enumerate(order):
            before = costs[frozenset(order[:at])] if at else 0
            value[need] += Fraction(costs[frozenset(order[: at + 1])] - before, len(orders))
    return _to_the_penny(value, costs[everybody])


def _by_empty_running(joined: Joined) -> dict[str, int]:
    """Empty running equally and the rest by stand-alone price, as whole weights."""
    alone, heads = sum(joined.alone.values()), len(joined.alone)
    rest = joined.total - joined.empty
    return {
        need: joined.empty * alone + heads * rest * price for need, price in joined.alone.items()
    }


_WEIGHTS: Mapping[ShareBy, Callable[[Joined], Mapping[str, int]]] = {
    ShareBy.STAND_ALONE: lambda joined: joined.alone,
    ShareBy.SEATS: lambda joined: joined.seats,
    ShareBy.EMPTY_RUNNING: _by_empty_running,
}


def _capped(total: int, weights: Mapping[str, int], most: Mapping[str, int]) -> dict[str, int]:
    """*total* by *weights*, nobody above *most*; those at their most leave the rest to the others.

    Whose exact part is at most a whole number of pence stays so when the odd pennies are given.
    """
    open_to = {need: weight for need, weight in weights.items() if weight}
    full: dict[str, int] = {}
    while left := {need: weight for need, weight in open_to.items() if need not in full}:
        rest, whole = total - sum(full.values()), sum(left.values())
        over = {need: most[need] for need in left if rest * left[need] > most[need] * whole}
        if not over:
            return dict.fromkeys(weights, 0) | full | apportion(rest, left)
        full |= over
    return dict.fromkeys(weights, 0) | full


def _to_the_penny(value: Mapping[str, Fraction], total: int) -> dict[str, int]:
    """Fractions that add up to *total* as whole pence; one below nothing is lifted for the while.

    >>> _to_the_penny({"a": Fraction(-1, 2), "b": Fraction(7, 2)}, 3)
    {'a': 0, 'b': 3}
    """
    lift = 1 - math.floor(min(value.values()))
    scale = math.lcm(*(each.denominator for each in value.values()))
    weights = {need: int((each + lift) * scale) for need, each in value.items()}
    lifted = apportion(total + lift * len(value), weights)
    return {need: pence - lift for need, pence in lifted.items()}
