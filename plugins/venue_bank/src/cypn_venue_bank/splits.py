"""Split plans: several spaces share the dates of one need, as one deal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from attrs import evolve

from cypn_core.domain.plans import Leg, Missing, Plan, Share
from cypn_core.domain.times import Window
from cypn_core.matching.candidates import Survivor
from cypn_core.matching.planner import Board, Each, Pricing, leg_for
from cypn_core.matching.rules import Finding
from cypn_venue_bank.budget import ASK_LAST
from cypn_venue_bank.enough import Enough, enough_for, everything, mask_of
from cypn_venue_bank.needs import SpaceNeed
from cypn_venue_bank.offers import ROOM
from cypn_venue_bank.sharing import Option, Together, shared
from cypn_venue_bank.words import named

_Part = tuple[Survivor, tuple[Window, ...]]
"""A space and the dates that it takes."""


def split(board: Board, pricing: Pricing, each: Each) -> Iterator[Plan]:
    """The best shared plans where the group lets its dates be shared.

    First among the spaces that lack nothing but dates, then among all: for every date that can be
    had, and for as many as are enough.
    """
    if not isinstance(board.need.body, SpaceNeed) or not board.need.body.may_split:
        return
    every = board.survivors(ROOM)
    sound = tuple(s for s in every if all(part.dates for part in s.missing))
    for pool in (sound, every) if len(sound) < len(every) else (every,):
        options = [_option(board, each, survivor) for survivor in pool]
        for goal in _goals(board, options):
            if chosen := shared(options, goal, _together(board, pool)):
                parts = [(pool[n], _windows(board, mask)) for n, mask in chosen]
                taken = [evolve(survivor, free=windows) for survivor, windows in parts]
                legs = tuple(leg_for(board, part, pricing, each=each) for part in taken)
                yield _plan(board, parts, legs)


def _goals(board: Board, options: Sequence[Option]) -> tuple[Enough, ...]:
    """All that can be had; and, where that is less, what is enough."""
    reachable = 0
    for option in options:
        reachable |= option.free
    need = board.need
    enough = enough_for(need.body, need.windows, board.context.zone)
    return tuple(dict.fromkeys((everything(reachable), enough)))


def _option(board: Board, each: Each, survivor: Survivor) -> Option:
    windows = board.need.windows
    pence = each(board.need, evolve(survivor, free=windows), board.context)
    free = mask_of(windows, survivor.free)
    return Option(free=free, pence=pence or (ASK_LAST,) * len(windows), score=survivor.score)


def _together(board: Board, pool: Sequence[Survivor]) -> Together:
    """Whether no rule bars two of *pool* from one plan, in either order."""

    def together(a: int, b: int) -> bool:
        pairs = ((pool[a], pool[b]), (pool[b], pool[a]))
        return not any(
            found.finding is Finding.BARS for pair in pairs for found in board.between(*pair)
        )

    judged = any(rule.between == (ROOM, ROOM) for rule in board.rules)
    return together if judged else _always


def _always(a: int, b: int) -> bool:
    return True


def _plan(board: Board, parts: Sequence[_Part], legs: tuple[Leg, ...]) -> Plan:
    pence = None if any(leg.pence is None for leg in legs) else sum(leg.pence or 0 for leg in legs)
    dates = sum(len(leg.windows) for leg in legs)
    return Plan(
        needs=(board.need.id,),
        legs=legs,
        shares=() if pence is None else (Share(board.need.id, pence, "its price"),),
        missing=(*_lacking(parts), *_lost(board, legs)),
        because=(_said(legs),),
        score=sum(s.score * len(windows) for s, windows in parts) / dates,
    )


def _windows(board: Board, mask: int) -> tuple[Window, ...]:
    return tuple(w for n, w in enumerate(board.need.windows) if mask >> n & 1)


def _lacking(parts: Sequence[_Part]) -> Iterator[Missing]:
    """What the spaces lack beside dates, each thing once."""
    yield from dict.fromkeys(part for s, _ in parts for part in s.missing if not part.dates)


def _lost(board: Board, legs: Sequence[Leg]) -> Iterator[Missing]:
    """The dates that none of them covers."""
    windows, zone = board.need.windows, ZoneInfo(board.context.zone)
    covered = {window for leg in legs for window in leg.windows}
    lost = [w.start.astimezone(zone).date() for w in windows if w not in covered]
    if lost:
        said = f"{len(covered)} of {len(windows)} dates; not on {named(lost)}"
        yield Missing("dates", said, tuple(lost))


def _said(legs: Sequence[Leg]) -> str:
    """How the dates are shared."""
    counts = [str(len(leg.windows)) for leg in legs]
    return f"{len(legs)} spaces share the dates: {', '.join(counts[:-1])} and {counts[-1]}"
