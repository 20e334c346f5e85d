"""Routes for everybody who can be placed: ruin and recreate with simulated annealing.

Some related riders are taken out, and put back where they cost least, those first who would regret
waiting most (Ropke and Pisinger 2006); now and then a route is overlooked, a blink (Christiaens and
Vanden Berghe 2020). Every plan on the way is feasible; who finds no place waits among the unplaced.
"""

from __future__ import annotations

import math
import random
import time

from attrs import frozen

from cypn_transport.doors.insertion import Insertions, Place, Route
from cypn_transport.doors.instances import Instance
from cypn_transport.doors.timing import Schedule, earliest

HOT, COLD = 0.02, 0.0002  # of the cost for each rider: what is taken at first, and at the end
BLINK = 0.02
MOST_REMOVED = 12
FAR = 1e6


@frozen(kw_only=True)
class Plan:
    """*routes*: stops of each used vehicle, no depot; *times*: with the depot at both ends."""

    routes: tuple[Route, ...]
    times: tuple[Schedule, ...]
    unplaced: tuple[int, ...]
    cost: float
    rounds: int


@frozen
class _State:
    routes: tuple[Route, ...]
    waiting: tuple[int, ...]
    cost: float


def plan(
    instance: Instance, *, seconds: float | None = None, rounds: int | None = None, seed: int = 1
) -> Plan:
    """The best plan found within *seconds* or *rounds*, whichever comes first.

    Raises:
        ValueError: neither is given.

    """
    if seconds is None and rounds is None:
        raise ValueError("Say how long to search: give seconds or rounds.")
    rng, insertions = random.Random(seed), Insertions(instance)  # noqa: S311
    everybody = tuple(range(1, instance.requests + 1))
    empty = _State(((),) * instance.vehicles, everybody, FAR * len(everybody))
    began, done = time.monotonic(), 0
    best = now = _recreate(insertions, empty, rng, blink=0.0)
    while (share := _spent(began, seconds, done, rounds)) < 1:
        done += 1
        new = _recreate(insertions, _ruin(instance, now, rng), rng, blink=BLINK)
        if new.cost < best.cost:
            best = new
        warmth = _unit(instance, best) * HOT * (COLD / HOT) ** share
        if new.cost < now.cost - warmth * math.log(1 - rng.random()):
            now = new
    return _finished(instance, best, done)


def _spent(began: float, seconds: float | None, done: int, rounds: int | None) -> float:
    clock = 1.0 if seconds == 0 else (time.monotonic() - began) / seconds if seconds else 0.0
    count = 1.0 if rounds == 0 else done / rounds if rounds else 0.0
    return max(clock, count)


def _unit(instance: Instance, state: _State) -> float:
    """A rider's part in the cost of the routes, times some: the scale of what a change costs."""
    return (state.cost - FAR * len(state.waiting)) / max(1, instance.requests) * 10


def _ruin(instance: Instance, state: _State, rng: random.Random) -> _State:
    """*state* without a few riders who are near each other in place and time."""
    placed = [rider for rider in range(1, instance.requests + 1) if rider not in state.waiting]
    if not placed:
        return state
    many = min(len(placed), rng.randint(1, MOST_REMOVED))
    first = rng.choice(placed)
    if rng.random() < 0.2:  # noqa: PLR2004 - one time in five without regard to who is near
        gone = {first, *rng.sample(placed, many)}
    else:
        placed.sort(key=lambda rider: _apart(instance, first, rider) * (0.5 + rng.random()))
        gone = set(placed[:many])
    n = instance.requests
    routes = tuple(
        tuple(stop for stop in route if (stop if stop <= n else stop - n) not in gone)
        for route in state.routes
    )
    return _state(instance, routes, (*state.waiting, *sorted(gone)))


def _apart(instance: Instance, one: int, other: int) -> float:
    n, nodes, travel = instance.requests, instance.nodes, instance.travel
    minutes = abs(nodes[one].opens - nodes[other].opens)
    later = abs(nodes[one + n].opens - nodes[other + n].opens)
    return travel[one][other] + travel[one + n][other + n] + 0.1 * min(minutes, later)


def _state(instance: Instance, routes: tuple[Route, ...], waiting: tuple[int, ...]) -> _State:
    cost = sum(instance.cost(route) for route in routes)
    return _State(routes, waiting, cost + FAR * len(waiting))


def _recreate(insertions: Insertions, state: _State, rng: random.Random, *, blink: float) -> _State:
    """*state* with everybody placed who finds a place, whoever regrets waiting most first."""
    routes, waiting, lost = list(state.routes), list(state.waiting), list[int]()
    rng.shuffle(waiting)
    in_turn = blink > 0 and rng.random() < 0.5  # noqa: PLR2004 - half of the times as they come
    while waiting:
        choices = waiting[:1] if in_turn else waiting
        offers = [_offers(insertions, routes, rider, rng, blink) for rider in choices]
        at = max(range(len(choices)), key=lambda k: _regret(offers[k]))
        rider = waiting.pop(at)
        if offers[at]:
            (_, longer), vehicle = offers[at][0]
            routes[vehicle] = longer
        else:
            lost.append(rider)
    return _state(insertions.instance, tuple(routes), tuple(lost))


def _offers(
    insertions: Insertions, routes: list[Route], rider: int, rng: random.Random, blink: float
) -> list[tuple[Place, int]]:
    """The two cheapest places over all vehicles, of empty ones only the first."""
    found, looked = list[tuple[Place, int]](), False
    for vehicle, route in enumerate(routes):
        if (not route and looked) or rng.random() < blink:
            continue
        looked = looked or not route
        place = insertions.best(route, rider)
        if place:
            found.append((place, vehicle))
    return sorted(found)[:2]


def _regret(offers: list[tuple[Place, int]]) -> float:
    if not offers:
        return -math.inf
    return offers[1][0][0] - offers[0][0][0] if len(offers) > 1 else FAR - offers[0][0][0]


def _finished(instance: Instance, state: _State, rounds: int) -> Plan:
    driven = [(route, earliest(instance, route)) for route in state.routes if route]
    timed = [(route, times) for route, times in driven if times is not None]
    return Plan(
        routes=tuple(route for route, _ in timed),
        times=tuple(times for _, times in timed),
        unplaced=tuple(sorted(state.waiting)),
        cost=sum(instance.cost(route) for route, _ in timed),
        rounds=rounds,
    )
