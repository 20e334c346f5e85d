"""The pool that gains most, then the next: fast, always there, and nearly always close."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from cypn_procurement.clearing import Pool, cleared
from cypn_procurement.formation.segments import segments
from cypn_procurement.formation.values import Pools, Problem

METHOD = "greedy: the pool that gains most, then the next"


def preview(problem: Problem) -> Pools:
    """Pools that nobody loses by; where leaving a quote out gains more, it is left out.

    >>> from cypn_procurement.clearing import Member
    >>> from cypn_procurement.tariffs import Tariff
    >>> quotes = {"a": Tariff(tiers=((1, 90), (3, 60)), most=9)}
    >>> members = tuple(Member(each, 1, 70) for each in "xyz")
    >>> problem = Problem(members=members, quotes=quotes, fits=dict.fromkeys("xyz", {"a"}))
    >>> preview(problem)["a"].outlay
    180
    """
    found = _filled(problem, problem.quotes.keys())
    while True:
        others = [_filled(problem, found.keys() - {quote}) for quote in sorted(found)]
        better = max(others, key=problem.total, default=found)
        if problem.total(better) <= problem.total(found):
            return found
        found = better


def ceiling(problem: Problem) -> int:
    """What all could gain if each bought at the lowest price that it could reach, without fees."""
    best = dict.fromkeys(problem.by_id, 0)
    for each in segments(problem):
        drop = problem.quotes[each.quote].drop
        for member in each.starts:
            units = problem.by_id[member].quantity
            gain = (problem.worth[member] - each.unit) * units - drop
            best[member] = max(best[member], gain)
    return sum(best.values())


def _filled(problem: Problem, quotes: AbstractSet[str]) -> dict[str, Pool]:
    """Quote by quote among *quotes*, the pool of the greatest gain first."""
    found: dict[str, Pool] = {}
    left = set(problem.by_id)
    while True:
        pools: dict[str, Pool] = {}
        for quote in sorted(quotes - found.keys()):
            bidding = (each for each in problem.bidding[quote] if each.id in left)
            if pool := cleared(problem.quotes[quote], bidding):
                pools[quote] = pool
        best = max(pools, key=lambda quote: problem.gain(quote, pools[quote]), default=None)
        if best is None or problem.gain(best, pools[best]) <= 0:
            return found
        found[best] = pools[best]
        left -= pools[best].shares.keys()
