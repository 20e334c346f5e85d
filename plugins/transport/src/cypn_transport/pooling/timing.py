"""When a vehicle is at each stop of an order: difference constraints, solved by relaxation."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from attrs import frozen


@frozen
class Apart:
    """Stop *later* comes *least* minutes after *earlier* at least (negative: a most)."""

    earlier: int
    later: int
    least: int


def whole(minutes: float) -> int:
    """Minutes of a way as whole ones, never fewer.

    >>> whole(12.0), whole(12.1), whole(12.0000000001)
    (12, 13, 12)
    """
    return math.ceil(minutes - 1e-6)


def earliest(first: Sequence[int], last: Sequence[int], apart: Sequence[Apart]) -> list[int] | None:
    """The earliest time of every stop, each within its *first* and *last*; None: there is none.

    >>> earliest([0, 0], [9, 30], [Apart(0, 1, 20)])
    [0, 20]
    """
    at = list(first)
    for _ in range(len(at) + 1):
        moved = False
        for each in apart:
            if at[each.later] < at[each.earlier] + each.least:
                at[each.later] = at[each.earlier] + each.least
                moved = True
        if any(now > latest for now, latest in zip(at, last, strict=True)):
            return None
        if not moved:
            return at
    return None


def latest(first: Sequence[int], last: Sequence[int], apart: Sequence[Apart]) -> list[int] | None:
    """The latest time of every stop; None: there is none.

    >>> latest([0, 0], [9, 25], [Apart(0, 1, 20)])
    [5, 25]
    """
    turned = [Apart(each.later, each.earlier, each.least) for each in apart]
    found = earliest([-t for t in last], [-t for t in first], turned)
    return None if found is None else [-t for t in found]


def nearest(
    first: Sequence[int], last: Sequence[int], apart: Sequence[Apart], wish: dict[int, int]
) -> list[int] | None:
    """Times that keep every constraint, the furthest from its *wish* as near as it can be."""
    if earliest(first, last, apart) is None:
        return None
    low, high = 0, max(max(abs(last[i] - w), abs(w - first[i])) for i, w in wish.items())
    while low < high:
        middle = (low + high) // 2
        if _within(first, last, apart, wish, middle) is None:
            low = middle + 1
        else:
            high = middle
    return _within(first, last, apart, wish, high)


def _within(
    first: Sequence[int],
    last: Sequence[int],
    apart: Sequence[Apart],
    wish: dict[int, int],
    off: int,
) -> list[int] | None:
    """Nobody's wish missed by more than *off*; over as early, then begun as late, as can be."""
    lower = [max(t, wish[i] - off) if i in wish else t for i, t in enumerate(first)]
    upper = [min(t, wish[i] + off) if i in wish else t for i, t in enumerate(last)]
    found = earliest(lower, upper, apart)
    if found is None:
        return None
    upper[-1] = found[-1]
    return latest(lower, upper, apart)


def in_turn(minutes: Sequence[float], boarding: int) -> Iterator[Apart]:
    """Each stop after the one before it, by the *minutes* between them."""
    for at, each in enumerate(minutes):
        yield Apart(at, at + 1, whole(each) + boarding)
