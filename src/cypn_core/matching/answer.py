"""The whole answer to one need: full plans, partial plans, near misses, and every refusal."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from cypn_core.domain.plans import Plan
from cypn_core.domain.region import Region
from cypn_core.matching.candidates import Refusal
from cypn_core.matching.near import NearMiss, Relaxations, near_misses
from cypn_core.matching.planner import Board, Planner, ranked


@frozen(kw_only=True)
class Answer:
    """What the hub found for one need. ``outcome`` is full, partial or unmet."""

    full: tuple[Plan, ...]
    partial: tuple[Plan, ...]
    near: tuple[NearMiss, ...]
    refused: tuple[Refusal, ...]

    @property
    def outcome(self) -> str:
        """``full`` when something fits wholly, else ``partial`` or ``unmet``."""
        return "full" if self.full else "partial" if self.partial else "unmet"


def answer(  # noqa: PLR0913 - each of these is a part of the question
    board: Board,
    planner: Planner,
    roles: Sequence[str],
    relaxations: Relaxations,
    region: Region,
    *,
    most_near: int,
) -> Answer:
    """Answer the board's need; near misses are looked for only where nothing fits wholly."""
    plans = ranked(board, planner)
    full = tuple(plan for plan in plans if plan.full)
    near = () if full else near_misses(board, planner, relaxations, region, most_near)
    return Answer(
        full=full,
        partial=tuple(plan for plan in plans if not plan.full),
        near=near,
        refused=tuple(refusal for role in roles for refusal in board.refused(role)),
    )
