"""The same Saturday by OR-tools routing: every stop of every group in one vehicle's route.

Routing sees each vehicle's two tours of the day as two vehicles. A group's seats are taken from its
home until it is home again, as vehicles wait; at most three groups are in a tour. Who drives is no
part of routing: tours are given drivers afterwards by the exact assignment, and those that nobody
can drive are dropped. A tour may drop one group before it takes up the next, which pools may not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from attrs import field, frozen
from ortools.constraint_solver import pywrapcp, routing_enums_pb2  # type: ignore[import-untyped]

from cypn_transport.pooling.values import Place, Request, Span, Travel, longest_ride

TOURS, MOST, HORIZON = 2, 3, 1440
SKIPPED, HALF = 1_000_000, 10_000
"""What a stop that is left out costs homeward and outward: more than any way. Routing places one
way of a group at a time, so a way out alone is let pass; who does not come home does not count."""


@frozen
class Tour:
    """Groups that a vehicle carries; *stops* from the first to the last, *whole* from its base."""

    vehicle: str
    requests: frozenset[str]
    stops: Span
    whole: Span


@frozen
class Saturday:
    """What is asked; *fleet* is the base and the seats of each vehicle."""

    requests: Sequence[Request]
    fleet: dict[str, tuple[Place, int]]
    travel: Travel
    buffer: int
    places: list[Place] = field(init=False)
    """Of each request: home, there, there, home; then the base of each tour."""
    minutes: list[list[int]] = field(init=False)

    @places.default
    def _places(self) -> list[Place]:
        asked = [
            p for r in self.requests for p in (r.origin, r.destination, r.destination, r.origin)
        ]
        return asked + [base for base, _ in self.fleet.values() for _ in range(TOURS)]

    @minutes.default
    def _minutes(self) -> list[list[int]]:
        return [[self._whole(a, b) for b in self.places] for a in self.places]

    def _whole(self, a: Place, b: Place) -> int:
        way = self.travel(a, b)
        assert way is not None  # noqa: S101
        return math.ceil(way.minutes - 1e-6)


def tours(day: Saturday, seconds: float) -> list[Tour]:
    """Tours for as many of the groups as routing finds vehicles for in that time."""
    bases = list(range(4 * len(day.requests), len(day.places)))
    manager = pywrapcp.RoutingIndexManager(len(day.places), len(bases), bases, bases)
    routing = pywrapcp.RoutingModel(manager)
    time = _dimensions(day, manager, routing)
    for at, request in enumerate(day.requests):
        _served(routing, time, request, [manager.NodeToIndex(4 * at + n) for n in range(4)])
    solver = routing.solver()
    for first in range(0, len(bases), TOURS):
        solver.Add(time.CumulVar(routing.End(first)) <= time.CumulVar(routing.Start(first + 1)))
    for tour in range(len(bases)):
        routing.AddVariableMinimizedByFinalizer(time.CumulVar(routing.End(tour)))
        routing.AddVariableMaximizedByFinalizer(time.CumulVar(routing.Start(tour)))
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    kinds = routing_enums_pb2
    parameters.first_solution_strategy = kinds.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = kinds.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(round(1000 * seconds))
    found = routing.SolveWithParameters(parameters)
    return [] if found is None else list(_tours(day, manager, routing, found))


def _dimensions(
    day: Saturday, manager: pywrapcp.RoutingIndexManager, routing: pywrapcp.RoutingModel
) -> pywrapcp.RoutingDimension:
    """Ways cost what they take; minutes, seats and groups are counted along each tour."""
    asked = 4 * len(day.requests)

    def minutes(a: int, b: int) -> int:
        one, other = int(manager.IndexToNode(a)), int(manager.IndexToNode(b))
        buffers = (one >= asked) + (other >= asked) if one != other else 0
        return day.minutes[one][other] + day.buffer * int(buffers)

    def seats(a: int) -> int:
        at, stop = divmod(manager.IndexToNode(a), 4)
        taken = (1, 0, 0, -1)[stop]
        return taken * day.requests[at].load.seats if at < len(day.requests) else 0

    def groups(a: int) -> int:
        node = manager.IndexToNode(a)
        return int(node < asked and node % 4 == 0)

    way = routing.RegisterTransitCallback(minutes)
    routing.SetArcCostEvaluatorOfAllVehicles(way)
    routing.AddDimension(way, HORIZON, HORIZON, False, "time")  # noqa: FBT003 - has no names
    room = [seats_ for _, seats_ in day.fleet.values() for _ in range(TOURS)]
    taken = routing.RegisterUnaryTransitCallback(seats)
    routing.AddDimensionWithVehicleCapacity(taken, 0, room, True, "seats")  # noqa: FBT003
    routing.AddDimension(routing.RegisterUnaryTransitCallback(groups), 0, MOST, True, "groups")  # noqa: FBT003
    return routing.GetDimensionOrDie("time")


def _served(
    routing: pywrapcp.RoutingModel,
    time: pywrapcp.RoutingDimension,
    request: Request,
    stops: Sequence[int],
) -> None:
    """There and back by one tour, within its windows and ride limits, or not at all."""
    solver = routing.solver()
    home, there, leaving, back = (time.CumulVar(each) for each in stops)
    home.SetRange(request.leaves.start, request.leaves.end)
    back.SetRange(request.back.start, request.back.end)
    for on, off in (stops[:2], stops[2:]):
        routing.AddPickupAndDelivery(on, off)
        solver.Add(routing.VehicleVar(on) == routing.VehicleVar(off))
    there_and_back = routing.ActiveVar(stops[0]) * routing.ActiveVar(stops[2])
    same = solver.IsEqualVar(routing.VehicleVar(stops[0]), routing.VehicleVar(stops[2]))
    solver.Add(there_and_back <= same)
    direct = math.dist(request.origin, request.destination)  # type: ignore[arg-type]
    ride = int(longest_ride(direct * 1.3 * 1.6) + 1e-6)
    for on, off in ((home, there), (leaving, back)):
        solver.Add(on <= off)
        solver.Add(off - on <= ride)
    solver.Add(leaving - there >= request.stays)
    for each, penalty in zip(stops, (HALF, HALF, SKIPPED, SKIPPED), strict=True):
        routing.AddDisjunction([each], penalty)


def _tours(
    day: Saturday,
    manager: pywrapcp.RoutingIndexManager,
    routing: pywrapcp.RoutingModel,
    found: pywrapcp.Assignment,
) -> Iterator[Tour]:
    time = routing.GetDimensionOrDie("time")
    names = [name for name in day.fleet for _ in range(TOURS)]
    for tour, name in enumerate(names):
        route = [routing.Start(tour)]
        while not routing.IsEnd(route[-1]):
            route.append(found.Value(routing.NextVar(route[-1])))
        if len(route) > 2:
            at = [found.Min(time.CumulVar(each)) for each in route]
            nodes = [manager.IndexToNode(each) for each in route]
            home = {n // 4 for n in nodes[1:-1] if n % 4 == 3}
            stops = [t for n, t in zip(nodes, at, strict=True) if n // 4 in home]
            if home:
                yield Tour(
                    vehicle=name,
                    requests=frozenset(day.requests[n].id for n in home),
                    stops=Span(stops[0], stops[-1]),
                    whole=Span(at[0], at[-1]),
                )
