"""What is wrong with a plan, found without a line of the search that made it."""

from __future__ import annotations

from collections.abc import Sequence

from cypn_transport.doors.instances import Instance

TOLERANCE = 1e-5


def broken(
    instance: Instance,
    routes: Sequence[Sequence[int]],
    times: Sequence[Sequence[float]],
    unplaced: Sequence[int],
) -> tuple[str, ...]:
    """Every rule that the plan breaks, in words; *times* start and end at the depot."""
    found = [] if len(routes) <= instance.vehicles else ["more routes than vehicles"]
    found += _everybody_once(instance, routes, unplaced)
    if len(routes) != len(times):
        return (*found, "not every route has its times")
    for number, (route, starts) in enumerate(zip(routes, times, strict=True)):
        if len(starts) != len(route) + 2:
            found.append(f"route {number}: not every stop has its time")
            continue
        found += [f"route {number}: {what}" for what in _route(instance, route, starts)]
    return tuple(found)


def _everybody_once(
    instance: Instance, routes: Sequence[Sequence[int]], unplaced: Sequence[int]
) -> list[str]:
    half = len(instance.nodes) // 2 - 1
    seen = sorted([stop for route in routes for stop in route])
    seen += [stop for rider in unplaced for stop in (rider, rider + half)]
    return [] if sorted(seen) == list(range(1, 2 * half + 1)) else ["not everybody exactly once"]


def _route(instance: Instance, route: Sequence[int], starts: Sequence[float]) -> list[str]:
    found, half = [], len(instance.nodes) // 2 - 1
    at = dict(zip(route, starts[1:-1], strict=True))
    path = [0, *route, len(instance.nodes) - 1]
    for k, stop in enumerate(path):
        node = instance.nodes[stop]
        if not node.opens - TOLERANCE <= starts[k] <= node.closes + TOLERANCE:
            found.append(f"outside the window of node {stop}")
        if sum(instance.nodes[s].demand for s in path[: k + 1]) > instance.capacity:
            found.append(f"too many aboard after node {stop}")
        if k and starts[k] + TOLERANCE < starts[k - 1] + _apart(instance, path[k - 1], stop):
            found.append(f"too early at node {stop}")
    if starts[-1] - starts[0] > instance.longest_route + TOLERANCE:
        found.append("the route is too long")
    for rider in (stop for stop in route if stop <= half):
        if rider + half not in at or list(route).index(rider + half) < list(route).index(rider):
            found.append(f"rider {rider} is not set down after being taken up")
        elif at[rider + half] - at[rider] - instance.nodes[rider].service > (
            instance.longest_ride + TOLERANCE
        ):
            found.append(f"rider {rider} is aboard too long")
    return found


def _apart(instance: Instance, a: int, b: int) -> float:
    """Service at *a* and the straight way to *b*, measured afresh."""
    here, there = instance.nodes[a], instance.nodes[b]
    return here.service + float(((here.x - there.x) ** 2 + (here.y - there.y) ** 2) ** 0.5)
