"""Rounds: something became free, several want it, and the turn order decides."""

from __future__ import annotations

import datetime as dt
from enum import Enum

from attrs import frozen

from cypn_core.domain.ids import PostingId, RoundId


class Priority(Enum):
    """A class that comes before the turn order."""

    DISPLACED = 0
    DECLINED = 1
    WAITED = 2
    """Lost this very thing in a round and has waited for it, or waited when a term was to end."""
    ORDINARY = 3


@frozen(kw_only=True)
class Contender:
    """One need in a round, with all that the turn order may look at, and nothing else."""

    need: PostingId
    posted: dt.datetime
    served: int = 0
    """What its owner was served in the last 365 days, in the exchange's own measure."""
    refusals: int = 0
    priority: Priority = Priority.ORDINARY


@frozen(kw_only=True)
class Round:
    """An open window for what its deals ask; it closes once, and the turn order picks the winners.

    *offer* is the one that it was opened for; it covers every offer of a deal in it.
    """

    id: RoundId
    exchange: str
    offer: PostingId
    closes_at: dt.datetime
    closed: bool = False
    waiting: tuple[PostingId, ...] = ()
    """Once it is closed: the needs that lost, in turn."""
