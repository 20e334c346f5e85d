"""The book of a pool: what its members have put down, by the ids of their needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from enum import StrEnum

from attrs import evolve, field, frozen

from cypn_procurement.progress import Publication


class Role(StrEnum):
    """Who does what for the pool. Everything else is decided by one vote a member."""

    LEAD = "lead"
    TREASURER = "treasurer"
    EVALUATOR = "evaluator"
    STEWARD = "steward"


class Interest(StrEnum):
    """What a member has declared of itself and the suppliers, before it sees a quote."""

    NONE = "no_interest"
    CONFLICT = "has_interest"


@frozen(kw_only=True)
class Charter:
    """What every partner reads before it commits (P08)."""

    budget_pence: int | None = None
    exit_months: int | None = None
    """Months' notice of whoever leaves; it pays what falls below the least order until replaced."""
    review_date: dt.date | None = None
    gather_until: dt.date | None = None
    target: int | None = None
    """So many units are wanted together; None where it goes on with any number."""


@frozen(kw_only=True)
class Seat:
    """What one member has put down."""

    since: dt.datetime
    quantity: int
    cap_pence: int | None = None
    """The most that it pays for a unit; None where it insists."""
    committed: bool = False
    signed: bool = False
    roles: frozenset[Role] = frozenset()
    interest: Interest | None = None
    vote: str = ""
    hours: int = 0
    """Spent on the pool, as it told them."""


@frozen(kw_only=True)
class Change:
    """New terms of a supplier: what was, what is, and who entered it when."""

    at: dt.datetime
    entered_by: Role
    was: str
    now: str


@frozen(kw_only=True)
class Terms:
    """The terms of the chosen quote as the supplier has changed them since."""

    unit_pence: int
    term_months: int | None = None


@frozen(kw_only=True)
class Bill:
    """An invoice, by what it was shared, and what each member pays of it in pence, by need."""

    on: dt.date
    pence: int
    weights: Mapping[str, int]
    shares: Mapping[str, int]


@frozen(kw_only=True)
class Notice:
    """A member of an agreed pool has given notice *on* that day for its *units*."""

    need: str
    units: int
    on: dt.date


@frozen(kw_only=True)
class Replacement:
    """Somebody takes *units* over from the start of that month of the contract, the first is 1."""

    units: int
    from_month: int


class GoesOnFor(StrEnum):
    """What members go on for though it does not pay on cost (P06)."""

    BETTER_SERVICE = "better_service"
    LESS_RISK = "less_risk"
    LEARNING = "learning_from_each_other"
    ENVIRONMENT = "better_for_the_environment"


@frozen(kw_only=True)
class Book:
    """All that is put down of a pool."""

    charter: Charter = Charter()
    seats: Mapping[str, Seat] = field(factory=dict)
    quotes: tuple[str, ...] = ()
    """The quotes that lie open, in an order that says nothing."""
    chosen: str = ""
    record: str = ""
    """The decision as it can be replayed: see :mod:`cypn_procurement.integrity.record`."""
    terms: Terms | None = None
    changes: tuple[Change, ...] = ()
    progress: Publication | None = None
    changed: frozenset[str] = frozenset()
    """Whose commitment has changed since the progress was told last."""
    ordered_on: dt.date | None = None
    received: Mapping[str, int] = field(factory=dict)
    bills: tuple[Bill, ...] = ()
    outcome: str = ""
    notices: tuple[Notice, ...] = ()
    replaced: tuple[Replacement, ...] = ()

    def seated(self, need: str, seat: Seat) -> Book:
        """The same book with *seat* in the place of that of *need*."""
        return evolve(self, seats={**self.seats, need: seat})

    def without(self, needs: AbstractSet[str]) -> Book:
        """The same book without the seats of *needs*."""
        left = {need: seat for need, seat in self.seats.items() if need not in needs}
        return evolve(self, seats=left, changed=self.changed - needs)

    def undecided(self) -> Book:
        """The same book with every vote and what followed from them taken back."""
        seats = {need: evolve(seat, vote="") for need, seat in self.seats.items()}
        return evolve(self, seats=seats, chosen="", terms=None)

    def holds(self, role: Role) -> str | None:
        """The need whose member has *role*; the lead is the first who took it."""
        found = [(seat.since, need) for need, seat in self.seats.items() if role in seat.roles]
        return min(found)[1] if found else None
