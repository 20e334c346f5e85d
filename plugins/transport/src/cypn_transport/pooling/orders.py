"""The orders in which a vehicle may pick up and set down, each with its kilometres and peak."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from attrs import frozen

from cypn_transport.pooling.timing import Apart, in_turn, nearest, whole
from cypn_transport.pooling.values import Limits, Load, Part, Place, Request, Run, Span, Stop, Way

Ways = Mapping[tuple[Place, Place], Way]


@frozen
class Order:
    """Groups (their places among *group*) on and off in turn, the vehicle never empty between."""

    stops: tuple[tuple[int, bool], ...]
    parts: tuple[Part, ...]
    peak: Load

    @property
    def km(self) -> float:
        """Kilometres in all."""
        return sum(part.km for part in self.parts)


def orders(group: Sequence[Request], ways: Ways, limits: Limits, *, outward: bool) -> list[Order]:
    """Every order that keeps the ride limits by its driving alone, the shortest first.

    :raises KeyError: where the way between two of their places is not known.
    """
    ends = [
        (place(each, boards=True, outward=outward), place(each, boards=False, outward=outward))
        for each in group
    ]
    most = [most_aboard(limits, ways[pair]) for pair in ends]
    found = []
    for stops in _sequences(len(group), (), frozenset(), frozenset()):
        places = [ends[each][0 if boards else 1] for each, boards in stops]
        along = [ways[pair] for pair in pairwise(places)]
        if _rides_kept(stops, [whole(way.minutes) for way in along], most):
            found.append(_order(group, stops, along))
    fitting = [each for each in found if fits_one(each.peak, limits)]
    return sorted(fitting, key=lambda each: (round(each.km, 6), each.stops))


def fits_one(peak: Load, limits: Limits) -> bool:
    """Whether any vehicle of the day could take so many."""
    return limits.layouts is None or any(peak.within(one) for one in limits.layouts)


def _rides_kept(
    stops: tuple[tuple[int, bool], ...], minutes: Sequence[int], most: Sequence[int]
) -> bool:
    since, now = {}, 0
    for (each, boards), after in zip(stops, (*minutes, 0), strict=True):
        if boards:
            since[each] = now
        elif now - since[each] > most[each]:
            return False
        now += after
    return True


def _sequences(
    size: int, done: tuple[tuple[int, bool], ...], on: frozenset[int], off: frozenset[int]
) -> Iterator[tuple[tuple[int, bool], ...]]:
    """Every group on before it is off, and somebody aboard until the last is off."""
    if len(off) == size:
        yield done
    if done and not on:
        return
    for each in range(size):
        if each in on:
            yield from _sequences(size, (*done, (each, False)), on - {each}, off | {each})
        elif each not in off:
            yield from _sequences(size, (*done, (each, True)), on | {each}, off)


def place(request: Request, *, boards: bool, outward: bool) -> Place:
    """Where the group comes aboard or leaves."""
    return request.origin if boards is outward else request.destination


def _order(
    group: Sequence[Request], stops: tuple[tuple[int, bool], ...], along: Sequence[Way]
) -> Order:
    parts, aboard, peak = [], frozenset[int](), Load(0)
    for (each, boards), way in zip(stops, along, strict=False):  # nobody is aboard after the last
        aboard = aboard | {each} if boards else aboard - {each}
        loads = [group[who].load for who in aboard]
        seats, chairs = sum(x.seats for x in loads), sum(x.wheelchairs for x in loads)
        peak = Load(max(peak.seats, seats), max(peak.wheelchairs, chairs))
        parts.append(Part(way.km, way.minutes, frozenset(group[who].id for who in aboard)))
    return Order(stops, tuple(parts), peak)


def most_aboard(limits: Limits, direct: Way) -> int:
    """Whole minutes aboard at most; never fewer than the direct way takes."""
    return max(int(limits.ride(direct.minutes) + 1e-6), whole(direct.minutes))


def timed(
    group: Sequence[Request], there: Order, home: Order, ways: Ways, limits: Limits
) -> tuple[Run, Part, Run] | None:
    """Both ways at times that keep every window, ride limit and stay; None: there are none."""
    link = ways[_last(group, there), _first(group, home)]
    size, board = len(there.stops), limits.boarding
    marks = [(*stop, True) for stop in there.stops] + [(*stop, False) for stop in home.stops]
    gaps = [p.minutes for p in there.parts] + [link.minutes] + [p.minutes for p in home.parts]
    apart = [*in_turn(gaps, board), *_apart(group, marks, ways, limits)]
    windows = [
        _window(group[each], boards=boards, outward=outward) for each, boards, outward in marks
    ]
    wish = {
        at: group[each].wish[0 if outward else 1]
        for at, (each, boards, outward) in enumerate(marks)
        if boards is outward
    }
    at = nearest([w.start for w in windows], [w.end for w in windows], apart, wish)
    if at is None:
        return None
    stops = [
        Stop(place(group[each], boards=boards, outward=outward), group[each].id, boards, when)
        for (each, boards, outward), when in zip(marks, at, strict=True)
    ]
    out = Run(tuple(stops[:size]), there.parts, board)
    back = Run(tuple(stops[size:]), home.parts, board)
    return out, Part(link.km, link.minutes, frozenset()), back


def _apart(
    group: Sequence[Request],
    marks: Sequence[tuple[int, bool, bool]],
    ways: Ways,
    limits: Limits,
) -> Iterator[Apart]:
    """No ride longer than it may be, no stay shorter."""
    at = {mark: index for index, mark in enumerate(marks)}
    for each, request in enumerate(group):
        for outward in (True, False):
            on, off = at[each, True, outward], at[each, False, outward]
            direct = ways[
                place(request, boards=True, outward=outward),
                place(request, boards=False, outward=outward),
            ]
            yield Apart(off, on, -(most_aboard(limits, direct) + limits.boarding))
        arrives, leaves = at[each, False, True], at[each, True, False]
        yield Apart(arrives, leaves, request.stays)


def _window(request: Request, *, boards: bool, outward: bool) -> Span:
    """The first and last minute of a stop."""
    if boards is outward:
        return request.leaves if outward else request.back
    if outward:
        by = request.there_by
        return Span(request.leaves.start, request.back.end if by is None else by)
    since = request.back_from
    return Span(request.leaves.start if since is None else since, request.back.end)


def _last(group: Sequence[Request], order: Order) -> Place:
    return group[order.stops[-1][0]].destination


def _first(group: Sequence[Request], order: Order) -> Place:
    return group[order.stops[0][0]].destination
