"""What one plan serves: a need alone, or several that ride together as if they were one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import cast
from zoneinfo import ZoneInfo

from attrs import evolve, field, frozen

from cypn_core.domain.ids import PostingId
from cypn_core.domain.places import Point
from cypn_core.domain.plans import Missing
from cypn_core.domain.times import Window
from cypn_core.matching.candidates import Offered, Survivor, Wanted, pair_context
from cypn_core.matching.planner import Board
from cypn_core.matching.rules import Context
from cypn_transport.needs import TripNeed
from cypn_transport.offers import ESCORT
from cypn_transport.travel import Journey, journey, said_by

_NAMED = 5
_WAYS = ("there", "back")


@frozen(kw_only=True)
class Outing:
    """*members* as one: *wanted* is what they ask together.

    Where there are several, *out* and *back* are the stops in order, and *rides* says for each
    member when it is picked up and when it is home again.
    """

    members: tuple[Wanted, ...]
    wanted: Wanted
    out: tuple[Point, ...] = ()
    back: tuple[Point, ...] = ()
    rides: Mapping[PostingId, Window] = field(factory=dict)

    @property
    def together(self) -> bool:
        """Whether several share it."""
        return len(self.members) > 1

    @property
    def body(self) -> TripNeed:
        """What they ask together."""
        return trip(self.wanted)

    @property
    def ways(self) -> int:
        """How many windows each date has."""
        return 1 if self.body.waits else len(_WAYS)


def trip(wanted: Wanted) -> TripNeed:
    """The body of *wanted*: the exchange declares no other kind."""
    return cast(TripNeed, wanted.body)


def alone(wanted: Wanted) -> Outing:
    """The outing of one need."""
    return Outing(members=(wanted,), wanted=wanted)


def way(outing: Outing, context: Context, car: Offered) -> Journey | None:
    """How far *car* goes for one date of *outing*, None where a part of it is not known."""
    if not outing.together:
        return journey(outing.body, pair_context(context, outing.wanted, car))
    base = car.spot.point if car.spot else None
    aboard = (*pairwise(outing.out), *pairwise(outing.back))
    between = (outing.out[-1], *([] if outing.body.waits else [base]), outing.back[0])
    empty = ((base, outing.out[0]), *pairwise(between), (outing.back[-1], base))
    ways = [context.way(*ends) for ends in (*aboard, *empty)]
    known = [each for each in ways if each is not None]
    if len(known) < len(ways):
        return None
    split = len(aboard)
    full, bare = known[:split], known[split:]
    return Journey(sum(each.km for each in full), sum(each.km for each in bare), said_by(known))


def parts(board: Board, outing: Outing, role: str) -> tuple[Survivor, ...]:
    """The offers in *role* that survive for the outing's need; with several, for each of them.

    Then they survive for all as one too, lacking nothing. An escort is judged for those who asked
    for one.
    """
    if not outing.together:
        return board.survivors(role, outing.wanted)
    asking = [each for each in outing.members if role != ESCORT or trip(each).needs_escort]
    ids = [{part.offer.id for part in board.survivors(role, each)} for each in asking]
    both = set.intersection(*ids) if ids else set()
    offers = tuple(each for each in board.snapshot.offers if each.id in both)
    context = evolve(board.context, windows=outing.wanted.windows)
    left = evolve(board.snapshot, offers=offers)
    found, _ = board.candidates.find(outing.wanted, role, left, board.rules, context)
    return tuple(part for part in found if not part.missing)


def common(outing: Outing, chosen: Sequence[Survivor]) -> tuple[Window, ...]:
    """The times at which every part is free; of an outing that repeats whole dates only."""
    wanted = outing.wanted.windows
    free = {w for w in wanted if all(w in part.free for part in chosen)}
    if outing.body.repeats is None:
        return tuple(w for w in wanted if w in free)
    return tuple(w for date in dates(outing, wanted) if free.issuperset(date) for w in date)


def dates(outing: Outing, windows: Sequence[Window]) -> list[Sequence[Window]]:
    """*windows* by date; a way that is lost by itself makes a date of its own."""
    return [windows[at : at + outing.ways] for at in range(0, len(windows), outing.ways)]


def lost(outing: Outing, kept: Sequence[Window], zone: ZoneInfo) -> Iterator[Missing]:
    """What of the times wanted is not *kept*: ways of one date, or dates of many."""
    if outing.body.repeats is None:
        for name, window in zip(_WAYS, outing.wanted.windows, strict=False):
            if window not in kept:
                yield Missing(f"way_{name}", f"not free for the way {name}")
        return
    every = [date[0] for date in dates(outing, outing.wanted.windows)]
    gone = [window.start.astimezone(zone).date() for window in every if window not in kept]
    if gone:
        yield Missing("dates", _counted(len(every), gone), tuple(gone))


def _counted(total: int, gone: Sequence[dt.date]) -> str:
    """How many dates are left, and which are not.

    >>> _counted(12, [dt.date(2027, 7, 3)])
    '11 of 12 dates; not on 3 Jul'
    """
    named = ", ".join(f"{day.day} {day:%b}" for day in gone[:_NAMED])
    more = f" and {len(gone) - _NAMED} more" if len(gone) > _NAMED else ""
    return f"{total - len(gone)} of {total} dates; not on {named}{more}"
