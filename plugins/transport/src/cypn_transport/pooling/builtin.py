"""The built-in heuristic: greedy, then a part of the plan is taken out and filled again."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Sequence

from cypn_transport.pooling.plans import Crewed, Scale, crews
from cypn_transport.pooling.values import Day, Span

_ROUNDS = 300
_CREWS = 200
"""The cheapest so many of each job are looked at."""


def plan(day: Day, seconds: float) -> tuple[Crewed, ...]:
    """The best plan found within *seconds*; the same for the same day where time suffices."""
    until = time.perf_counter() + seconds
    scale, rng = Scale.of(day), random.Random(5)  # noqa: S311 - the same day, the same plan
    ready = [_cheapest(day, at) for at in range(len(day.jobs))]
    first = sorted(range(len(ready)), key=lambda at: _value(day, scale, ready[at]), reverse=True)
    best = _filled(day, ready, first, ())
    worth = _worth(day, scale, best)
    for _ in range(_ROUNDS):
        if time.perf_counter() > until or not best:
            break
        kept = rng.sample(best, rng.randrange(len(best)))
        other = _filled(day, ready, rng.sample(first, len(first)), kept)
        if (found := _worth(day, scale, other)) > worth:
            best, worth = other, found
    return tuple(best)


def _cheapest(day: Day, at: int) -> list[Crewed]:
    return sorted(crews(day, at), key=lambda each: each.cost)[:_CREWS]


def _value(day: Day, scale: Scale, ready: Sequence[Crewed]) -> int:
    return scale.worth(day.jobs[ready[0].job], ready[0].cost) if ready else 0


def _worth(day: Day, scale: Scale, plan: Iterable[Crewed]) -> int:
    return sum(scale.worth(day.jobs[each.job], each.cost) for each in plan)


def _filled(
    day: Day, ready: Sequence[Sequence[Crewed]], order: Sequence[int], kept: Sequence[Crewed]
) -> list[Crewed]:
    """*kept* and, in that order, the cheapest crew that is free for each job."""
    plan = list(kept)
    served = {each for one in kept for each in day.jobs[one.job].requests}
    taken: dict[str, list[Span]] = {}
    for one in kept:
        _take(taken, one)
    for at in order:
        if served.isdisjoint(day.jobs[at].requests):
            free = next((each for each in ready[at] if _free(taken, each)), None)
            if free is not None:
                plan.append(free)
                served |= day.jobs[at].requests
                _take(taken, free)
    return plan


def _take(taken: dict[str, list[Span]], one: Crewed) -> None:
    for each in one.parts.values():
        taken.setdefault(each.resource, []).extend(each.uses)


def _free(taken: dict[str, list[Span]], one: Crewed) -> bool:
    return not any(
        use.meets(other)
        for each in one.parts.values()
        for use in each.uses
        for other in taken.get(each.resource, ())
    )


def bound(day: Day) -> int:
    """No plan is worth more: each request at the best share of any job that it is in.

    Shares are rounded up in whole thousandths; requests that nobody can carry count nothing.
    """
    best: dict[str, int] = {}
    for at, job in enumerate(day.jobs):
        if next(crews(day, at), None) is not None:
            for each in job.requests:
                share = -(-1000 * job.weight // len(job.requests))
                best[each] = max(best.get(each, 0), share)
    return sum(best.values()) // 1000
