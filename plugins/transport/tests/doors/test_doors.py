"""Trips from door to door against brute force, an independent verifier and broken files."""

from __future__ import annotations

import random
from itertools import pairwise, permutations
from typing import Any

import pytest
from attrs import evolve

from cypn_transport.doors.instances import Instance, Node, UnreadableInstance, read
from cypn_transport.doors.search import plan
from cypn_transport.doors.timing import carried, earliest, feasible
from cypn_transport.doors.verify import broken

CLOSING = """1 2 200 3 40
0 0 0 0 0 0 480
1 0 3 2 1 10 25
2 4 3 2 -1 0 480
3 0 0 0 0 0 480
"""


def tiny(rng: random.Random, riders: int, vehicles: int) -> Instance:
    """Whole coordinates, tight limits: about half of all orders break one."""

    def node(demand: int, width: int) -> Node:
        opens = rng.randrange(0, 40)
        return Node(
            rng.randrange(9), rng.randrange(9), rng.randrange(3), demand, opens, opens + width
        )

    loads = [rng.randint(1, 2) for _ in range(riders)]
    out = [node(load, rng.choice((10, 25, 60))) for load in loads]
    to = [node(-load, rng.choice((10, 25, 60))) for load in loads]
    depot = Node(4, 4, 0, 0, 0, 150)
    return Instance(
        vehicles=vehicles,
        longest_route=rng.choice((35, 50, 90)),
        capacity=3,
        longest_ride=rng.choice((8, 14, 25)),
        nodes=(depot, *out, *to, depot),
    )


def can_be_driven(instance: Instance, route: tuple[int, ...]) -> bool:
    """Difference constraints closed over all pairs (Floyd and Warshall): no negative cycle."""
    n, stops = instance.requests, (0, *route, len(instance.nodes) - 1)
    size = len(stops) + 1  # the last row is the instant nought
    most = [[0.0 if a == b else 1e9 for b in range(size)] for a in range(size)]  # b - a at most
    for k, stop in enumerate(stops):
        node = instance.nodes[stop]
        most[size - 1][k], most[k][size - 1] = node.closes, -node.opens
    for k, (a, b) in enumerate(pairwise(stops)):
        most[k + 1][k] = -(instance.nodes[a].service + instance.travel[a][b])
    most[0][len(stops) - 1] = min(most[0][len(stops) - 1], instance.longest_route)
    for stop in route:
        if stop <= n:
            p, d = stops.index(stop), stops.index(stop + n)
            limit = instance.longest_ride + instance.nodes[stop].service
            most[p][d] = min(most[p][d], limit)
    for via in range(size):
        for a in range(size):
            for b in range(size):
                most[a][b] = min(most[a][b], most[a][via] + most[via][b])
    return all(most[k][k] > -1e-6 for k in range(size))


def orders(instance: Instance, riders: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Every order of these riders' stops in which nobody is set down first and there is room."""
    stops = [*riders, *(rider + instance.requests for rider in riders)]
    return [order for order in permutations(stops) if carried(instance, order)]


def cheapest(instance: Instance, riders: tuple[int, ...]) -> float:
    """Cost of the best single route for *riders*, or infinity."""
    able = (order for order in orders(instance, riders) if can_be_driven(instance, order))
    return min((instance.cost(order) for order in able), default=float("inf"))


def brute(instance: Instance) -> tuple[int, float]:
    """(fewest unplaced, then the least cost) over every share-out among one or two vehicles."""
    n, found = instance.requests, list[tuple[int, float]]()
    route = {
        mask: cheapest(instance, tuple(k + 1 for k in range(n) if mask >> k & 1))
        for mask in range(2**n)
    }
    for first, one in route.items():
        for second, two in route.items() if instance.vehicles > 1 else ((0, 0.0),):
            if not first & second and one + two < float("inf"):
                found.append((n - (first | second).bit_count(), one + two))
    return min(found)


@pytest.mark.parametrize("seed", range(24))
def test_the_search_finds_what_brute_force_finds(seed: int) -> None:
    """Up to three riders, one or two vehicles: as many placed, as cheap, and nothing broken."""
    rng = random.Random(seed)  # noqa: S311
    instance = tiny(rng, rng.randint(1, 3), rng.randint(1, 2))
    found = plan(instance, rounds=60, seed=seed)
    assert not broken(instance, found.routes, found.times, found.unplaced)
    unplaced, cost = brute(instance)
    assert len(found.unplaced) == unplaced
    assert found.cost == pytest.approx(cost)


@pytest.mark.parametrize("seed", range(12))
def test_a_route_is_feasible_iff_its_difference_constraints_are(seed: int) -> None:
    """Every order of three riders: the same answer as closing all constraints over all pairs."""
    instance = tiny(random.Random(seed), 3, 1)  # noqa: S311
    for order in orders(instance, (1, 2, 3)):
        assert (earliest(instance, order) is not None) == can_be_driven(instance, order)


@pytest.mark.parametrize("seed", range(4))
def test_plans_of_more_riders_pass_the_verifier(seed: int) -> None:
    """Ten riders in two vehicles: what is planned keeps every rule, and says who is left."""
    instance = evolve(tiny(random.Random(seed), 10, 2), longest_route=120.0)  # noqa: S311
    found = plan(instance, rounds=40, seed=seed)
    assert not broken(instance, found.routes, found.times, found.unplaced)
    assert found == plan(instance, rounds=40, seed=seed)


def test_both_forms_of_file_are_the_same() -> None:
    """With or without the closing depot, with nodes or requests declared: one instance."""
    closed = read(CLOSING)
    assert closed.requests == 1
    assert read(CLOSING.rsplit("3 0 0", 1)[0]) == closed
    assert read(CLOSING.replace("1 2 200", "1 1 200", 1)) == closed


@pytest.mark.parametrize(
    ("good", "bad", "says"),
    [
        (CLOSING, "", "empty"),
        ("1 2 200", "1 200", "Line 1: write 5 numbers"),
        ("1 2 200", "1 8 200", "Line 1: it declares 8"),
        ("1 2 200 3", "1 2 200 0", "Line 1: every number"),
        ("1 0 3 2", "1 x 3 2", "Line 3: write 7 numbers"),
        ("1 0 3 2", "1 nan 3 2", "Line 3: write 7 numbers"),
        ("2 4 3", "7 4 3", "Line 4: node 7 stands where node 2"),
        ("10 25", "25 10", "Line 3: the window ends"),
        ("2 1 10", "-2 1 10", "Line 3: service"),
        ("2 -1 0", "2 -2 0", "Line 4: node 2 must set down"),
    ],
)
def test_a_broken_file_is_named_by_its_line(good: str, bad: str, says: str) -> None:
    """What is wrong, where, and what to do; never a guess."""
    with pytest.raises(UnreadableInstance, match=says):
        read(CLOSING.replace(good, bad, 1))


def test_the_verifier_sees_every_breach() -> None:
    """A good plan passes; moving one thing at a time is seen."""
    instance = read(CLOSING)
    times = [(7.0, 10.0, 16.0, 23.0)]
    assert not broken(instance, [(1, 2)], times, [])
    assert feasible(instance, (1, 2))
    assert not feasible(instance, (2, 1))
    strict: tuple[Any, ...] = (
        ("vehicles", 0, [(1, 2)], times, [], "more routes"),
        ("longest_ride", 3.0, [(1, 2)], times, [], "aboard too long"),
        ("longest_route", 15.0, [(1, 2)], times, [], "too long"),
        ("capacity", 0, [(1, 2)], times, [], "too many aboard"),
        ("capacity", 3, [(2, 1)], times, [], "not set down after"),
        ("capacity", 3, [(1, 2)], [(7.0, 9.0, 16.0, 23.0)], [], "outside the window"),
        ("capacity", 3, [(1, 2)], [(9.0, 10.0, 16.0, 23.0)], [], "too early"),
        ("capacity", 3, [(1, 2)], [(7.0,)], [], "not every stop"),
        ("capacity", 3, [(1, 2)], [], [], "not every route"),
        ("capacity", 3, [(1, 2)], times, [1], "not everybody"),
    )
    for rule, other, routes, starts, left, says in strict:
        said = broken(evolve(instance, **{rule: other}), routes, starts, left)
        assert any(says in what for what in said), (says, said)


def test_a_search_without_an_end_is_refused() -> None:
    """Seconds or rounds must be given."""
    with pytest.raises(ValueError, match="how long"):
        plan(read(CLOSING))
