"""The published turn order: whose turn it is when several want one thing."""

from __future__ import annotations

from collections.abc import Iterable

from cypn_core.domain.ids import fingerprint
from cypn_core.domain.rounds import Contender, Priority

RULE = (
    "It goes to whoever was displaced or wrongly turned away first, then to whoever stood on its "
    "waiting list, then to whoever has been "
    "served least in the last 365 days, then to whoever was refused more often before, then to "
    "the earlier request; what is still equal is decided by a hash of the request's number."
)


def in_turn(contenders: Iterable[Contender]) -> tuple[Contender, ...]:
    """*contenders* in the order in which they are served; the order they come in plays no part."""
    return tuple(sorted(contenders, key=_turn))


def _turn(contender: Contender) -> tuple[int, int, int, float, str]:
    return (
        contender.priority.value,
        contender.served,
        -contender.refusals,
        contender.posted.timestamp(),
        fingerprint("turn", contender.need),
    )


def why(winner: Contender, loser: Contender) -> str:
    """One sentence for *loser*: on which step of the turn order *winner* came first."""
    if winner.priority is not loser.priority and winner.priority is Priority.WAITED:
        return "Another group was on the waiting list for it already, so it came first."
    if winner.priority is not loser.priority:
        return "Another group had been displaced or turned away from it before, so it came first."
    if winner.served != loser.served:
        return "Another group has been served less in the last 365 days, so it came first."
    if winner.refusals != loser.refusals:
        return "Another group has been refused more often before, so it came first."
    if winner.posted != loser.posted:
        return "Another group asked earlier, and all else was equal."
    return "All else was equal, and the hash of the requests' numbers decided."
