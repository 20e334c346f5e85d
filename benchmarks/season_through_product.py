"""How long a whole season takes through the product: preview, close, every deal behind the guard.

    python benchmarks/season_through_product.py [GROUPS OFFERS]

Invented groups of one to three weekly needs over twelve weeks, and offers that are open at four to
eight of twenty-five weekly times, on a SQLite file that is thrown away.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import cypn_region_northshire.plugin as northshire
from cypn_core.application import season_close, season_open
from cypn_core.application.network import SYSTEM, Network, Work
from cypn_core.application.post import post
from cypn_core.domain.times import Schedule
from cypn_core.hub import Hub
from cypn_core.storage.engine import open_store
from cypn_core.storage.health import prepare
from cypn_core.testing.town import Town
from cypn_venue_bank import plugin as venue_bank
from cypn_venue_bank.codes import Basis, SpaceType
from cypn_venue_bank.needs import SpaceNeed
from cypn_venue_bank.offers import SpaceOffer
from cypn_venue_bank.prices import Price

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
VENUES = "venue_bank"
MONDAY = dt.date(2027, 1, 4)
PLACES = ("Norchester", "Wexbridge", "Sallow")
WEEKS = 12
STARTS = (10, 12, 14, 16, 18)


def weekly(slot: int) -> Schedule:
    """Two hours on one of five days, at one of five times, for the season."""
    hour = STARTS[slot // 5]
    return Schedule(
        MONDAY + dt.timedelta(days=slot % 5),
        f"{hour}:00",
        f"{hour + 2}:00",
        f"FREQ=WEEKLY;COUNT={WEEKS}",
    )


def needs(rng: random.Random, groups: int) -> Iterator[tuple[str, SpaceNeed]]:
    """Each group's weekly needs at times of its own."""
    for group in range(groups):
        place, people = rng.choice(PLACES), rng.choice((10, 20, 40))
        for slot in rng.sample(range(25), rng.choice((1, 1, 2, 3))):
            yield (
                f"Group {group}",
                SpaceNeed(place=place, when=weekly(slot), headcount=people, max_km=20),
            )


def offers(rng: random.Random, count: int) -> Iterator[SpaceOffer]:
    """Halls of several sizes, each open at some times of the week."""
    for _ in range(count):
        yield SpaceOffer(
            place=rng.choice(PLACES),
            space_type=SpaceType.HALL,
            capacity=rng.choice((15, 30, 60)),
            hours=tuple(weekly(slot) for slot in rng.sample(range(25), rng.randint(4, 8))),
            price=Price(basis=Basis.PER_HOUR, pence=800),
        )


def filled(town: Town, groups: int, count: int) -> None:
    """Post everything, as members would."""
    rng = random.Random(1)
    members: dict[str, Any] = {}
    for n, offer in enumerate(offers(rng, count)):
        holder = town.member(f"Hall {n}", "holder", place=offer.place or PLACES[0])
        _posted(town.network, town.acting(holder), offer)
    for name, need in needs(rng, groups):
        if name not in members:
            members[name] = town.member(name, "seeker", place=need.place)
        _posted(town.network, town.acting(members[name]), need)


def _posted(network: Network, caller: Any, body: Any) -> None:
    network.transact(lambda work: post(work, caller, VENUES, body))


def _opened(work: Work) -> str:
    wanted = season_open.SeasonWanted(
        exchange=VENUES,
        first=MONDAY,
        until=MONDAY + dt.timedelta(weeks=WEEKS),
        closes_on=dt.date(2026, 12, 14),
    )
    return season_open.open_(work, SYSTEM, wanted).id


def run(groups: int, count: int, folder: Path) -> None:
    """Fill a town, preview and close a season, and say how long each took."""
    url = f"sqlite:///{folder / 'season.sqlite3'}"
    with open_store(url) as store:
        prepare(store)
        town = Town.on(store, Hub.of(venue_bank, northshire), NOW)
        filled(town, groups, count)
        season = town.network.transact(_opened)
        town.clock.pass_time(days=23)
        start, used = time.perf_counter(), time.process_time()
        with town.network.reading() as work:
            seen = season_open.preview(work, SYSTEM, season)
        looked, busy = time.perf_counter() - start, time.process_time() - used
        steps: dict[str, float] = {}

        def told(step: str, done: int, total: int) -> None:
            steps.setdefault(step, time.perf_counter())

        start, used = time.perf_counter(), time.process_time()
        closed = season_close.close(town.network, SYSTEM, season, told=told)
        took, worked = time.perf_counter() - start, time.process_time() - used
        print(f"{seen['needs']} needs of {seen['groups']} groups, {count} offers")
        print(f"preview {looked:.1f} s (CPU {busy:.1f}); close {took:.1f} s (CPU {worked:.1f})")
        edges = [*steps.items(), ("end", start + took)]
        for (step, at), (_, after) in pairwise(edges):
            print(f"  {step}: {after - at:.1f} s")
        if closed.proof:
            levels = ", ".join(f"{each.reached}/{each.bound}" for each in closed.proof.levels)
            print(f"levels {levels}; gap {closed.proof.gap:.1%}; proven {closed.proof.proven}")
            print(f"decided in {closed.proof.seconds} s")
        print(f"groups with nothing: {seen['groups_with_nothing']}")
        start = time.perf_counter()
        town.tick()
        print(f"messages and wakes afterwards {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    many, some = [int(each) for each in sys.argv[1:]] or [180, 40]
    with tempfile.TemporaryDirectory() as scratch:
        run(many, some, Path(scratch))
