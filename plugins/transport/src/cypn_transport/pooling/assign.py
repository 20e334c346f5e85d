"""Which pools are carried, by whom: CP-SAT where ortools is installed, else the heuristic."""

from __future__ import annotations

import time
from importlib.util import find_spec

from cypn_transport.pooling.builtin import bound, plan
from cypn_transport.pooling.values import Assignment, Day

BUILT_IN = "built-in heuristic"


def assign(day: Day, seconds: float = 1.0) -> Assignment:
    """The plan of the greatest weight, then of the best turn, then of the least cost.

    After *seconds* the best plan that is known. Nobody is in two places at once, no request is
    served twice, and who is barred from another never goes with it.
    """
    began = time.perf_counter()
    exact = find_spec("ortools") is not None
    found = plan(day, seconds / (20 if exact else 4))
    if exact:
        from cypn_transport.pooling.exact import solve  # noqa: PLC0415 - ortools is an extra

        return solve(day, found, seconds, began)
    value = sum(day.jobs[each.job].weight for each in found)
    return Assignment(
        chosen=tuple(each.chosen for each in found),
        value=value,
        bound=float(bound(day)),
        seconds=time.perf_counter() - began,
        method=BUILT_IN,
    )
