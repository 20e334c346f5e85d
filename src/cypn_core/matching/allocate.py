"""Allocators give places to contenders. Every one equals the turn order on a single slot: a law."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from attrs import frozen

from cypn_core.domain.rounds import Contender
from cypn_core.matching.turn import in_turn, why


@frozen
class Placed:
    """Where a contender came out: *won*, or its place on the waiting list, and one sentence."""

    contender: Contender
    won: bool
    sentence: str


class Allocator(Protocol):
    """Decides which contenders get the places of one round."""

    def allocate(self, contenders: Sequence[Contender], places: int) -> tuple[Placed, ...]:
        """Everybody in turn, winners first."""
        ...


class Queue:
    """The turn order itself."""

    def allocate(self, contenders: Sequence[Contender], places: int) -> tuple[Placed, ...]:
        """See :meth:`Allocator.allocate`."""
        order = in_turn(contenders)
        winners, waiting = order[:places], order[places:]
        return (
            *(Placed(each, won=True, sentence="It was your turn.") for each in winners),
            *(Placed(each, won=False, sentence=_why_not(winners, each)) for each in waiting),
        )


def _why_not(winners: Sequence[Contender], loser: Contender) -> str:
    """Compared with the last winner, whom *loser* came closest to."""
    return why(winners[-1], loser) if winners else "Nothing is free; you are on the waiting list."
