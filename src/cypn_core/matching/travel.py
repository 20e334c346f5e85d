"""How far and how long by road between two points: what is asked elsewhere, and the estimate."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from attrs import frozen

from cypn_core.domain.places import Point, km
from cypn_core.domain.roads import Roads

Pair = tuple[Point, Point]
"""From where, and to where."""


@frozen
class Way:
    """Kilometres and minutes by road. *by* names who said so; it is empty for an estimate."""

    km: float
    minutes: float
    by: str = ""


class TravelTime(Protocol):
    """Whoever knows the roads. It is told points and nothing else: no needs, offers or people."""

    def ways(self, pairs: Collection[Pair]) -> Mapping[Pair, Way | None]:
        """The way for each of *pairs*, None where no road leads there; within a few seconds.

        What it leaves out, for want of time, is estimated and asked for again.

        :raises NoAnswer: when it cannot be asked, or what it says makes no sense.
        """
        ...


class NoAnswer(Exception):
    """Whoever knows the roads gave no answer of use; the words may be logged."""


def estimated(roads: Roads, start: Point, end: Point) -> Way:
    """What *roads* make of the straight line between two points.

    >>> estimated(Roads(), Point(360_000, 160_000), Point(370_000, 160_000)).km.__round__(2)
    13.98
    """
    by_road = roads.km(km(start, end))
    return Way(by_road, roads.minutes(by_road))
