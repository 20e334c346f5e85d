"""What anybody may see of a pool before it closes, so that no quantity is given away.

Three things together. Each quantity enters only as the size class in which it lies: nothing that
is published, in whatever order and whatever others do meanwhile, depends on more of it, so that by
watching and probing its class might be learned, the quantity never. What is told is bands. And it
changes by the clock, and only when *fewest* different organisations have changed since, or every
single change would show.

That a pool has met its target is told by its state, at once and exactly.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from attrs import frozen

SMALLEST_CLASS = 4
"""Quantities below this are one class; from here on each class begins at twice the last."""
STEPS = (3, 6, 11, 21, 51, 101)
"""The numbers of groups at which a band begins."""
PARTS = (
    "less than an eighth of the target",
    "about a quarter of the target",
    "about half of the target",
    "about three quarters of the target",
    "about the whole target",
)
EIGHTHS = (1, 3, 5, 7)
"""The eighths of the target at which the next part begins."""


@frozen(kw_only=True)
class Settings:
    """How a pool is told: at most once in *every*, after changes by *fewest* organisations.

    *target* is in units, or in groups where *by_group*, as for what is counted by the member:
    there every quantity is 1 and no secret.

    :raises ValueError: on a target, a time or a number that protects nobody.
    """

    target: int
    every: dt.timedelta = dt.timedelta(days=1)
    fewest: int = 3
    by_group: bool = False

    def __attrs_post_init__(self) -> None:
        if self.target < 1:
            raise ValueError("target must be 1 or more")
        if self.fewest <= 1:
            raise ValueError("fewest must be 2 or more: with 1 every change shows by itself")
        if self.every <= dt.timedelta(0):
            raise ValueError("every must be longer than nothing")


@frozen(kw_only=True)
class Publication:
    """What is shown from *at* on: two bands in words."""

    at: dt.datetime
    groups: str
    share: str


def published(
    previous: Publication | None,
    at: dt.datetime,
    quantities: Sequence[int],
    changed: AbstractSet[str],
    settings: Settings,
) -> Publication | None:
    """What is shown at *at*: *previous*, or a new one when both the clock and the changes allow.

    :param quantities: the quantity of each commitment that counts, as it is now.
    :param changed: the organisations whose commitment is another than at *previous*.
    """
    early = previous is not None and at < previous.at + settings.every
    if early or len(changed) < settings.fewest:
        return previous
    known = len(quantities) if settings.by_group else sum(map(size_class, quantities))
    share = _share(known, settings.target)
    return Publication(at=at, groups=_groups(len(quantities)), share=share)


def size_class(quantity: int) -> int:
    """What stands for *quantity*: one number for all of 1 to 3, of 4 to 7, of 8 to 15 and so on.

    It is within half of each of them, but for a single one, which counts as 2.

    :raises ValueError: below 1.

    >>> [size_class(quantity) for quantity in (1, 3, 4, 7, 8, 15, 16)]
    [2, 2, 6, 6, 12, 12, 24]
    """
    if quantity < 1:
        raise ValueError("quantity must be 1 or more")
    return 2 if quantity < SMALLEST_CLASS else 3 << (quantity.bit_length() - 2)


def _groups(number: int) -> str:
    """The band of a number of groups.

    >>> _groups(2), _groups(5), _groups(101)
    ('fewer than 3 groups', '3 to 5 groups', 'more than 100 groups')
    """
    band = bisect_right(STEPS, number)
    if band == 0:
        return f"fewer than {STEPS[0]} groups"
    if band == len(STEPS):
        return f"more than {STEPS[-1] - 1} groups"
    return f"{STEPS[band - 1]} to {STEPS[band] - 1} groups"


def _share(known: int, target: int) -> str:
    """The part of *target* that *known* is about."""
    return PARTS[sum(8 * known >= eighths * target for eighths in EIGHTHS)]
