"""The best plan by CP-SAT: first the greatest weight, then of such plans the best.

Above the weight stands the bound of the same program where parts of ones are allowed, by GLOP: it
takes a few hundredths of a second, and is there when the time is up.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from attrs import evolve, field, frozen
from ortools.linear_solver.python import model_builder
from ortools.sat.python import cp_model

from cypn_transport.pooling import builtin
from cypn_transport.pooling.alike import named
from cypn_transport.pooling.plans import Crewed, Scale
from cypn_transport.pooling.program import Play, Program, program
from cypn_transport.pooling.values import Assignment, Candidate, Day

METHOD = "CP-SAT"
_SLACK = 1e-6
"""How far GLOP may be off."""


def solve(day: Day, known: Sequence[Crewed], seconds: float, began: float) -> Assignment:
    """The best plan within *seconds* after *began*; *known* is where the search begins."""
    made, scale, until = program(day), Scale.of(day), began + seconds
    most = min(float(builtin.bound(day)), _relaxed(made, until))
    search = _Search(made, scale, until, most)
    best = search.weightiest(known)
    best = search.finest(best) if best.proven else best
    plan = max((tuple(known), best.plan), key=lambda each: _worth(day, scale, each))
    value = sum(day.jobs[each.job].weight for each in plan)
    return Assignment(
        chosen=tuple(each.chosen for each in plan),
        value=value,
        bound=max(float(value), min(most, best.bound)),
        seconds=time.perf_counter() - began,
        method=METHOD,
        proven=best.proven,
    )


def _worth(day: Day, scale: Scale, plan: Sequence[Crewed]) -> int:
    return sum(scale.worth(day.jobs[each.job], each.cost) for each in plan)


def _relaxed(made: Program, until: float) -> float:
    """The most that the weights can come to, as GLOP says in time; else nothing is known."""
    model = model_builder.Model()  # type: ignore[no-untyped-call]
    ones = [model.new_num_var(0, 1, "") for _ in range(made.variables)]
    for row in made.rows:
        summed = model_builder.LinearExpr.weighted_sum(
            [ones[at] for at in row.terms], list(row.terms.values())
        )
        model.add(summed == row.most if row.equal else summed <= row.most)
    weights = made.weights
    model.maximize(
        model_builder.LinearExpr.weighted_sum([ones[at] for at in weights], list(weights.values()))
    )
    solver = model_builder.Solver("glop")
    solver.set_time_limit_in_seconds(max(0.01, until - time.perf_counter()))
    if solver.solve(model) != model_builder.SolveStatus.OPTIMAL:
        return math.inf
    return float(math.floor(solver.objective_value + _SLACK))


@frozen
class _Found:
    plan: tuple[Crewed, ...]
    bound: float
    proven: bool


@frozen
class _Search:
    """Of the plans of a program, of which none weighs more than *most*."""

    made: Program
    scale: Scale
    until: float
    most: float
    model: cp_model.CpModel = field(factory=cp_model.CpModel, init=False)
    ones: list[cp_model.IntVar] = field(init=False)

    @ones.default
    def _ones(self) -> list[cp_model.IntVar]:
        return [self.model.new_bool_var("") for _ in range(self.made.variables)]

    def __attrs_post_init__(self) -> None:
        for row in self.made.rows:
            summed = self._sum(row.terms)
            self.model.add(summed == row.most if row.equal else summed <= row.most)

    def weightiest(self, known: Sequence[Crewed]) -> _Found:
        """A plan of the greatest weight, *proven* where none weighs more."""
        weight = self._sum(self.made.weights)
        if self.most < math.inf:
            self.model.add(weight <= int(self.most))
        self.model.maximize(weight)
        return self._found(known)

    def finest(self, best: _Found) -> _Found:
        """Of the plans that weigh as much as *best*, that of the best turn and the least cost."""
        weight = sum(self.made.day.jobs[each.job].weight for each in best.plan)
        self.model.add(self._sum(self.made.weights) >= weight)
        jobs, scale = self.made.day.jobs, self.scale
        worth = {at: scale.worth(job, 0) for at, job in enumerate(jobs)}
        costs = {len(jobs) + at: -play.candidate.cost for at, play in enumerate(self.made.plays)}
        self.model.maximize(self._sum({**worth, **costs}))
        found = self._found(best.plan)
        return evolve(found, bound=float(weight), plan=found.plan or best.plan)

    def _found(self, known: Sequence[Crewed]) -> _Found:
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for at, one in zip(self._said(known), self.ones, strict=True):
            self.model.add_hint(one, at)
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = max(0.01, self.until - time.perf_counter())
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 5
        solver.parameters.linearization_level = 2
        status = solver.solve(self.model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):  # then it has no bound either
            return _Found((), math.inf, proven=False)
        true = [at for at, one in enumerate(self.ones) if solver.boolean_value(one)]
        bound = math.floor(solver.best_objective_bound + _SLACK)
        return _Found(_plan(self.made, true), bound, proven=status == cp_model.OPTIMAL)

    def _said(self, known: Sequence[Crewed]) -> list[bool]:
        """The values of the variables that say *known*."""
        jobs = {one.job for one in known}
        playing = {(one.job, role, c.resource) for one in known for role, c in one.parts.items()}
        plays = (
            any((play.job, play.role, name) in playing for name in play.who.names)
            for play in self.made.plays
        )
        return [*(at in jobs for at in range(len(self.made.day.jobs))), *plays]

    def _sum(self, terms: Mapping[int, int]) -> cp_model.LinearExpr:
        return cp_model.LinearExpr.weighted_sum(
            [self.ones[at] for at in terms], list(terms.values())
        )


def _plan(made: Program, true: Collection[int]) -> tuple[Crewed, ...]:
    """The plan that the variables *true* say, with somebody of each class by name."""
    jobs = len(made.day.jobs)
    playing = [made.plays[at - jobs] for at in true if at >= jobs]
    parts: dict[int, dict[str, Candidate]] = defaultdict(dict)
    for play, name in _named(playing):
        parts[play.job][play.role] = evolve(play.candidate, resource=name)
    return tuple(Crewed(at, parts[at]) for at in true if at < jobs)


def _named(playing: Sequence[Play]) -> list[tuple[Play, str]]:
    classes: dict[tuple[str, ...], list[Play]] = defaultdict(list)
    for play in playing:
        classes[play.who.names].append(play)
    found = []
    for names, plays in classes.items():
        if len(names) == 1:
            found += [(play, names[0]) for play in plays]
        else:
            who = named({play.job: play.candidate for play in plays}, names)
            found += [(play, who[play.job]) for play in plays]
    return found
