"""The coefficients of a region, fitted to ways that a routing service has told."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from statistics import linear_regression, median, quantiles

import attrs
from attrs import frozen

from cypn_core.application.roadbook import believable
from cypn_core.domain.places import Point, km
from cypn_core.domain.region import Region
from cypn_core.domain.roads import Roads
from cypn_core.matching.travel import Pair, Way

MOST_POINTS = 50
NEAREST_KM = 0.5
"""Nearer points say more of where a road begins than of how it runs."""
FEWEST = 20
_FACTORS = (1.0, 5.0)


@frozen
class Sample:
    """One way: its straight line and its way by road, in kilometres, and its minutes."""

    straight: float
    km: float
    minutes: float


def pairs_of(region: Region) -> list[Pair]:
    """Every way between at most 50 points of *region*, spread evenly over its gazetteer."""
    known = {place.point for place in region.places if place.inside}
    known |= {each.point for each in region.postcodes.values()}
    points = sorted(known, key=lambda point: (point.easting, point.northing))
    chosen = _spread(points)
    return [(a, b) for a in chosen for b in chosen if km(a, b) >= NEAREST_KM]


def samples(said: Mapping[Pair, Way | None]) -> list[Sample]:
    """What was *said*, without the pairs that no road joins and what cannot be."""
    return [
        Sample(km(*pair), way.km, way.minutes)
        for pair, way in said.items()
        if way is not None and believable(pair, way)
    ]


def fitted(found: Sequence[Sample]) -> Roads:
    """The coefficients that fit *found* best, by least squares, within what a region may state.

    :raises ValueError: when there are too few ways, or all are of one length.
    """
    if len(found) < FEWEST:
        raise ValueError(f"{len(found)} ways are too few: there must be {FEWEST}")
    factors = [each.km / each.straight for each in found]
    slope, at_1_km = linear_regression([math.log(each.straight) for each in found], factors)
    per_km, at_start = linear_regression([s.km for s in found], [s.minutes for s in found])
    parts = quantiles(factors, n=20)
    return Roads(
        factor_at_1_km=_within(at_1_km, *_FACTORS),
        factor_slope=_within(-slope, 0, 1),
        factor_low=_within(parts[0], *_FACTORS),
        factor_high=_within(parts[-1], *_FACTORS),
        minutes_at_start=_within(at_start, 0, 60),
        minutes_per_km=_within(per_km, 0.3, 30),
    )


def errors(roads: Roads, found: Iterable[Sample]) -> tuple[float, float]:
    """By how many per cent *roads* miss kilometres and minutes, in the middle of all ways."""
    listed = list(found)
    lengths = [_missed(roads.km(s.straight), s.km) for s in listed]
    times = [_missed(roads.minutes(roads.km(s.straight)), s.minutes) for s in listed]
    return median(lengths), median(times)


def table(roads: Roads) -> str:
    """The table of a region file.

    >>> print(table(Roads()).splitlines()[1])
    factor_at_1_km = 1.72
    """
    lines = (f"{name} = {round(value, 2)}" for name, value in attrs.asdict(roads).items())
    return "\n".join(("[travel]", *lines))


def _spread(points: Sequence[Point]) -> list[Point]:
    if len(points) <= MOST_POINTS:
        return list(points)
    return [points[at * len(points) // MOST_POINTS] for at in range(MOST_POINTS)]


def _within(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def _missed(said: float, true: float) -> float:
    return 100 * abs(said - true) / true if true else 0.0
