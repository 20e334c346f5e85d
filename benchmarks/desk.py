"""How long the coordinator's desk takes, and how many statements it sends to the store.

    python benchmarks/desk.py [ORGANISATIONS OFFERS NEEDS]

Invented organisations that offer and ask; of every ten checks one pends, one has lapsed and one
runs out soon. On a SQLite file that is thrown away.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import event as listening

import cypn_region_northshire.plugin as northshire
from cypn_core.application import check
from cypn_core.application.desk import desk
from cypn_core.application.network import SYSTEM, Caller, Network, Work
from cypn_core.application.post import post
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.standing import CheckOutcome
from cypn_core.domain.times import Schedule
from cypn_core.hub import Hub
from cypn_core.storage.engine import Store, open_store
from cypn_core.storage.health import prepare
from cypn_core.testing.town import Town
from cypn_venue_bank import plugin as venue_bank
from cypn_venue_bank.codes import Basis, SpaceType
from cypn_venue_bank.needs import SpaceNeed
from cypn_venue_bank.offers import SpaceOffer
from cypn_venue_bank.prices import Price

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
VENUES = "venue_bank"
PLACES = ("Norchester", "Wexbridge", "Sallow")
MONDAY = dt.date(2027, 1, 4)
TIMES = 5
CLERK = Caller(actor="key:clerk", scopes=frozenset({"coordinator"}))


def offer(rng: random.Random) -> SpaceOffer:
    """Open on some weekdays for some hours."""
    days = rng.sample(("MO", "TU", "WE", "TH", "FR", "SA"), 3)
    first = rng.choice((9, 12, 15))
    rule = f"FREQ=WEEKLY;BYDAY={','.join(days)}"
    hours = Schedule(MONDAY, f"{first:02}:00", f"{first + 6}:00", rule)
    return SpaceOffer(
        place=rng.choice(PLACES),
        space_type=SpaceType.HALL,
        capacity=rng.choice((20, 40, 80)),
        hours=(hours,),
        price=Price(basis=Basis.PER_HOUR, pence=rng.choice((800, 1200, 2000))),
    )


def need(rng: random.Random) -> SpaceNeed:
    """Two hours a week for a term, or once."""
    hour = rng.choice((9, 11, 14, 17))
    rule = rng.choice(("", "FREQ=WEEKLY;COUNT=12"))
    day = MONDAY + dt.timedelta(days=rng.randrange(12))
    return SpaceNeed(
        place=rng.choice(PLACES),
        headcount=rng.choice((10, 30, 60)),
        when=Schedule(day, f"{hour:02}:00", f"{hour + 2}:00", rule),
        budget_pence=rng.choice((None, 2000, 3000)),
    )


def filled(network: Town, rng: random.Random, members: int, offers: int, needs: int) -> None:
    """Members, what they post, and then what became of their checks."""
    short = NOW.date() + dt.timedelta(days=10)
    joined = [
        network.member(
            f"Group {n}",
            "seeker",
            "holder",
            place=PLACES[n % 3],
            until=short if n % 10 == 3 else None,
        )
        for n in range(members)
    ]
    acting = [network.acting(member) for member in joined]

    def posted(work: Work) -> None:
        for n in range(offers):
            post(work, acting[n % members], VENUES, offer(rng))
        for n in range(needs):
            post(work, acting[n % members], VENUES, need(rng))

    network.network.transact(posted)
    network.clock.pass_time(days=30)
    soon = network.clock().date()
    for n, member in enumerate(joined):
        if n % 10 == 1:
            recorded(network.network, member.id, CheckOutcome.PENDING, None)
        elif n % 10 == 2:
            recorded(network.network, member.id, CheckOutcome.PASSED, soon)


def recorded(
    network: Network, member: OrganisationId, outcome: CheckOutcome, until: dt.date | None
) -> None:
    """What a coordinator found."""
    network.transact(lambda work: check.record(work, SYSTEM, member, "holder", outcome, until))


def measured(network: Network, store: Store) -> None:
    """Look at the desk three times, and say how long the median took."""
    sent: list[str] = []
    listening.listen(store.engine, "before_cursor_execute", lambda *a: sent.append(a[2]))
    times, worked = [], []
    for _ in range(3):
        sent.clear()
        began, used = time.perf_counter(), time.process_time()
        with network.reading() as work:
            items = desk(work, CLERK)
        times.append(time.perf_counter() - began)
        worked.append(time.process_time() - used)
    print(
        f"{len(items)} items, {len(sent)} statements, {sorted(times)[1]:.2f} s "
        f"(CPU {sorted(worked)[1]:.2f})"
    )
    print(f"what opens most: {items[0].sentence} {items[0].unlocks}")


if __name__ == "__main__":
    ORGANISATIONS, OFFERS, NEEDS = map(int, sys.argv[1:4] or (200, 2000, 150))
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(f"sqlite:///{Path(folder) / 'desk.sqlite3'}") as opened,
    ):
        prepare(opened)
        town = Town.on(opened, Hub.of(venue_bank, northshire), NOW)
        filled(town, random.Random(4), ORGANISATIONS, OFFERS, NEEDS)
        measured(town.network, opened)
