"""Trips from door to door: cost, gap to the best known plan, ride limits kept, seconds.

    python benchmarks/dial_a_ride.py [--instance FILE] [--best VALUE] [--seconds 30]

Without a file a small invented instance is planned. Files are those of Cordeau and Laporte; every
plan goes through the verifier, which shares no code with the search.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path

from cypn_transport.doors.instances import Instance, Node, UnreadableInstance, read
from cypn_transport.doors.search import plan
from cypn_transport.doors.verify import broken


def invented(riders: int = 16, vehicles: int = 2, seed: int = 5) -> Instance:
    """Half of the riders must arrive, half must leave, within a quarter of an hour."""
    rng = random.Random(seed)
    opens = [rng.randrange(60, 420) for _ in range(riders)]

    def node(demand: int, window: tuple[int, int]) -> Node:
        return Node(rng.uniform(-10, 10), rng.uniform(-10, 10), 3, demand, *window)

    out = [node(1, (0, 480) if k % 2 else (opens[k], opens[k] + 15)) for k in range(riders)]
    to = [node(-1, (opens[k], opens[k] + 15) if k % 2 else (0, 480)) for k in range(riders)]
    depot = Node(0, 0, 0, 0, 0, 480)
    return Instance(
        vehicles=vehicles,
        longest_route=480,
        capacity=3,
        longest_ride=30,
        nodes=(depot, *out, *to, depot),
    )


def report(path: str | None, best: float | None, seconds: float) -> bool:
    """Prints what was found for the file at *path*; whether all are placed by the rules."""
    instance = read(Path(path).read_text(encoding="utf-8")) if path else invented()
    began = time.perf_counter()
    found = plan(instance, seconds=seconds)
    took = time.perf_counter() - began
    wrong = broken(instance, found.routes, found.times, found.unplaced)
    longest = [
        times[route.index(stop + instance.requests) + 1]
        - times[route.index(stop) + 1]
        - instance.nodes[stop].service
        for route, times in zip(found.routes, found.times, strict=True)
        for stop in route
        if stop <= instance.requests
    ]
    gap = f", gap {100 * (found.cost / best - 1):.2f} % to {best:.2f}" if best else ""
    kept = sum(ride <= instance.longest_ride + 1e-5 for ride in longest)
    print(f"{path or 'invented'}: {instance.requests} riders, {instance.vehicles} vehicles")
    print(f"  cost {found.cost:.2f}{gap}; {found.rounds} rounds in {took:.1f} s")
    print(f"  ride limit kept for {kept} of {len(longest)} placed; {len(found.unplaced)} unplaced")
    print(f"  verifier: {'; '.join(wrong) or 'nothing broken'}")
    return not wrong and not found.unplaced


def main() -> int:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instance")
    parser.add_argument("--best", type=float)
    parser.add_argument("--seconds", type=float, default=3.0)
    asked = parser.parse_args()
    try:
        return 0 if report(asked.instance, asked.best, asked.seconds) else 1
    except (OSError, UnreadableInstance) as problem:
        print(problem, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
