"""How needs and offers are put together: courses one by one, teaching only both ways round."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cypn_core.domain.plans import Missing, Plan
from cypn_core.matching.candidates import Survivor, Wanted
from cypn_core.matching.planner import Board, leg_for, one_leg
from cypn_exchange_starter.model import CourseOffer, TeachingOffer

courses = one_leg(CourseOffer.role)
"""The planner that comes with core: each offer that survives is a plan of its own."""


def plans(board: Board) -> Iterable[Plan]:
    """Everything for one need, in any order: core ranks it."""
    yield from courses(board)
    for theirs in board.survivors(TeachingOffer.role):
        swaps = list(_swaps(board, theirs))
        yield from swaps or [_one_way(board, theirs)]


def _swaps(board: Board, theirs: Survivor) -> Iterator[Plan]:
    """Two needs and two crossed legs in one plan: both come about, or neither.

    A party is known by a pseudonym, which is the same on its needs and on its offers: enough to
    see that whoever could teach us wants something that we teach, and not who it is.
    """
    for need in board.others:
        if need.party != theirs.offer.party:
            continue
        for ours in board.survivors(TeachingOffer.role, need):
            if ours.offer.party == board.need.party:
                yield _swap(board, theirs, need, ours)


def _swap(board: Board, theirs: Survivor, need: Wanted, ours: Survivor) -> Plan:
    return Plan(
        needs=(board.need.id, need.id),
        legs=(leg_for(board, theirs), leg_for(board, ours, need=need)),
        missing=(*theirs.missing, *ours.missing),
        because=("Each teaches what the other wants to learn.",),
        score=theirs.score + ours.score,
    )


def _one_way(board: Board, theirs: Survivor) -> Plan:
    """Half a swap is still worth telling: it says what would make it whole."""
    missing = Missing("in_return", "They teach in return; you offer nothing yet that they want.")
    return Plan(
        needs=(board.need.id,),
        legs=(leg_for(board, theirs),),
        missing=(*theirs.missing, missing),
        score=theirs.score,
    )
