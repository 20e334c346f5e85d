"""Pool and vehicle, pool and driver, each chosen apart, by CP-SAT.

A variable says that a resource plays a role in a job; none says which resources go together. One
resource of each role is chosen at most, so who goes with whom follows from the job. For resources
barred from the same others one constraint keeps them apart from all of these.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import permutations

from attrs import field, frozen
from ortools.sat.python import cp_model

from cypn_transport.pooling.builtin import bound
from cypn_transport.pooling.plans import Crewed, Scale
from cypn_transport.pooling.values import Assignment, Candidate, Day, Job, Span

METHOD = "CP-SAT"
_Key = tuple[int, str, Candidate]


@frozen
class _Model:
    day: Day
    scale: Scale
    model: cp_model.CpModel = field(factory=cp_model.CpModel)
    done: dict[int, cp_model.IntVar] = field(factory=dict)
    plays: dict[_Key, cp_model.IntVar] = field(factory=dict)


def solve(day: Day, known: Sequence[Crewed], seconds: float, began: float) -> Assignment:
    """The best plan within *seconds* after *began*; *known* is where the search begins."""
    made = _model(day)
    hint = {(one.job, role, each) for one in known for role, each in one.parts.items()}
    jobs = {one.job for one in known}
    for at, var in made.done.items():
        made.model.add_hint(var, at in jobs)
    for key, var in made.plays.items():
        made.model.add_hint(var, key in hint)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(0.01, seconds - (time.perf_counter() - began))
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 5
    solver.parameters.linearization_level = 2
    status = solver.solve(made.model)
    solved = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)  # else it has no bound either
    plan = _plan(made, solver) if solved else known
    most = _bound(made, solver.best_objective_bound) if solved else math.inf
    if _worth(made, known) > _worth(made, plan):
        plan = known
    value = sum(day.jobs[each.job].weight for each in plan)
    return Assignment(
        chosen=tuple(each.chosen for each in plan),
        value=value,
        bound=max(float(value), min(float(bound(day)), most)),
        seconds=time.perf_counter() - began,
        method=METHOD,
        proven=status == cp_model.OPTIMAL,
    )


def _bound(made: _Model, objective: float) -> float:
    """The most that the weights can come to, where the scaled sum is no more than *objective*."""
    requests = len({each for job in made.day.jobs for each in job.requests})
    turn = max((abs(job.turn) for job in made.day.jobs), default=0) * made.scale.turn * requests
    lower = turn + made.scale.turn - 1  # the least that turn and cost together can come to
    return float((int(objective) + lower) // made.scale.weight)


def _worth(made: _Model, plan: Sequence[Crewed]) -> int:
    return sum(made.scale.worth(made.day.jobs[each.job], each.cost) for each in plan)


def _plan(made: _Model, solver: cp_model.CpSolver) -> tuple[Crewed, ...]:
    parts: dict[int, dict[str, Candidate]] = defaultdict(dict)
    for (at, role, each), var in made.plays.items():
        if solver.boolean_value(var):
            parts[at][role] = each
    return tuple(Crewed(at, parts[at]) for at, v in made.done.items() if solver.boolean_value(v))


def _model(day: Day) -> _Model:
    made = _Model(day, Scale.of(day))
    for at, job in enumerate(day.jobs):
        made.done[at] = made.model.new_bool_var("")
        for role, some in job.candidates.items():
            for each in some:
                made.plays[at, role, each] = made.model.new_bool_var("")
        _staffed(made, at, job)
    _once(made)
    _apart(made)
    worth = [made.scale.worth(job, 0) * made.done[at] for at, job in enumerate(day.jobs)]
    costs = [each.cost * var for (_, _, each), var in made.plays.items()]
    made.model.maximize(sum(worth) - sum(costs))
    return made


def _staffed(made: _Model, at: int, job: Job) -> None:
    """Each role is played once where the job is done and nobody chosen spares it."""
    for role, some in job.candidates.items():
        playing = sum(made.plays[at, role, each] for each in some)
        sparing = [
            made.plays[at, other, each]
            for other, each in _all(job)
            if other != role and role in each.spares
        ]
        if len({other for other, each in _all(job) if role in each.spares}) <= 1:
            made.model.add(playing + sum(sparing) == made.done[at])
        else:
            made.model.add(playing + sum(sparing) >= made.done[at])
            made.model.add(playing <= made.done[at])
            for spares in sparing:
                made.model.add(playing + spares <= 1)
        made.model.add(sum(sparing) <= len(job.candidates) * made.done[at])
    for first, second in permutations(job.candidates, 2):
        _together(made, at, job.candidates[first], job.candidates[second], (first, second))


def _together(
    made: _Model,
    at: int,
    some: Sequence[Candidate],
    others: Sequence[Candidate],
    roles: tuple[str, str],
) -> None:
    """No two of these that are barred from each other: one constraint for each class."""
    classes: dict[frozenset[Candidate], list[Candidate]] = defaultdict(list)
    for each in some:
        against = frozenset(o for o in others if _barred(made.day, each, o))
        classes[against].append(each)
    for against, alike in classes.items():
        if against:
            mine = sum(made.plays[at, roles[0], each] for each in alike)
            theirs = sum(made.plays[at, roles[1], each] for each in against)
            made.model.add(mine + theirs <= made.done[at])


def _barred(day: Day, one: Candidate, other: Candidate) -> bool:
    same = one.resource == other.resource
    return same or frozenset((one.resource, other.resource)) in day.barred


def _all(job: Job) -> list[tuple[str, Candidate]]:
    return [(role, each) for role, some in job.candidates.items() for each in some]


def _once(made: _Model) -> None:
    """Nobody is served twice."""
    serving: dict[str, list[cp_model.IntVar]] = defaultdict(list)
    for at, job in enumerate(made.day.jobs):
        for each in job.requests:
            serving[each].append(made.done[at])
    for some in serving.values():
        made.model.add_at_most_one(some)


def _apart(made: _Model) -> None:
    """At every instant at which a use of a resource begins it plays one part at most."""
    uses: dict[str, list[tuple[Span, cp_model.IntVar]]] = defaultdict(list)
    for (_, _, each), var in made.plays.items():
        uses[each.resource] += [(use, var) for use in each.uses]
    for some in uses.values():
        for start in {use.start for use, _ in some}:
            meeting: Mapping[int, cp_model.IntVar] = {
                var.index: var for use, var in some if use.start <= start < use.end
            }
            made.model.add_at_most_one(meeting.values())
