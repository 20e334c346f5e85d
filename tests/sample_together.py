"""A small exchange whose planner puts the needs of a day together, for the tests of proposals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from types import SimpleNamespace
from typing import Any, ClassVar

from attrs import frozen
from tests.sample_exchange import ThingNeed, ThingOffer, things

from cypn_core.domain.constraints import constrained
from cypn_core.domain.plans import Leg, Plan, PriceLine, Share
from cypn_core.domain.postings import Claim, Need, Unit
from cypn_core.domain.region import Region
from cypn_core.domain.times import DateSpan, Window
from cypn_core.matching.candidates import Survivor
from cypn_core.matching.planner import Board, Proposal

THINGS = "things"
ALONE, SHARED = 1000, 600
SEATS = 3


@frozen(kw_only=True, field_transformer=constrained)
class Outing(ThingNeed):
    """From ten to twelve on a day, or an hour later."""

    kind: ClassVar[str] = "outing_need"
    day: dt.date = dt.date(2027, 3, 10)
    later: bool = False

    def windows(self, region: Region) -> tuple[Window, ...]:
        """One."""
        start = region.midnight(self.day) + dt.timedelta(hours=11 if self.later else 10)
        return (Window(start, start + dt.timedelta(hours=2)),)


@frozen(kw_only=True, field_transformer=constrained)
class Carrier(ThingOffer):
    """Something that takes three, whenever it is wanted."""

    kind: ClassVar[str] = "carrier_offer"
    auto_accept: bool = True

    def units(self) -> tuple[Unit, ...]:
        """The places on it."""
        return (Unit(capacity=SEATS),)

    def given(self, region: Region, span: DateSpan) -> tuple[Window, ...]:
        """All days."""
        return (Window(region.midnight(span.first), region.midnight(span.last)),)

    def claims(self, need: Need) -> tuple[Claim, ...]:
        """One place."""
        return (Claim(self.units()[0]),)


def alone(board: Board) -> Iterable[Plan]:
    """Each need by itself, at the full price."""
    for survivor in board.survivors("thing"):
        yield joined([board], survivor, ALONE)


def joined(boards: Sequence[Board], survivor: Survivor, each: int) -> Plan:
    """The needs of *boards* on one carrier, at *each* pence a need."""
    needs = [board.need for board in boards]
    times = [window for need in needs for window in need.windows]
    hull = Window(min(w.start for w in times), max(w.end for w in times))
    leg = Leg(
        offer=survivor.offer.id,
        role="thing",
        windows=(hull,),
        claims=(Claim(survivor.offer.body.units()[0], len(needs)),),
        lines=(PriceLine("the whole way", each * len(needs)),),
    )
    because = "equal parts"
    shares = tuple(Share(need.id, each, because, ALONE) for need in needs)
    return Plan(needs=tuple(need.id for need in needs), legs=(leg,), shares=shares)


def in_pairs(boards: Sequence[Board]) -> Proposal:
    """Two and two of those that overlap, in the order of their posting."""
    left = sorted(boards, key=lambda board: (board.need.posted, board.need.id))
    plans = []
    while len(left) > 1:
        first, second, *rest = left
        meet = first.need.windows[0].overlaps(second.need.windows[0])
        survivors = first.survivors("thing") if meet else ()
        if survivors:
            plans.append(joined([first, second], survivors[0], SHARED))
        left = rest if survivors else [first, *rest]
    return Proposal(
        plans=tuple(plans),
        method="two and two",
        bound=float(len(plans) * 2),
        gap=0.0,
        seconds=0.01,
        proven=True,
        notes={plan.key: ("the notes",) for plan in plans},
    )


def outings(together: Callable[[Sequence[Board]], Any] | None = in_pairs) -> SimpleNamespace:
    """A plugin with that planner over many needs."""
    return things(needs=(Outing,), offers=(Carrier,), planner=alone, together=together)
