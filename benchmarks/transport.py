"""A Saturday of outings: how many groups are carried alone and pooled, how fast, how surely.

    python benchmarks/transport.py [SEED ...]
    python benchmarks/transport.py --instance FILE [--best VALUE] [--seconds 30]

40 invented outings, 10 vehicles and 14 drivers within 30 km; vehicles wait with their groups, half
of the larger ones may be driven by half of the drivers only. CP-SAT beside the built-in heuristic,
each within a second, and beside OR-tools routing within a second and within ten; every plan and
every pool goes through the verifier.
"""

from __future__ import annotations

import math
import random
import sys
import time
from unittest import mock

import dial_a_ride
import transport_peer
from attrs import evolve, frozen

from cypn_transport.pooling import assign as assigning
from cypn_transport.pooling.pools import pools
from cypn_transport.pooling.values import (
    Assignment,
    Candidate,
    Day,
    Job,
    Limits,
    Load,
    Place,
    Pool,
    Request,
    Span,
)
from cypn_transport.pooling.verify import broken, broken_pool

NEEDS, VEHICLES, DRIVERS = 40, 10, 14
SECONDS = 1.0
TOWNS = ((40.0, 10.0), (5.0, 45.0), (20.0, 20.0), (0.0, 0.0))
BUFFER = 15


@frozen
class Road:
    """A third longer than the straight line, at about 38 km an hour."""

    km: float

    @property
    def minutes(self) -> float:
        """At that speed."""
        return self.km * 1.6


def travel(a: Place, b: Place) -> Road:
    """Between two points of a plane, in kilometres."""
    assert isinstance(a, tuple)  # noqa: S101
    assert isinstance(b, tuple)  # noqa: S101
    return Road(math.dist(a, b) * 1.3)


def outing(rng: random.Random, at: int) -> Request:
    """Three to eight people from anywhere to one of four towns, for two to four hours."""
    origin, to = (rng.uniform(0, 30), rng.uniform(0, 30)), rng.choice(TOWNS)
    leaves = rng.randrange(480, 720, 15)
    back = int(leaves + 2 * travel(origin, to).minutes + rng.choice((120, 180, 240)))
    return Request(
        id=f"need {at:02}",
        origin=origin,
        destination=to,
        load=Load(rng.randint(3, 8)),
        leaves=Span(leaves - 45, leaves + 45),
        back=Span(back - 45, back + 45),
        wish=(leaves, back),
        stays=60,
        may_share=True,
    )


def job(pool: Pool, fleet: dict[str, tuple[Place, int]], drivers: dict[str, Span]) -> Job:
    """*pool* with every vehicle that has the room and every driver who is there that long."""
    used = Span(pool.uses[0].start - BUFFER, pool.uses[-1].end + BUFFER)
    vehicles = []
    for name, (base, seats) in fleet.items():
        if pool.fits((Load(seats),)):
            ways = travel(base, pool.out.stops[0].place), travel(pool.back.stops[-1].place, base)
            first, last = (math.ceil(way.minutes) for way in ways)
            use = Span(used.start - first, used.end + last)
            cost = round(10 * (ways[0].km + ways[1].km + pool.empty_km))
            vehicles.append(Candidate(resource=name, uses=(use,), cost=cost))
    return Job(
        requests=frozenset(pool.requests),
        weight=len(pool.requests),
        candidates={"vehicle": tuple(vehicles), "driver": free(drivers, used)},
    )


def row(name: str, alone: Assignment, both: Assignment, seconds: float) -> str:
    """One line of the table."""
    ratio = both.value / alone.value
    return (
        f"{name:18} {alone.value:5} {both.value:6} {ratio:6.2f} {both.bound:6.0f} "
        f"{both.gap:7.2%} {both.seconds:7.2f} {seconds + both.seconds:7.2f} {both.proven!s:>6}"
    )


def toured(saturday: transport_peer.Saturday, day: Day, drivers: dict[str, Span]) -> list[str]:
    """What routing serves, once the tours have drivers; what is wrong with that."""
    wrong = []
    for seconds in (SECONDS, 10 * SECONDS):
        began = time.perf_counter()
        found = transport_peer.tours(saturday, seconds)
        took = time.perf_counter() - began
        staffed = Day(jobs=tuple(tour_job(each, drivers) for each in found), barred=day.barred)
        plan = assigning.assign(staffed, SECONDS)
        routed = sum(len(each.requests) for each in found)
        print(f"routing, {seconds:4.0f} s    {plan.value:12} of {routed} routed {took:25.2f}")
        wrong += broken(staffed, plan)
    return wrong


def tour_job(tour: transport_peer.Tour, drivers: dict[str, Span]) -> Job:
    """*tour* with its vehicle and every driver who is there that long."""
    used = Span(tour.stops.start - BUFFER, tour.stops.end + BUFFER)
    vehicle = Candidate(resource=tour.vehicle, uses=(tour.whole,))
    return Job(
        requests=tour.requests,
        weight=len(tour.requests),
        candidates={"vehicle": (vehicle,), "driver": free(drivers, used)},
    )


def free(drivers: dict[str, Span], used: Span) -> tuple[Candidate, ...]:
    """Every driver who is there that long."""
    return tuple(
        Candidate(resource=name, uses=(used,))
        for name, there in drivers.items()
        if there.start <= used.start and used.end <= there.end
    )


def main(seed: int) -> None:
    """Print the table."""
    rng = random.Random(seed)
    requests = [outing(rng, at) for at in range(NEEDS)]
    fleet: dict[str, tuple[Place, int]] = {
        f"vehicle {n}": ((rng.uniform(0, 30), rng.uniform(0, 30)), rng.choice((8, 12, 16)))
        for n in range(VEHICLES)
    }
    drivers = {
        f"driver {n}": Span(rng.choice((360, 480)), rng.choice((960, 1200))) for n in range(DRIVERS)
    }
    barred = frozenset(
        frozenset((vehicle, driver))
        for vehicle, (_, seats) in fleet.items()
        for n, driver in enumerate(drivers)
        if seats > 12 and n % 2
    )
    limits = Limits(layouts=tuple(Load(seats) for _, seats in fleet.values()))
    began = time.perf_counter()
    found = pools(requests, travel, limits)
    pooling = time.perf_counter() - began
    known = {each.id: each for each in requests}
    wrong = [each for pool in found for each in broken_pool(pool, known, travel, limits)]
    day = Day(jobs=tuple(job(pool, fleet, drivers) for pool in found), barred=barred)
    single = evolve(day, jobs=tuple(each for each in day.jobs if each.weight == 1))
    print(f"{NEEDS} needs, {VEHICLES} vehicles, {DRIVERS} drivers, seed {seed}")
    print(f"{len(found)} pools in {pooling:.2f} s")
    print("method             alone pooled  ratio  bound     gap seconds in all proven")
    for installed in (True, False):
        with mock.patch.object(assigning, "find_spec", lambda name, on=installed: on or None):
            alone, both = (assigning.assign(each, SECONDS) for each in (single, day))
        print(row(both.method, alone, both, pooling))
        wrong += broken(single, alone) + broken(day, both)
    saturday = transport_peer.Saturday(requests, fleet, travel, BUFFER)
    wrong += toured(saturday, day, drivers)
    print("every plan and pool verified" if not wrong else "\n".join(wrong))
    if wrong:
        sys.exit(1)


if __name__ == "__main__":
    if "--instance" in sys.argv:
        sys.exit(dial_a_ride.main())
    for chosen in sys.argv[1:] or ["1"]:
        main(int(chosen))
