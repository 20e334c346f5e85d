"""Forming pools: greedily at once, exactly where SciPy is installed and time is given."""

from __future__ import annotations

import time
from importlib.util import find_spec

from cypn_procurement.formation import greedy
from cypn_procurement.formation.values import Formation, Pools, Problem


def form(problem: Problem, seconds: float = 5.0) -> Formation:
    """The pools to form, which nobody in them loses by. With 0 *seconds*, or no SciPy, a preview.

    >>> from cypn_procurement.clearing import Member
    >>> from cypn_procurement.tariffs import Tariff
    >>> quotes = {"retainer": Tariff(tiers=((1, 120_000), (4, 90_000)), most=10)}
    >>> members = tuple(Member(each, 1, 95_000) for each in "abcd")
    >>> problem = Problem(members=members, quotes=quotes, fits=dict.fromkeys("abcd", {"retainer"}))
    >>> formed = form(problem, seconds=0)
    >>> formed.gain, sorted(formed.pools["retainer"].shares)
    (20000, ['a', 'b', 'c', 'd'])
    """
    began = time.perf_counter()
    pools: Pools = greedy.preview(problem)
    bound, method = float(greedy.ceiling(problem)), greedy.METHOD
    if seconds and find_spec("scipy") is not None:
        from cypn_procurement.formation import exact  # noqa: PLC0415 - SciPy is an extra

        found, most = exact.solve(problem, seconds)
        pools = max(found, pools, key=problem.total)
        bound, method = min(bound, most), exact.METHOD
    gain = problem.total(pools)
    return Formation(
        pools=pools,
        gain=gain,
        bound=max(bound, gain),
        seconds=time.perf_counter() - began,
        method=method,
    )
