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
        won = [Placed(each, won=True, sentence="It was your turn.") for each in order[:places]]
        last = order[places - 1] if places else None
        waits = "You are next on the waiting list." if last is None else ""
        lost = [
            Placed(each, won=False, sentence=waits or why(last, each) if last else waits)
            for each in order[places:]
        ]
        return (*won, *lost)
