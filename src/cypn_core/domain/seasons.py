"""Seasons: a span of dates that is given out all at once, and what each need came out with."""

from __future__ import annotations

import datetime as dt
from enum import Enum

from attrs import frozen

from cypn_core.domain.ids import DealId, PostingId
from cypn_core.domain.plans import Plan


class SeasonState(Enum):
    """What is stored of where a season stands.

    *open* until somebody closes it, *closing* once it is decided who gets what, and *closed* when
    all of that is agreed.
    """

    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


class Phase(Enum):
    """Where a season stands on a given day: *due* waits to be closed, *lapsed* never was."""

    PLANNED = "planned"
    OPEN = "open"
    DUE = "due"
    LAPSED = "lapsed"
    CLOSING = "closing"
    CLOSED = "closed"


@frozen
class Reached:
    """How many groups *reached* a level, and the *bound* that no other way could exceed."""

    reached: int
    bound: int


@frozen(kw_only=True)
class Proof:
    """By which *method* a season was decided, and how good that is proven to be.

    *levels*: how many groups have at least one, two … sessions a week. *gap* is the widest between
    what is reached and its bound, as a share of the bound.
    """

    method: str
    levels: tuple[Reached, ...] = ()
    gap: float = 0.0
    proven: bool = True
    seconds: float = 0.0


@frozen(kw_only=True)
class Season:
    """The dates from *first* up to, and without, *until* of one exchange, given out together.

    It takes needs from *opens_on* up to, and without, *closes_on*; all are local days.
    """

    id: str
    exchange: str
    first: dt.date
    until: dt.date
    opens_on: dt.date
    closes_on: dt.date
    created: dt.datetime
    state: SeasonState = SeasonState.OPEN
    proof: Proof | None = None

    def phase(self, today: dt.date) -> Phase:
        """Where it stands on that local day. Who never closes it loses it once its dates begin."""
        if self.state is not SeasonState.OPEN:
            return Phase(self.state.value)
        if today >= self.first:
            return Phase.LAPSED
        if today < self.opens_on:
            return Phase.PLANNED
        return Phase.OPEN if today < self.closes_on else Phase.DUE

    def holds(self, today: dt.date) -> bool:
        """True while nothing in its span is decided in any other way."""
        return self.phase(today) in {Phase.OPEN, Phase.DUE, Phase.CLOSING}

    def overlaps(self, first: dt.date, until: dt.date) -> bool:
        """True when the two spans share a day."""
        return self.first < until and first < self.until


@frozen(kw_only=True)
class Removed:
    """Why one offer was not had: for the group where *told*, and in *exact* words for others."""

    offer: PostingId
    code: str
    sentence: str
    exact: str
    told: bool = True


@frozen(kw_only=True)
class Outcome:
    """What one need came out of a season with.

    *half* is set where only every second week was to be had. *place* counts those who lost from 1,
    in turn; *wanted* are the offers that could have been had.
    """

    season: str
    need: PostingId
    plan: Plan | None
    sentence: str
    half: int | None = None
    place: int = 0
    wanted: tuple[PostingId, ...] = ()
    removed: tuple[Removed, ...] = ()
    would_help: str = ""
    settled: bool = False
    deal: DealId | None = None

    @property
    def won(self) -> bool:
        """True when it has something."""
        return self.plan is not None

    @property
    def id(self) -> PostingId:
        """The need, by which the outcomes of a season are paged."""
        return self.need
