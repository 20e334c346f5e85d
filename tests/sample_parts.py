"""An exchange whose deals have two parts: a bench, and a hand that may be sought for a while."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from itertools import product
from types import SimpleNamespace
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from attrs import evolve, frozen
from tests.sample_exchange import plugin

from cypn_core.domain.constraints import Pence, constrained
from cypn_core.domain.money import apportion
from cypn_core.domain.plans import Leg, Missing, Plan, PriceLine, Share
from cypn_core.domain.postings import Need, Offer
from cypn_core.domain.region import Region
from cypn_core.domain.times import DateSpan, Window
from cypn_core.exchange import Exchange
from cypn_core.matching.candidates import Survivor, Wanted
from cypn_core.matching.planner import Board
from cypn_core.matching.rules import Audience, Context, Rule, Verdict, bars, passes

JOBS = "jobs"
NO_HAND = Missing("no_hand", "no hand")
PRIVATE = frozenset({Audience.HOLDER, Audience.COORDINATOR})


@frozen(kw_only=True, field_transformer=constrained)
class JobNeed(Need):
    """Two hours at a bench with a hand, on one or more days."""

    kind: ClassVar[str] = "job_need"
    checklist: ClassVar[str] = "seeker"
    dated_by: ClassVar[str] = "days"

    days: tuple[dt.date, ...]
    shares: bool = False

    def windows(self, region: Region) -> tuple[Window, ...]:
        """From ten to twelve."""
        at = region.moment
        return tuple(Window(at(day, "10:00"), at(day, "12:00")) for day in sorted(self.days))

    def only(self, windows: Collection[Window], region: Region) -> JobNeed:
        """The days of those windows."""
        return evolve(self, days=tuple(sorted({region.today(w.start) for w in windows})))


@frozen(kw_only=True, field_transformer=constrained)
class _Given(Offer):
    """Given all day, every day, at a price for each job."""

    pence: Pence = 0
    good_until: dt.date | None = None

    def given(self, region: Region, span: DateSpan) -> tuple[Window, ...]:
        """All of the span."""
        return (Window(region.midnight(span.first), region.midnight(span.last)),)


@frozen(kw_only=True, field_transformer=constrained)
class BenchOffer(_Given):
    """A bench."""

    kind: ClassVar[str] = "bench_offer"
    checklist: ClassVar[str] = "holder"
    role: ClassVar[str] = "bench"


@frozen(kw_only=True, field_transformer=constrained)
class HandOffer(_Given):
    """Somebody who helps."""

    kind: ClassVar[str] = "hand_offer"
    checklist: ClassVar[str] = "driver"
    role: ClassVar[str] = "hand"


def good(need: JobNeed, offer: _Given, context: Context) -> Verdict:
    """Good until the last day of the job; which day it is, is for the holder."""
    last = context.windows[-1].end.astimezone(ZoneInfo(context.zone)).date()
    if offer.good_until is not None and offer.good_until < last:
        return bars("good", f"good until {offer.good_until} only", audience=PRIVATE)
    return passes("good")


def broken(*_: object) -> Verdict:
    """What a broken rule does."""
    raise RuntimeError("broken")


def plan(board: Board) -> Iterable[Plan]:
    """Every bench with each hand, and alone; and for all who would share it."""
    hands = board.survivors("hand")
    if others := _sharing(board):
        for bench, hand in product(board.survivors("bench"), hands):
            yield _plan(board, (bench, hand), others=others)
        for bench in board.survivors("bench"):
            yield _plan(board, (bench,), (NO_HAND,), others)
    for bench, hand in product(board.survivors("bench"), hands):
        yield _plan(board, (bench, hand))
    for bench in board.survivors("bench"):
        yield _plan(board, (bench,), (NO_HAND,))


def _sharing(board: Board) -> tuple[Wanted, ...]:
    mine: Any = board.need.body
    others = [each for each in board.others if getattr(each.body, "shares", False)]
    return tuple(each for each in others if mine.shares and each.windows == board.need.windows)


def _plan(
    board: Board,
    parts: tuple[Survivor, ...],
    missing: tuple[Missing, ...] = (),
    others: tuple[Wanted, ...] = (),
) -> Plan:
    legs = tuple(_leg(part) for part in parts)
    pence = sum(leg.pence or 0 for leg in legs)
    needs = (board.need.id, *(each.id for each in others))
    shared = apportion(pence, dict.fromkeys(map(str, needs), 1))
    return Plan(
        needs=needs,
        legs=legs,
        shares=tuple(Share(need, shared[str(need)], "its part") for need in needs),
        missing=(*missing, *(each for part in parts for each in part.missing)),
        score=-pence / len(needs),
    )


def _leg(part: Survivor) -> Leg:
    body: Any = part.offer.body
    return Leg(
        offer=part.offer.id,
        role=body.role,
        windows=part.free,
        claims=body.claims(None),
        lines=(PriceLine("for it", body.pence),),
    )


def jobs(*rules: Rule) -> SimpleNamespace:
    """A plugin that declares the exchange, with *rules* beside its own."""
    own = tuple(Rule("good", ("need", role), good, lasting=True) for role in ("bench", "hand"))
    declared = Exchange(
        name=JOBS,
        title="Jobs",
        summary="A bench and a hand.",
        needs=(JobNeed,),
        offers=(BenchOffer, HandOffer),
        planner=plan,
        rules=(*own, *rules),
        sought={"no_hand": "hand"},
        words={"hand": "Helping hand"},
    )
    return plugin(cypn_exchange=declared)
