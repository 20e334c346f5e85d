"""Who is carried, by what and by whom: both solvers against enumeration and the verifier."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from cypn_transport.pooling import assign as assigning
from cypn_transport.pooling.assign import BUILT_IN, assign
from cypn_transport.pooling.values import Assignment, Candidate, Chosen, Day, Job, Span
from cypn_transport.pooling.verify import broken

ROLES = ("vehicle", "driver")


def small_day(seed: int) -> Day:
    """At most 6 requests in pools, 3 vehicles and 4 drivers, some barred from each other."""
    rng = random.Random(seed)  # noqa: S311
    requests = [f"r{n}" for n in range(rng.randint(1, 6))]
    vehicles = [f"v{n}" for n in range(rng.randint(1, 3))]
    drivers = [f"d{n}" for n in range(rng.randint(1, 4))]
    own = {each for each in vehicles if rng.random() < 0.2}
    jobs = tuple(job(rng, requests, vehicles, drivers, own) for _ in range(rng.randint(1, 8)))
    barred = {frozenset((v, d)) for v in vehicles for d in drivers if rng.random() < 0.3}
    return Day(jobs=jobs, barred=frozenset(barred))


def job(
    rng: random.Random, requests: list[str], vehicles: list[str], drivers: list[str], own: set[str]
) -> Job:
    """One to three of the requests, with some of the vehicles and drivers."""
    group = frozenset(rng.sample(requests, min(len(requests), rng.randint(1, 3))))
    start = rng.randrange(0, 300, 20)
    use = (Span(start, start + rng.randrange(20, 120, 20)),)
    if rng.random() < 0.3:
        use = (*use, Span(use[0].end + 60, use[0].end + 100))

    def some(of: list[str], *, driven: bool) -> tuple[Candidate, ...]:
        return tuple(
            Candidate(
                resource=each,
                uses=use,
                cost=rng.randrange(5),
                spares=frozenset({"driver"} if driven and each in own else ()),
            )
            for each in of
            if rng.random() < 0.7
        )

    return Job(
        requests=group,
        weight=len(group),
        turn=rng.randrange(4),
        candidates={"vehicle": some(vehicles, driven=True), "driver": some(drivers, driven=False)},
    )


def best(day: Day) -> tuple[int, int, int]:
    """Weight, turn and less cost of the best plan, by trying every one."""
    found = (0, 0, 0)
    stack: list[tuple[int, tuple[int, int, int], frozenset[str], tuple[tuple[str, Span], ...]]]
    stack = [(0, (0, 0, 0), frozenset(), ())]
    while stack:
        at, worth, served, taken = stack.pop()
        if at == len(day.jobs):
            found = max(found, worth)
            continue
        stack.append((at + 1, worth, served, taken))
        one = day.jobs[at]
        if not served & one.requests:
            for crew in staffed(day, one):
                uses = tuple((each.resource, use) for each in crew for use in each.uses)
                clash = any(
                    a == b and s.start < t.end and t.start < s.end
                    for a, s in uses
                    for b, t in taken
                )
                if not clash:
                    cost = sum(each.cost for each in crew)
                    more = (worth[0] + one.weight, worth[1] + one.turn, worth[2] - cost)
                    stack.append((at + 1, more, served | one.requests, taken + uses))
    return found


def staffed(day: Day, one: Job) -> Iterator[tuple[Candidate, ...]]:
    """Each vehicle alone where it comes with its driver, else with each driver that may drive."""
    for vehicle in one.candidates["vehicle"]:
        if vehicle.spares:
            yield (vehicle,)
            continue
        for driver in one.candidates["driver"]:
            if frozenset((vehicle.resource, driver.resource)) not in day.barred:
                yield (vehicle, driver)


def worth(day: Day, answer: Assignment) -> tuple[int, int, int]:
    """The same three of an answer."""
    cost = sum(
        c.cost
        for one in answer.chosen
        for role, resource in one.parts.items()
        for c in day.jobs[one.job].candidates[role]
        if c.resource == resource
    )
    turn = sum(day.jobs[one.job].turn for one in answer.chosen)
    return answer.value, turn, -cost


CASES = 300


def test_the_exact_plan_is_the_best_of_all_plans() -> None:
    """On 300 small days CP-SAT's weight, turn and cost are those of enumeration, and proven."""
    pytest.importorskip("ortools")
    for seed in range(CASES):
        day = small_day(seed)
        answer = assign(day, 10)
        assert answer.proven, seed
        assert worth(day, answer) == best(day), seed
        assert not broken(day, answer), seed
        assert answer.bound == answer.value


def test_the_heuristic_is_valid_and_below_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without ortools the plan keeps every rule, and no plan at all is above its bound."""
    monkeypatch.setattr(assigning, "find_spec", lambda name: None)
    met = 0
    for seed in range(CASES):
        day = small_day(seed)
        answer = assign(day, 1)
        most = best(day)
        assert answer.method == BUILT_IN
        assert not broken(day, answer), seed
        assert worth(day, answer) <= most
        assert most[0] <= answer.bound
        met += answer.value == most[0]
    assert met >= CASES * 0.95


@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_the_order_of_the_jobs_does_not_matter(seed: int, rng: random.Random) -> None:
    """Whatever the order that jobs come in, the same is reached."""
    pytest.importorskip("ortools")
    day = small_day(seed)
    other = evolve(day, jobs=tuple(rng.sample(day.jobs, len(day.jobs))))
    assert worth(day, assign(day, 5)) == worth(other, assign(other, 5))


def test_the_verifier_sees_each_breach() -> None:
    """A resource in two places, a role unplayed, a request served twice, a barred pair."""
    crew = {"vehicle": (Candidate(resource="v", uses=(Span(0, 9),)),)}
    driven = {**crew, "driver": (Candidate(resource="d", uses=(Span(0, 9),)),)}
    one = Job(requests=frozenset("a"), weight=1, candidates=crew)
    two = Job(requests=frozenset("a"), weight=1, candidates=driven)
    day = Day(jobs=(one, two), barred=frozenset({frozenset("vd")}))
    chosen = Chosen
    wrong = Assignment(
        chosen=(chosen(0, {"vehicle": "v"}), chosen(1, {"vehicle": "v", "driver": "d"})),
        value=2,
        bound=2,
        seconds=0,
        method="",
    )
    assert broken(day, wrong) == [
        "a is served 2 times",
        "v and d go together in job 1",
        "v is in jobs 0 and 1 at once",
    ]
    lacking = evolve(wrong, chosen=(chosen(1, {"vehicle": "v"}),), value=1)
    assert broken(day, lacking) == ["driver of job 1 is played and spared, or neither"]
