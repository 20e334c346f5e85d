"""The best plan by CP-SAT, which looks only at what may be in it.

Prices of GLOP say of each variable how much is lost by it at least. Those that lose little are a
small program, soon solved. Its best plan is the best of all unless it is worth less than the bound
by more than what was looked at may lose; then twice as many are looked at.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from attrs import evolve, frozen
from ortools.sat.python import cp_model

from cypn_transport.pooling import builtin
from cypn_transport.pooling.alike import named
from cypn_transport.pooling.plans import Crewed, Scale
from cypn_transport.pooling.program import Play, Program, Row, program
from cypn_transport.pooling.relaxed import relaxed, with_crew
from cypn_transport.pooling.values import Assignment, Candidate, Day

METHOD = "CP-SAT"
_FIRST = 700
"""So many variables are looked at first."""


def solve(day: Day, known: Sequence[Crewed], seconds: float, began: float) -> Assignment:
    """The best plan within *seconds* after *began*; *known* is where the search begins."""
    until = began + seconds
    search = _search(day, until)
    plan, proven = search.best(tuple(known)) if day.jobs else ((), True)
    value = sum(day.jobs[each.job].weight for each in plan)
    return Assignment(
        chosen=tuple(each.chosen for each in plan),
        value=value,
        bound=float(value if proven else max(value, search.most)),
        seconds=time.perf_counter() - began,
        method=METHOD,
        proven=proven,
    )


@frozen
class _Search:
    """Among the plans of a program until that second; no weight comes to more than *most*."""

    made: Program
    scale: Scale
    until: float
    most: int
    worth: Sequence[int]
    """Of each variable."""
    bound: int
    losses: Sequence[int]
    """With any of them a plan is worth no more than *bound* less its loss."""

    def best(self, known: tuple[Crewed, ...]) -> tuple[tuple[Crewed, ...], bool]:
        """The best plan that is found, *known* at least, and whether there is none better."""
        ordered, many = sorted(self.losses), _FIRST
        plan, lacks = known, self.bound - self._value(known)
        while True:
            slack = min(lacks, ordered[min(many, len(ordered)) - 1])
            plan, done = self._within(slack, plan)
            lacks = self.bound - self._value(plan)
            if not done or lacks <= slack or many >= len(ordered):
                return plan, done
            many *= 2

    def _within(self, slack: int, known: tuple[Crewed, ...]) -> tuple[tuple[Crewed, ...], bool]:
        """The best of *known* and of the plans of variables that lose no more than *slack*."""
        kept = [at for at, loss in enumerate(self.losses) if loss <= slack]
        true, done = _solved(self.made.rows, self.worth, kept, self._said(known), self.until)
        plan = _plan(self.made, true)
        return max((known, plan), key=self._value), done

    def _value(self, plan: Sequence[Crewed]) -> int:
        jobs = self.made.day.jobs
        return sum(self.scale.worth(jobs[each.job], each.cost) for each in plan)

    def _said(self, known: Sequence[Crewed]) -> set[int]:
        """The variables that are one in *known*."""
        jobs = {one.job for one in known}
        playing = {(one.job, role, c.resource) for one in known for role, c in one.parts.items()}
        plays = {
            len(self.made.day.jobs) + at
            for at, play in enumerate(self.made.plays)
            if any((play.job, play.role, name) in playing for name in play.who.names)
        }
        return jobs | plays


def _search(day: Day, until: float) -> _Search:
    made, scale = program(day), Scale.of(day)
    weight = [made.weights.get(at, 0) for at in range(made.variables)]
    most = relaxed(made.rows, weight, until - time.perf_counter()).most
    most = min(most, builtin.bound(day))
    costs = [-play.candidate.cost for play in made.plays]
    worth = [*(scale.worth(job, 0) for job in day.jobs), *costs]
    rows = [*made.rows, Row(made.weights, most)]
    bound = relaxed(rows, worth, until - time.perf_counter())
    return _Search(made, scale, until, most, worth, bound.most, with_crew(made, bound.losses))


def _solved(
    rows: Sequence[Row],
    worth: Sequence[int],
    kept: Sequence[int],
    hint: Collection[int],
    until: float,
) -> tuple[list[int], bool]:
    """Which of the variables *kept* are one where all others are none; whether that is best."""
    model = cp_model.CpModel()
    ones = {at: model.new_bool_var("") for at in kept}
    for row in rows:
        terms = {at: times for at, times in row.terms.items() if at in ones}
        if terms:
            summed = _sum(ones, terms)
            model.add(summed == row.most if row.equal else summed <= row.most)
    model.maximize(_sum(ones, {at: worth[at] for at in kept}))
    for at, one in ones.items():
        model.add_hint(one, at in hint)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(0.01, until - time.perf_counter())
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 5
    solver.parameters.linearization_level = 2
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return [], False
    true = [at for at, one in ones.items() if solver.boolean_value(one)]
    return true, status == cp_model.OPTIMAL


def _sum(ones: Mapping[int, cp_model.IntVar], terms: Mapping[int, int]) -> cp_model.LinearExpr:
    return cp_model.LinearExpr.weighted_sum([ones[at] for at in terms], list(terms.values()))


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
