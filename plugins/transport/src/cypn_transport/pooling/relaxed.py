"""What no plan can exceed: the program where parts of ones are allowed, by GLOP.

Whatever the price of each row, the rows' prices and what each variable is worth above the prices of
its rows come to a bound of every plan (Lagrangian duality). GLOP's prices are floating point; the
bound is summed from them in whole numbers, so it holds however roughly they were found.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from attrs import frozen
from ortools.linear_solver.python import model_builder as linear

from cypn_transport.pooling.program import Program, Row

_PARTS = 1 << 20
"""Prices are whole numbers of so many parts of one."""


@frozen
class Relaxed:
    """No plan is worth more than *most*; with a variable that is one, than *most* less its loss."""

    most: int
    losses: tuple[int, ...]


def relaxed(rows: Sequence[Row], worth: Sequence[int], seconds: float) -> Relaxed:
    """Where each variable is worth that much; weak where *seconds* are too few."""
    return priced(rows, worth, _prices(rows, worth, seconds))


def priced(rows: Sequence[Row], worth: Sequence[int], prices: Sequence[int]) -> Relaxed:
    """What follows from *prices* of the rows, whichever they are, in 1,048,576ths of one."""
    most, above = 0, [_PARTS * each for each in worth]
    for row, told in zip(rows, prices, strict=True):
        price = told if row.equal else max(0, told)
        most += price * row.most
        for at, times in row.terms.items():
            above[at] -= price * times
    most += sum(each for each in above if each > 0)
    return Relaxed(most // _PARTS, tuple(max(0, -each) // _PARTS for each in above))


def _prices(rows: Sequence[Row], worth: Sequence[int], seconds: float) -> list[int]:
    """Of each row; nothing where GLOP is not ready in time."""
    model = linear.Model()  # type: ignore[no-untyped-call]
    ones = [model.new_num_var(0, 1, "") for _ in worth]
    limits = [
        model.add_linear_constraint(
            linear.LinearExpr.weighted_sum([ones[at] for at in row.terms], [*row.terms.values()]),
            row.most if row.equal else -math.inf,
            row.most,
        )
        for row in rows
    ]
    model.maximize(linear.LinearExpr.weighted_sum(ones, [*worth]))
    solver = linear.Solver("glop")
    solver.set_time_limit_in_seconds(max(0.01, seconds))
    if solver.solve(model) != linear.SolveStatus.OPTIMAL:
        return [0] * len(rows)
    return [round(solver.dual_value(each) * _PARTS) for each in limits]


def with_crew(made: Program, losses: Sequence[int]) -> list[int]:
    """The loss by each variable with that of its job and of whoever must play in it besides."""
    jobs = len(made.day.jobs)
    least = _least(made, losses)
    whole = [losses[at] + sum(least[at].values()) for at in range(jobs)]
    plays = (
        losses[jobs + n] + whole[play.job] - least[play.job].get(play.role, 0)
        for n, play in enumerate(made.plays)
    )
    return [*whole, *plays]


def _least(made: Program, losses: Sequence[int]) -> Mapping[int, Mapping[str, int]]:
    """By job and by each role that nobody may spare there: the least loss by who may play it."""
    some: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    spared = {(play.job, role) for play in made.plays for role in play.candidate.spares}
    for n, play in enumerate(made.plays):
        if (play.job, play.role) not in spared:
            some[play.job][play.role].append(losses[len(made.day.jobs) + n])
    return {
        at: {role: min(all_) for role, all_ in some[at].items()} for at in range(len(made.day.jobs))
    }
