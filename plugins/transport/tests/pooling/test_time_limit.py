"""What is said of a plan when the time is over before the search is."""

from __future__ import annotations

import random

import pytest

from cypn_transport.pooling.assign import assign
from cypn_transport.pooling.program import program
from cypn_transport.pooling.values import Candidate, Day, Job, Span
from cypn_transport.pooling.verify import broken

pytest.importorskip("ortools")
from cypn_transport.pooling.relaxed import priced


def busy_day(seed: int, requests: int = 18) -> Day:
    """A day of so many requests in many pools; few vehicles, more drivers, some of them alike."""
    rng = random.Random(seed)  # noqa: S311
    jobs = []
    for _ in range(4 * requests):
        group = frozenset(f"r{n}" for n in rng.sample(range(requests), rng.randint(1, 3)))
        start = rng.randrange(0, 400, 10)
        use = (Span(start, start + rng.randrange(60, 200, 10)),)
        vehicles = tuple(
            Candidate(resource=f"v{n}", uses=use, cost=rng.randrange(90)) for n in range(4)
        )
        drivers = tuple(Candidate(resource=f"d{n}", uses=use) for n in range(5))
        jobs.append(
            Job(
                requests=group,
                weight=len(group),
                turn=rng.randrange(3),
                candidates={"vehicle": vehicles, "driver": drivers},
            )
        )
    return Day(jobs=tuple(jobs), barred=frozenset({frozenset(("v0", "d0"))}))


@pytest.mark.parametrize("seed", range(4))
def test_no_longer_search_exceeds_the_bound(seed: int) -> None:
    """However soon the time is over, the plan keeps every rule and no plan is above its bound."""
    day = busy_day(seed)
    whole = assign(day, 20)
    assert whole.proven
    assert whole.bound == whole.value
    for seconds in (0.0, 0.02, 0.1, 0.3):
        cut = assign(day, seconds)
        assert not broken(day, cut)
        assert cut.value <= whole.value <= cut.bound
        assert cut.gap == max(0.0, 1 - cut.value / cut.bound)


def test_a_plan_is_known_when_there_is_no_time_at_all() -> None:
    """With no time somebody is carried nevertheless."""
    assert assign(busy_day(1), 0.0).value > 0


@pytest.mark.parametrize("seed", range(20))
def test_any_prices_make_a_bound(seed: int) -> None:
    """Whatever GLOP said, the bound that is summed from it lies above the best plan."""
    day, rng = busy_day(seed, requests=5), random.Random(seed)  # noqa: S311
    made = program(day)
    weight = [made.weights.get(at, 0) for at in range(made.variables)]
    told = [rng.randrange(-(1 << 19), 1 << 21) for _ in made.rows]
    assert priced(made.rows, weight, told).most >= assign(day, 10).value
