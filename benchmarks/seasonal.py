"""How long a season takes, and how many groups it leaves with nothing.

    python benchmarks/seasonal.py [GROUPS SPACES]

Invented groups of one to five weekly sessions and spaces of five to fifteen weekly slots, from
three seeds. Leximin is compared with first come, first served, and with most hours first.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import time

from cypn_core.application.season_milp import Leximin
from cypn_core.domain.ids import PostingId
from cypn_core.domain.rounds import Contender
from cypn_core.matching.leximin import Allotment, Choice, InTurn, Season, Wish

SEEDS = (1, 2, 3)
DAY = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


def drawn(seed: int, groups: int, spaces: int) -> Season:
    """A season in which about as many sessions are wanted as there are slots, at busy hours."""
    rng = random.Random(seed)
    slots = [
        (f"{space}:{slot}", rng.random(), rng.random(), rng.choice((15, 30, 60)), slot)
        for space in range(spaces)
        for slot in rng.sample(range(25), rng.randint(4, 8))
    ]
    wishes = []
    for group in range(groups):
        x, y, people = rng.random(), rng.random(), rng.choice((10, 20, 40))
        evenings = set(rng.sample(range(25), rng.randint(3, 8)))
        near = [
            Choice(key=cell, takes={cell: 1}, score=-((x - a) ** 2 + (y - b) ** 2))
            for cell, a, b, capacity, slot in slots
            if capacity >= people and slot in evenings and abs(x - a) + abs(y - b) < 0.5
        ]
        posted = DAY + dt.timedelta(minutes=rng.randrange(10_000))
        for n in range(rng.choice((1, 1, 2, 3, 5))):
            contender = Contender(
                need=PostingId(f"{group}-{n}"), posted=posted, served=rng.randrange(3) * 60
            )
            wishes.append(Wish(contender=contender, group=str(group), choices=tuple(near)))
    return Season(wishes=tuple(wishes))


def greedy(season: Season, order: list[Wish]) -> dict[PostingId, Choice]:
    """Each wish of *order* takes the best that is left."""
    given: dict[PostingId, Choice] = {}
    used = set[str]()
    for wish in order:
        free = [c for c in wish.choices if used.isdisjoint(c.takes)]
        if free:
            given[wish.need] = max(free, key=lambda c: c.score)
            used.update(given[wish.need].takes)
    return given


def nothing(season: Season, given: dict[PostingId, Choice]) -> int:
    """Groups without a single session."""
    have = season.sessions(given)
    return sum(not have[group] for group in season.groups)


def rows(groups: int, spaces: int) -> None:
    """One line for each seed."""
    for seed in SEEDS:
        season = drawn(seed, groups, spaces)
        wanted = {g: sum(w.group == g for w in season.wishes) for g in season.groups}
        first = greedy(season, sorted(season.wishes, key=lambda w: w.contender.posted))
        most = greedy(season, sorted(season.wishes, key=lambda w: -wanted[w.group]))
        turn = InTurn().allot(season)
        start = time.perf_counter()
        found: Allotment = Leximin(seconds=600).allot(season)
        seconds = time.perf_counter() - start
        told = ", ".join(f"{each.reached}/{each.bound}" for each in found.levels)
        print(
            f"seed {seed}: {len(season.wishes)} wishes, {seconds:.1f} s, levels {told}, "
            f"gap {found.gap:.1%}, proven {found.proven}; left with nothing: first come "
            f"{nothing(season, first)}, most hours {nothing(season, most)}, in turn "
            f"{nothing(season, dict(turn.given))}, leximin {nothing(season, dict(found.given))}"
        )


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]] or [180, 40]
    rows(*given)
