"""Which pools to form of 50, 180 and 500 needs: HiGHS beside CP-SAT and the greedy preview.

    python benchmarks/pool_formation.py [--seconds 30] [--seed 7]

Both solvers get the same needs, quotes and limit in the same run. The preview is a plain loop. The
exit code is 1 where a solver that says it has proven its choice gains less than another.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import defaultdict

from ortools.sat.python import cp_model

from cypn_procurement.clearing import Member
from cypn_procurement.formation.form import form
from cypn_procurement.formation.segments import segments
from cypn_procurement.formation.values import Problem
from cypn_procurement.tariffs import Tariff

SIZES = ((50, 5), (180, 8), (500, 12))
GOAL = (180, 5.0)


def invented(needs: int, categories: int, seed: int) -> Problem:
    """Two to four quotes a category, of which each need is fitted by four in five."""
    chance = random.Random(seed)
    quotes = {
        f"{category}-{n}": _tariff(chance)
        for category in range(categories)
        for n in range(chance.randint(2, 4))
    }
    members, fits = [], {}
    for at in range(needs):
        cap = None if chance.random() < 0.05 else chance.randint(2_000, 11_000)
        member = Member(f"need-{at:04}", chance.randint(1, 12), cap)
        wanted = f"{chance.randrange(categories)}-"
        known = [quote for quote in quotes if quote.startswith(wanted)]
        fits[member.id] = frozenset(quote for quote in known if chance.random() < 0.8)
        members.append(member)
    return Problem(members=tuple(members), quotes=quotes, fits=fits, coordination=6_000)


def _tariff(chance: random.Random) -> Tariff:
    price = float(chance.randint(2_000, 12_000))
    tiers = [(1, int(price))]
    for start in sorted(chance.sample(range(2, 40), 3)):
        price *= chance.uniform(0.8, 0.95)
        tiers.append((start, int(price)))
    return Tariff(
        tiers=tuple(tiers),
        fixed=chance.choice((0, 0, 5_000, 20_000)),
        most=chance.choice((30, 60, 10_000)),
        least=chance.choice((1, 1, 5)),
        drop=chance.choice((0, 0, 500)),
    )


def cp_sat(problem: Problem, seconds: float) -> tuple[int, float, bool]:
    """The same choice as a CP-SAT model: its gain, bound, and whether it is proven."""
    model = cp_model.CpModel()
    places: dict[str, list[cp_model.IntVar]] = defaultdict(list)
    bought: dict[str, list[cp_model.IntVar]] = defaultdict(list)
    gains = []
    for at, piece in enumerate(segments(problem)):
        here = model.new_bool_var(f"bought {at}")
        bought[piece.quote].append(here)
        gains.append(-(piece.fixed + piece.opening) * here)
        inside = {member: model.new_bool_var(f"{at} {member}") for member in piece.starts}
        units = sum(problem.by_id[member].quantity * var for member, var in inside.items())
        model.add(units >= piece.low * here)
        model.add(units <= piece.high * here)
        for member, start in piece.starts.items():
            who, drop = problem.by_id[member], problem.quotes[piece.quote].drop
            model.add(units >= start).only_enforce_if(inside[member])
            model.add_implication(inside[member], here)
            gains.append(
                ((problem.worth[member] - piece.unit) * who.quantity - drop) * inside[member]
            )
            places[member].append(inside[member])
    for one_of in (*places.values(), *bought.values()):
        model.add_at_most_one(one_of)
    model.maximize(sum(gains))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 2
    status = solver.solve(model)
    return int(solver.objective_value), solver.best_objective_bound, status == cp_model.OPTIMAL


def main() -> int:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    good = True
    for needs, categories in SIZES:
        problem = invented(needs, categories, asked.seed)
        quick, exact = form(problem, 0), form(problem, asked.seconds)
        began = time.perf_counter()
        gain, bound, proven = cp_sat(problem, asked.seconds)
        seconds = time.perf_counter() - began
        print(f"{needs} needs, {len(problem.quotes)} quotes; gains in pounds")
        print(f"  preview {quick.gain / 100:12,.2f}   {quick.seconds:7.3f} s")
        for name, got, most, sure, took in (
            ("HiGHS", exact.gain, exact.bound, exact.proven, exact.seconds),
            ("CP-SAT", gain, bound, proven, seconds),
        ):
            said = "proven" if sure else f"at most {most / 100:,.2f}"
            print(f"  {name:<8}{got / 100:12,.2f}   {took:7.3f} s   {said}")
        good &= not (exact.proven and gain > exact.gain) and not (proven and exact.gain > gain)
        if needs == GOAL[0]:
            met = exact.proven and exact.seconds < GOAL[1]
            print(f"  goal: proven in under {GOAL[1]} s {'met' if met else 'MISSED'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
