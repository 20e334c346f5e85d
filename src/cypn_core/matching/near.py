"""Near misses: the cheapest declared relaxations of a need that would then succeed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from attrs import evolve, frozen

from cypn_core.domain.plans import Plan
from cypn_core.domain.postings import Need
from cypn_core.domain.region import Region
from cypn_core.matching.planner import Board, Planner, ranked


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
    for relaxed in sorted(relaxations(board.need.body), key=lambda r: (r.cost, r.sentence)):
        if len(found) == most:
            break
        tried = _with(board, relaxed, region)
        if any(window.start < board.context.now for window in tried.need.windows):
            continue
        plans = ranked(tried, planner)
        if plans and plans[0].full:
            found.append(NearMiss(relaxed, plans[0]))
    return tuple(found)


def _with(board: Board, relaxed: Relaxed, region: Region) -> Board:
    wanted = evolve(board.need, body=relaxed.body, windows=relaxed.body.windows(region))
    return Board(
        need=wanted,
        snapshot=board.snapshot,
        rules=board.rules,
        candidates=board.candidates,
        context=board.context,
    )
