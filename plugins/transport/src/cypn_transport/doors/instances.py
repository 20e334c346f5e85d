"""Reads the text form in which the dial-a-ride instances of Cordeau and Laporte are handed round.

First line: vehicles, nodes, longest route, capacity, longest ride. Then a line for each node: id,
x, y, minutes of service, demand, start and end of its window. Node 0 is the depot, 1..n are pickups
and n+1..2n their deliveries; a last line for the depot at the end may follow (Cordeau 2006) or not
(2003).
"""

from __future__ import annotations

import math
from itertools import pairwise

from attrs import field, frozen

FIELDS = 7


class UnreadableInstance(ValueError):
    """The text is not an instance; the message names the line and what to do."""


@frozen
class Node:
    """A place with its window [opens, closes] for the start of service, in minutes."""

    x: float
    y: float
    service: float
    demand: int
    opens: float
    closes: float


@frozen(kw_only=True)
class Instance:
    """*nodes*: depot at the start, pickups, deliveries in the same order, depot at the end."""

    vehicles: int
    longest_route: float
    capacity: int
    longest_ride: float
    nodes: tuple[Node, ...]
    travel: tuple[tuple[float, ...], ...] = field(init=False, repr=False, eq=False)

    @travel.default
    def _straight(self) -> tuple[tuple[float, ...], ...]:
        points = [(node.x, node.y) for node in self.nodes]
        return tuple(tuple(math.dist(a, b) for b in points) for a in points)

    @property
    def requests(self) -> int:
        """How many riders or parties there are."""
        return len(self.nodes) // 2 - 1

    def cost(self, route: tuple[int, ...]) -> float:
        """Length of *route* (its stops without the depot) from depot to depot.

        >>> home, there = Node(0, 0, 0, 0, 0, 99), Node(3, 4, 0, 1, 0, 99)
        >>> small = Instance(vehicles=1, longest_route=99, capacity=1, longest_ride=99,
        ...     nodes=(home, there, home, home))
        >>> small.cost((1, 2)), small.cost(())
        (10.0, 0.0)
        """
        if not route:
            return 0.0
        stops = (0, *route, len(self.nodes) - 1)
        return sum(self.travel[a][b] for a, b in pairwise(stops))


def read(text: str) -> Instance:
    """The instance in *text*.

    Raises:
        UnreadableInstance: what is wrong, in which line, and how to mend it.

    """
    lines = [(at, row.split()) for at, row in enumerate(text.splitlines(), 1) if row.strip()]
    if not lines:
        raise UnreadableInstance("The file is empty: give an instance file.")
    vehicles, declared, longest_route, capacity, longest_ride = _numbers(
        *lines[0], 5, "vehicles, nodes, longest route, capacity, longest ride"
    )
    nodes = [_node(at, words, position) for position, (at, words) in enumerate(lines[1:])]
    n = (len(nodes) - 1) // 2
    if n < 1 or declared not in {n, 2 * n}:
        raise UnreadableInstance(
            f"Line {lines[0][0]}: it declares {declared:g} nodes, but {len(nodes)} lines of nodes "
            "follow: add the missing lines (the depot first) or mend the number."
        )
    if len(nodes) == 2 * n + 1:
        nodes.append(nodes[0])
    if min(vehicles, capacity, longest_ride, longest_route) <= 0:
        raise UnreadableInstance(f"Line {lines[0][0]}: every number must be more than nothing.")
    _matched(nodes, n, [at for at, _ in lines[1:]])
    return Instance(
        vehicles=int(vehicles),
        longest_route=longest_route,
        capacity=int(capacity),
        longest_ride=longest_ride,
        nodes=tuple(nodes),
    )


def _numbers(at: int, words: list[str], count: int, what: str) -> list[float]:
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        numbers = []
    if len(numbers) != count or not all(map(math.isfinite, numbers)):
        raise UnreadableInstance(f"Line {at}: write {count} numbers here: {what}.")
    return numbers


def _node(at: int, words: list[str], position: int) -> Node:
    what = "id, x, y, service, demand, start and end of the window"
    number, x, y, service, demand, opens, closes = _numbers(at, words, FIELDS, what)
    if number != position:
        raise UnreadableInstance(
            f"Line {at}: node {number:g} stands where node {position} belongs: "
            "number them in order."
        )
    if opens > closes:
        raise UnreadableInstance(
            f"Line {at}: the window ends before it starts: write its start first."
        )
    if service < 0 or demand != int(demand):
        raise UnreadableInstance(
            f"Line {at}: service is never negative and demand is a whole number: mend them."
        )
    return Node(x, y, service, int(demand), opens, closes)


def _matched(nodes: list[Node], n: int, lines: list[int]) -> None:
    for pickup in range(1, n + 1):
        if nodes[pickup].demand <= 0 or nodes[pickup].demand != -nodes[pickup + n].demand:
            raise UnreadableInstance(
                f"Line {lines[pickup + n]}: node {pickup + n} must set down as many as "
                f"node {pickup} takes up, at least one: mend the demand of either."
            )
