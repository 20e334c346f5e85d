"""How many of its dates are enough for a group: all, every second week, or so many of them.

Dates are bits: bit *n* of a mask stands for the n-th wanted window.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from attrs import frozen

from cypn_core.domain.times import Window
from cypn_venue_bank.needs import SpaceNeed

_WEEK = 7


@frozen
class Enough:
    """Enough is any of *sets* in full, or any *count* dates."""

    sets: tuple[int, ...]
    count: int

    def met(self, mask: int) -> bool:
        """True when the dates of *mask* are enough; more dates never make it false.

        >>> Enough((0b101,), 3).met(0b101), Enough((0b101,), 3).met(0b110)
        (True, False)
        """
        return mask.bit_count() >= self.count or any(mask & each == each for each in self.sets)

    @property
    def least(self) -> int:
        """The fewest dates that can be enough."""
        return min(self.count, *(each.bit_count() for each in self.sets))


def everything(mask: int) -> Enough:
    """Nothing less than all the dates of *mask*."""
    return Enough((mask,), mask.bit_count() if mask else 1)


def enough_for(need: object, windows: Sequence[Window], zone: str) -> Enough:
    """What *need* accepts of *windows*; whatever is not a need for a space wants them all."""
    whole = everything((1 << len(windows)) - 1)
    if not isinstance(need, SpaceNeed):
        return whole
    count = min(whole.count, need.minimum_dates or whole.count)
    halves = _alternate(windows, ZoneInfo(zone)) if need.alternate_weeks else ()
    return Enough((*whole.sets, *halves), count)


def mask_of(windows: Sequence[Window], some: Sequence[Window]) -> int:
    """The mask of *some* of *windows*."""
    chosen = set(some)
    return sum(1 << n for n, window in enumerate(windows) if window in chosen)


def _alternate(windows: Sequence[Window], zone: ZoneInfo) -> tuple[int, ...]:
    """The dates of the first, third … week from the first date on, and those of the others."""
    days = [window.start.astimezone(zone).date() for window in windows]
    if not days:
        return ()
    monday = min(days) - dt.timedelta(days=min(days).weekday())
    odd = sum(1 << n for n, day in enumerate(days) if (day - monday).days // _WEEK % 2)
    even = ((1 << len(days)) - 1) ^ odd
    return tuple(half for half in (even, odd) if half)
