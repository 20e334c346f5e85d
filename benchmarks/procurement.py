"""Buying pools cleared: many small ones at once and one very large, beside a plain loop.

    python benchmarks/procurement.py [--pools 10000] [--members 50] [--large 100000] [--seed 6]

The loop sorts, sums and shares in plain Python, in the same run; both must agree to the penny or
the exit code is 1. Seconds are the middle of three runs. For the formation of pools see
benchmarks/pool_formation.py.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from statistics import median
from typing import TypeVar

import numpy as np

from cypn_procurement.batch import Decided, Ints, decided, shared
from cypn_procurement.tariffs import Tariff

Out = TypeVar("Out")
Table = tuple[list[Tariff], Ints, Ints]
GOALS = {"decided": 0.5, "shared": 4.0, "large": 0.1}


def invented(pools: int, members: int, seed: int) -> Table:
    """Tiers at a tenth, a third and two thirds of the members' units; caps about their prices."""
    chance = np.random.default_rng(seed)
    quantities = chance.integers(1, 20, (pools, members))
    caps = chance.integers(6_000, 14_000, (pools, members))
    units = quantities.sum(axis=1)
    return [_tariff(int(each)) for each in units], quantities, caps


def _tariff(units: int) -> Tariff:
    starts = (1, units // 10 + 2, units // 3 + 3, 2 * units // 3 + 4)
    prices = (12_000, 10_000, 9_000, 8_000)
    return Tariff(tiers=tuple(zip(starts, prices, strict=True)), fixed=50_000, most=units)


def timed(work: Callable[[], Out]) -> tuple[Out, float]:
    """What *work* gives, and the seconds of the middle of three runs."""
    marks = [time.perf_counter()]
    for _ in range(3):
        result = work()
        marks.append(time.perf_counter())
    return result, median(end - began for began, end in pairwise(marks))


def one_by_one(table: Table, *, share: bool) -> Ints:
    """Shares by a plain loop, pool after pool; or only who is in, as 1."""
    tariffs, quantities, caps = table
    pence = np.zeros_like(quantities)
    for row, tariff in enumerate(tariffs):
        units = quantities[row].tolist()
        inside, outlay = plain_decision(tariff, units, caps[row].tolist())
        pence[row, inside] = plain_shares(inside, units, outlay) if share else 1
    return pence


def plain_decision(tariff: Tariff, units: list[int], caps: list[int]) -> tuple[list[int], int]:
    """Who is in, and the outlay: nothing but a sort, a sum and the price."""
    order = sorted(range(len(caps)), key=lambda at: -caps[at])
    total, inside, pence = 0, 0, 0
    for place, at in enumerate(order, start=1):
        total += units[at]
        outlay = tariff.outlay(total)
        if outlay is not None and outlay <= caps[at] * total:
            inside, pence = place, outlay
    return order[:inside], pence


def plain_shares(inside: list[int], units: list[int], outlay: int) -> list[int]:
    """Pence of each who is in, by largest remainder."""
    total = sum(units[at] for at in inside)
    parts = {at: divmod(outlay * units[at], total) for at in inside}
    odd = outlay - sum(pence for pence, _ in parts.values())
    lucky = set(sorted(inside, key=lambda at: (-parts[at][1], at))[:odd])
    return [parts[at][0] + (at in lucky) for at in inside]


def compared(name: str, table: Table, goals: tuple[float, float]) -> bool:
    """Prints seconds and ratios for one table; whether both ways agree."""
    tariffs, quantities, caps = table
    found, deciding = timed(lambda: decided(tariffs, quantities, caps))
    pence, sharing = timed(lambda: shared(found, quantities))
    plain, looping = timed(lambda: one_by_one(table, share=False))
    exact, apportioning = timed(lambda: one_by_one(table, share=True))
    agree = bool((pence == exact).all() and (found.members == (plain > 0)).all())
    print(f"{name}: {_summary(found)}; {'the same' if agree else 'NOT THE SAME'} as one by one")
    _line("decided", deciding, looping, goals[0])
    _line("decided and shared", deciding + sharing, apportioning, goals[1])
    return agree


def _summary(found: Decided) -> str:
    inside = found.members.sum() / found.members.size
    return f"{np.count_nonzero(found.outlays):,} pools, {inside:.0%} of the members in"


def _line(what: str, seconds: float, loop: float, goal: float) -> None:
    met = "met" if seconds < goal else "MISSED"
    print(
        f"  {what:<20}{seconds:8.3f} s   plain loop {loop:8.3f} s   {loop / seconds:6.1f} x"
        f"   goal {goal} s {met}"
    )


def main() -> int:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("pools", 10_000), ("members", 50), ("large", 100_000), ("seed", 6)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}")
    many = invented(asked.pools, asked.members, asked.seed)
    agree = compared(
        f"{asked.pools:,} pools of {asked.members}", many, (GOALS["decided"], GOALS["shared"])
    )
    one = invented(1, asked.large, asked.seed)
    agree &= compared(f"one pool of {asked.large:,}", one, (GOALS["large"], GOALS["large"]))
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
