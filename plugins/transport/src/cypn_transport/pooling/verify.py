"""Whether a plan keeps every hard rule of its day; shares no code with what makes plans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations, pairwise

from cypn_transport.pooling.values import Assignment, Candidate, Chosen, Day, Limits, Pool, Request
from cypn_transport.pooling.values import Travel as Roads

_STOPS = 4  # on and off, there and back


def broken(day: Day, assignment: Assignment) -> list[str]:
    """What is wrong with *assignment*, in words; empty where nothing is."""
    found = list(_twice(day, assignment))
    for chosen in assignment.chosen:
        found += _crew(day, chosen)
    taken = [
        (one.job, resource, use)
        for one in assignment.chosen
        for role, resource in one.parts.items()
        for use in _played(day, one, role).uses
    ]
    for (job, resource, use), (other, same, beside) in combinations(taken, 2):
        overlap = min(use.end, beside.end) - max(use.start, beside.start)
        if resource == same and job != other and overlap > 0:
            found.append(f"{resource} is in jobs {job} and {other} at once")
    worth = sum(day.jobs[one.job].weight for one in assignment.chosen)
    if worth != assignment.value or worth > assignment.bound:
        found.append(f"worth {worth}, told {assignment.value}, bound {assignment.bound}")
    return found


def _twice(day: Day, assignment: Assignment) -> Iterator[str]:
    times = Counter(each for one in assignment.chosen for each in day.jobs[one.job].requests)
    yield from (f"{each} is served {n} times" for each, n in times.items() if n > 1)


def _played(day: Day, one: Chosen, role: str) -> Candidate:
    some = day.jobs[one.job].candidates.get(role, ())
    return next(c for c in some if c.resource == one.parts[role])


def _crew(day: Day, one: Chosen) -> Iterator[str]:
    job = day.jobs[one.job]
    spared: set[str] = set()
    for role, resource in one.parts.items():
        known = [c for c in job.candidates.get(role, ()) if c.resource == resource]
        if not known:
            yield f"{resource} may not play {role} in job {one.job}"
        spared.update(*(c.spares for c in known))
    for role in job.candidates:
        if (role in one.parts) == (role in spared):
            yield f"{role} of job {one.job} is played and spared, or neither"
    for first, second in combinations(one.parts.values(), 2):
        if first == second or frozenset({first, second}) in day.barred:
            yield f"{first} and {second} go together in job {one.job}"


def broken_pool(
    pool: Pool, requests: dict[str, Request], travel: Roads, limits: Limits
) -> list[str]:
    """What is wrong with *pool*: windows, rides, stays, driving times and room."""
    found = []
    stops = (*pool.out.stops, *pool.back.stops)
    for here, there in pairwise(stops):
        way = travel(here.place, there.place)
        if way is None or there.at - here.at - limits.boarding < way.minutes - 1e-6:
            found.append(f"too little time from {here} to {there}")
    for name in pool.requests:
        found += _group(pool, requests[name], travel, limits)
    for run in (pool.out, pool.back):
        aboard: set[str] = set()
        for stop in run.stops[:-1]:
            (aboard.add if stop.boards else aboard.discard)(stop.request)
            seats = sum(requests[each].load.seats for each in aboard)
            chairs = sum(requests[each].load.wheelchairs for each in aboard)
            if not aboard or seats > pool.peak.seats or chairs > pool.peak.wheelchairs:
                found.append(f"{seats} and {chairs} aboard after {stop}")
    return found


def _group(pool: Pool, request: Request, travel: Roads, limits: Limits) -> Iterator[str]:
    at = {
        (way, stop.boards): stop.at
        for way, run in (("out", pool.out), ("back", pool.back))
        for stop in run.stops
        if stop.request == request.id
    }
    if len(at) < _STOPS:
        yield f"{request.id} is not both picked up and set down, both ways"
        return
    if not request.leaves.start <= at["out", True] <= request.leaves.end:
        yield f"{request.id} leaves at {at['out', True]}"
    if not request.back.start <= at["back", False] <= request.back.end:
        yield f"{request.id} is back at {at['back', False]}"
    if at["back", True] - at["out", False] < request.stays:
        yield f"{request.id} stays too short"
    direct = (
        travel(request.origin, request.destination),
        travel(request.destination, request.origin),
    )
    for way, straight in zip(("out", "back"), direct, strict=True):
        rides = at[way, False] - at[way, True] - limits.boarding
        if straight is None or rides > max(limits.ride(straight.minutes), straight.minutes + 1):
            yield f"{request.id} rides {rides} minutes {way}"
