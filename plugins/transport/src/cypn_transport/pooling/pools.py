"""Every pool of a day: who may ride together, each with its shortest order there and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations

from cypn_transport.pooling.orders import Order, Ways, fits_one, orders, timed
from cypn_transport.pooling.values import Limits, Load, Part, Pool, Request, Run, Span, Travel, Way

_Made = tuple[tuple[Request, ...], tuple[Pool, ...]]


def pools(
    requests: Sequence[Request], travel: Travel, limits: Limits, most: int = 3
) -> tuple[Pool, ...]:
    """All pools of one up to *most* requests that keep *limits*, smaller ones first.

    The shortest order in kilometres that has a timetable is exact. The same groups come again
    with a longer order where that needs fewer seats or wheelchair spaces at once. A group that
    did not say that it may share rides alone, and three ride together only where each two of
    them might. The order of *requests* does not matter.

    :raises ValueError: for two requests of the same id.
    """
    known = sorted(requests, key=lambda each: each.id)
    if len({each.id for each in known}) < len(known):
        raise ValueError("two requests have the same id")
    ways = _ways(known, travel)
    level: list[_Made] = [((each,), _pools((each,), ways, limits)) for each in known]
    level = [(group, made) for group, made in level if made]
    found = [pool for _, made in level for pool in made]
    for _ in range(most - 1):
        level = list(_larger([group for group, _ in level], ways, limits))
        found += [pool for _, made in level for pool in made]
    return tuple(found)


def _larger(groups: Sequence[tuple[Request, ...]], ways: Ways, limits: Limits) -> Iterator[_Made]:
    """One more in each group, where every smaller part of it may ride together too."""
    kept = {frozenset(each.id for each in group) for group in groups}
    singles = sorted({each for group in groups for each in group}, key=lambda each: each.id)
    for group in groups:
        for more in singles:
            if more.id <= group[-1].id or not all(x.may_share for x in (*group, more)):
                continue
            larger = (*group, more)
            parts = combinations([each.id for each in larger], len(group))
            if all(frozenset(part) in kept for part in parts) and limits.mix(larger):
                made = _pools(larger, ways, limits)
                if made:
                    yield larger, made


def _ways(requests: Sequence[Request], travel: Travel) -> dict[tuple[object, object], Way]:
    """By road between any two places of the day; what is not known is left out."""
    places = {each.origin for each in requests} | {each.destination for each in requests}
    pairs = [*permutations(places, 2), *((each, each) for each in places)]
    return {pair: way for pair in pairs if (way := travel(*pair)) is not None}


def _pools(group: tuple[Request, ...], ways: Ways, limits: Limits) -> tuple[Pool, ...]:
    """The shortest first; then each that is longer and less full."""
    try:
        there = orders(group, ways, limits, outward=True)
        home = orders(group, ways, limits, outward=False)
        return tuple(_shortest(group, there, home, ways, limits))
    except KeyError:  # a way between two of their places is not known
        return ()


def _shortest(
    group: tuple[Request, ...],
    there: Sequence[Order],
    home: Sequence[Order],
    ways: Ways,
    limits: Limits,
) -> Iterator[Pool]:
    kept: list[Load] = []
    for out, back in sorted(
        ((out, back) for out in there for back in home),
        key=lambda both: _length(group, both[0], both[1], ways),
    ):
        peak = Load(
            max(out.peak.seats, back.peak.seats), max(out.peak.wheelchairs, back.peak.wheelchairs)
        )
        if not fits_one(peak, limits) or any(less.within(peak) for less in kept):
            continue
        runs = timed(group, out, back, ways, limits)
        if runs is not None:
            kept.append(peak)
            yield _pool(group, *runs, peak)


def _length(
    group: tuple[Request, ...], out: Order, back: Order, ways: Ways
) -> tuple[float, object, object]:
    link = ways[group[out.stops[-1][0]].destination, group[back.stops[0][0]].destination]
    return round(out.km + link.km + back.km, 6), out.stops, back.stops


def _pool(group: tuple[Request, ...], out: Run, between: Part, back: Run, peak: Load) -> Pool:
    free = not any(each.waits for each in group)
    uses = (out.span, back.span) if free else (Span(out.span.start, back.span.end),)
    ids = tuple(each.id for each in group)
    return Pool(requests=ids, out=out, back=back, between=between, peak=peak, uses=uses)
