"""The whole answer to one need: full plans, partial plans, near misses, and every refusal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from cypn_core.domain.plans import Plan
from cypn_core.domain.region import Region
from cypn_core.matching.candidates import Refusal
from cypn_core.matching.near import NearMiss, Relaxations, near_misses
from cypn_core.matching.planner import Board, Planner, ranked
from cypn_core.matching.rules import NEED, Finding


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


def answer(
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
        refused=tuple(_refused(board, roles)),
    )


def _refused(board: Board, roles: Sequence[str]) -> Iterator[Refusal]:
    for role in roles:
        yield from board.refused(role)
    for pair in dict.fromkeys(rule.between for rule in board.rules):
        if NEED not in pair:
            yield from _unpaired(board, *pair)


def _unpaired(board: Board, first: str, second: str) -> Iterator[Refusal]:
    """Offers that fit the need but go with no offer of the other role, and every reason why."""
    others = board.survivors(first)
    for survivor in board.survivors(second):
        found = [board.between(other, survivor) for other in others]
        barred = [[v for v in verdicts if v.finding is Finding.BARS] for verdicts in found]
        if barred and all(barred):
            reasons = dict.fromkeys(verdict for verdicts in barred for verdict in verdicts)
            yield Refusal(offer=survivor.offer.id, role=second, reasons=tuple(reasons))
