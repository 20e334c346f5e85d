"""The cheapest place for one rider in one route, with hopeless positions passed over early."""

from __future__ import annotations

from attrs import field, frozen

from cypn_transport.doors.instances import Instance
from cypn_transport.doors.timing import CLOSE, earliest

Route = tuple[int, ...]
Place = tuple[float, Route]
"""What it costs more, and the route with the rider in it."""

MEMORY = 400_000


@frozen
class _Shape:
    """Stops of a route with depots; bounds on each start that every longer route keeps too."""

    stops: Route
    soonest: tuple[float, ...]
    latest: tuple[float, ...]
    aboard: tuple[int, ...]


@frozen
class Insertions:
    """Answers are kept: in a search most routes stay as they are from one try to the next."""

    instance: Instance
    _known: dict[tuple[Route, int], Place | None] = field(init=False, factory=dict)
    _shapes: dict[Route, _Shape | None] = field(init=False, factory=dict)

    def best(self, route: Route, rider: int) -> Place | None:
        """The cheapest feasible route of *route* and *rider*, or None."""
        key = (route, rider)
        if key not in self._known:
            if len(self._known) > MEMORY:
                self._known.clear()
                self._shapes.clear()
            self._known[key] = self._search(route, rider)
        return self._known[key]

    def _search(self, route: Route, rider: int) -> Place | None:
        if route not in self._shapes:
            self._shapes[route] = _shape(self.instance, route)
        shape = self._shapes[route]
        if shape is None:
            return None
        off = rider + self.instance.requests
        for more, i, j in sorted(_positions(self.instance, shape, rider)):
            longer = (*route[:i], rider, *route[i:j], off, *route[j:])
            if earliest(self.instance, longer) is not None:
                return more, longer
        return None


def _shape(instance: Instance, route: Route) -> _Shape | None:
    starts = earliest(instance, route)
    if starts is None:
        return None
    stops = (0, *route, len(instance.nodes) - 1)
    nodes, latest = instance.nodes, [instance.nodes[stop].closes for stop in stops]
    for at in range(len(stops) - 2, -1, -1):
        here, after = stops[at], stops[at + 1]
        leave = latest[at + 1] - nodes[here].service - instance.travel[here][after]
        latest[at] = min(latest[at], leave)
    load, aboard = 0, []
    for stop in stops:
        load += nodes[stop].demand
        aboard.append(load)
    return _Shape(stops, starts, tuple(latest), tuple(aboard))


def _positions(instance: Instance, shape: _Shape, rider: int) -> list[tuple[float, int, int]]:
    """(cost more, stops before the pickup, stops before the delivery) of what may be feasible."""
    node, stops, found = instance.nodes[rider], shape.stops, list[tuple[float, int, int]]()
    idle = 0.0 if shape.stops[1:-1] else instance.travel[0][stops[-1]]
    for i in range(len(stops) - 1):
        here, after = stops[i], stops[i + 1]
        start = shape.soonest[i] + instance.nodes[here].service + instance.travel[here][rider]
        if start > node.closes + CLOSE:
            break
        start = max(start, node.opens)
        if shape.aboard[i] + node.demand > instance.capacity:
            continue
        away = instance.travel[here][rider] - instance.travel[here][after] + idle
        found += _deliveries(instance, shape, rider, (i, start, away))
    return found


def _deliveries(
    instance: Instance, shape: _Shape, rider: int, pickup: tuple[int, float, float]
) -> list[tuple[float, int, int]]:
    nodes, travel, stops = instance.nodes, instance.travel, shape.stops
    i, start, away = pickup
    off = rider + instance.requests
    last, leaves = rider, start + nodes[rider].service
    from_off, found = travel[off], list[tuple[float, int, int]]()
    aboard_since = 0.0  # the least that the rider has been aboard
    joined = away + travel[rider][stops[i + 1]]
    for j in range(i, len(stops) - 1):
        after = stops[j + 1]
        ride = aboard_since + travel[last][off]
        if ride > instance.longest_ride + CLOSE:
            break
        there = max(leaves + travel[last][off], nodes[off].opens)
        if there > nodes[off].closes + CLOSE:
            break
        if there + nodes[off].service + from_off[after] <= shape.latest[j + 1] + CLOSE:
            detour = travel[last][off] + from_off[after]
            more = away + detour if j == i else joined + detour - travel[last][after]
            found.append((more, i, j))
        came = max(leaves + travel[last][after], shape.soonest[j + 1])
        if came > shape.latest[j + 1] + CLOSE:
            break
        if shape.aboard[j + 1] + nodes[rider].demand > instance.capacity:
            break
        aboard_since += travel[last][after] + nodes[after].service
        last, leaves = after, came + nodes[after].service
    return found
