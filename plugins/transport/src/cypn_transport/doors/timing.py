"""Whether one route can be driven in time, and when it is at each stop."""

from __future__ import annotations

from itertools import pairwise

from cypn_transport.doors.instances import Instance

CLOSE = 1e-7
"""Times that differ by less are the same."""

Schedule = tuple[float, ...]


def carried(instance: Instance, route: tuple[int, ...]) -> bool:
    """Whether nobody is set down before being taken up and there is always room."""
    n, load, aboard = instance.requests, 0, set[int]()
    for stop in route:
        load += instance.nodes[stop].demand
        if load > instance.capacity:
            return False
        if stop <= n:
            aboard.add(stop)
        elif stop - n in aboard:
            aboard.remove(stop - n)
        else:
            return False
    return not aboard


def earliest(instance: Instance, route: tuple[int, ...]) -> Schedule | None:
    """The earliest starts at the depot, each stop of *route* and the depot again, or None.

    Every constraint bounds one start from below by another: travel, windows, the ride limit (a
    pickup is not before its delivery less the ride) and the length of the route. Raising what is
    too early until nothing changes gives the least solution, so it is exact; it ends because after
    as many rounds as there are stops a change can only come from constraints that chase each other
    for ever (Bellman and Ford).
    """
    stops = (0, *route, len(instance.nodes) - 1)
    nodes, travel = instance.nodes, instance.travel
    legs = [0.0] + [nodes[a].service + travel[a][b] for a, b in pairwise(stops)]
    starts, closes = [nodes[s].opens for s in stops], [nodes[s].closes for s in stops]
    limits = _limits(instance, stops)
    for _ in range(len(stops) + 1):
        for at in range(1, len(stops)):
            start = starts[at - 1] + legs[at]
            if start > starts[at]:  # noqa: PLR1730 - a call of max is slower, and this is where the time goes
                starts[at] = start
            if starts[at] > closes[at] + CLOSE:
                return None
        if not _raised(starts, limits):
            return tuple(starts) if starts[0] <= closes[0] + CLOSE else None
    return None


def _limits(instance: Instance, stops: tuple[int, ...]) -> list[tuple[int, int, float]]:
    """(earlier position, later position, most between the two starts), the last delivery first."""
    n = instance.requests
    where = {stop: at for at, stop in enumerate(stops[:-1])}
    last = len(stops) - 1
    limits = [(0, last, instance.longest_route)]
    for at in range(last - 1, 0, -1):
        pickup = stops[at] - n
        if pickup > 0:
            most = instance.longest_ride + instance.nodes[pickup].service
            limits.append((where[pickup], at, most))
    return limits


def _raised(starts: list[float], limits: list[tuple[int, int, float]]) -> bool:
    changed = False
    for earlier, later, most in limits:
        least = starts[later] - most
        if least > starts[earlier] + CLOSE:
            starts[earlier] = least
            changed = True
    return changed


def feasible(instance: Instance, route: tuple[int, ...]) -> bool:
    """Whether *route* keeps room, windows, ride limit and length of the route."""
    return carried(instance, route) and earliest(instance, route) is not None
