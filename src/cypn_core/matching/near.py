"""Near misses: the cheapest declared relaxations of a need that would then succeed."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable

from attrs import evolve, frozen

from cypn_core.domain.failures import report
from cypn_core.domain.plans import Plan
from cypn_core.domain.postings import Need
from cypn_core.domain.region import Region
from cypn_core.matching.planner import Board, Planner, ranked

log = logging.getLogger(__name__)

REACH = dt.timedelta(days=35)
"""How far a relaxation may move a need: a snapshot looks that far around the times wanted."""


@frozen(kw_only=True)
class Relaxed:
    """The same need, a little less demanding. *cost* compares relaxations of one exchange."""

    body: Need
    cost: float
    sentence: str


Relaxations = Callable[[Need], Iterable[Relaxed]]


@frozen
class NearMiss:
    """A relaxation that was tried and works, with the best plan that it brings."""

    relaxed: Relaxed
    plan: Plan


def nothing_to_relax(need: Need) -> Iterable[Relaxed]:
    """The default: this exchange declares no relaxations."""
    return ()


def near_misses(
    board: Board, planner: Planner, relaxations: Relaxations, region: Region, most: int
) -> tuple[NearMiss, ...]:
    """The cheapest relaxations, at most *most*, each of which really gives a full plan."""
    found: list[NearMiss] = []
    for relaxed in _declared(board.need.body, relaxations):
        if len(found) == most:
            break
        tried = _with(board, relaxed, region)
        if any(window.start < board.context.now for window in tried.need.windows):
            continue
        plans = ranked(tried, planner)
        if plans and plans[0].full:
            found.append(NearMiss(relaxed, plans[0]))
    return tuple(found)


def _declared(need: Need, relaxations: Relaxations) -> list[Relaxed]:
    """Cheapest first. What raises declares nothing: a need is then answered without near misses."""
    try:
        return sorted(relaxations(need), key=lambda each: (each.cost, each.sentence))
    except Exception as error:  # noqa: BLE001 - a stranger's relaxations may raise anything
        report(log, error, "the relaxations of %s failed: no near misses", need.kind)
        return []


def _with(board: Board, relaxed: Relaxed, region: Region) -> Board:
    wanted = evolve(board.need, body=relaxed.body, windows=relaxed.body.windows(region))
    return Board(
        need=wanted,
        snapshot=board.snapshot,
        rules=board.rules,
        candidates=board.candidates,
        context=board.context,
    )
