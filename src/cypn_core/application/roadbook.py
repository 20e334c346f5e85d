"""Ways by road that somebody else was asked for, remembered; and what asking may not do.

It holds up no transaction that writes, lets no answer wait for long, and fails no answer: where
nobody answers, ways are estimated, and the log says so once.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from threading import Lock

from attrs import define, field

from cypn_core.domain.places import Point, Spot, km
from cypn_core.matching.candidates import Snapshot
from cypn_core.matching.travel import NoAnswer, Pair, TravelTime, Way

log = logging.getLogger(__name__)

MOST = 200_000
"""So many pairs are remembered; then the book is begun anew."""
QUIET_SECONDS = 60
"""So long nobody is asked again after no answer came."""
SNAPPED_KM = 2.0
"""A road may begin so far from a point, at either end together."""
STRAIGHTEST, CROOKEDEST, AROUND_KM = 0.9, 10.0, 60.0
FASTEST_KM_PER_MINUTE = 2.5
LONGEST_MINUTES = 24 * 60


class Unasked(Exception):
    """A transaction that writes wants ways that nobody was asked for yet: ask, then begin anew."""

    def __init__(self, pairs: Collection[Pair]) -> None:
        super().__init__(f"{len(pairs)} ways are to be asked for")
        self.pairs = pairs


@define(kw_only=True)
class Roadbook:
    """What *travel* has said so far, for all threads of a process. None is asked nothing."""

    travel: TravelTime | None = None
    clock: Callable[[], float] = time.monotonic
    _known: dict[Pair, Way | None] = field(factory=dict, init=False, repr=False)
    """None for a pair that was asked for in vain: it is estimated for good."""
    _asking: Lock = field(factory=Lock, init=False, repr=False)
    _quiet_until: float = field(default=-math.inf, init=False)

    def known(self, pairs: Iterable[Pair]) -> dict[Pair, Way]:
        """The ways among *pairs* that are in the book; nobody is asked."""
        return {pair: way for pair in pairs if (way := self._known.get(pair)) is not None}

    def unasked(self, pairs: Iterable[Pair]) -> tuple[Pair, ...]:
        """Those of *pairs* that somebody can be asked for now."""
        if self.travel is None or self.clock() < self._quiet_until:
            return ()
        return tuple(pair for pair in pairs if pair not in self._known)

    def known_or_raise(self, pairs: Collection[Pair]) -> dict[Pair, Way]:
        """`known`, once all that can be asked for has been.

        :raises Unasked: when it has not.
        """
        if wanted := self.unasked(pairs):
            raise Unasked(wanted)
        return self.known(pairs)

    def asked(self, pairs: Collection[Pair]) -> dict[Pair, Way]:
        """`known`, after asking for what is not in the book yet."""
        self.ask(pairs)
        return self.known(pairs)

    def ask(self, pairs: Collection[Pair]) -> None:
        """Put what is said of *pairs* into the book, one question at a time in a process."""
        if not self.unasked(pairs):
            return
        with self._asking:
            if (wanted := self.unasked(pairs)) and self.travel is not None:
                self._note(_answered(self.travel, wanted))

    def _note(self, said: Mapping[Pair, Way | None]) -> None:
        if not said:
            self._quiet_until = self.clock() + QUIET_SECONDS
            return
        if len(self._known) + len(said) > MOST:
            self._known = {}
        self._known.update(said)


def among(snapshot: Snapshot) -> tuple[Pair, ...]:
    """Each place of *snapshot* to each other: who goes where is not to be seen in it."""
    spots: list[Spot | None] = [offered.spot for offered in snapshot.offers]
    for wanted in snapshot.needs:
        spots += (wanted.spot, *wanted.stops)
    points = sorted({s.point for s in spots if s is not None}, key=_order)
    return tuple((start, end) for start in points for end in points if start != end)


def believable(pair: Pair, way: Way) -> bool:
    """Whether *way* can be one between these points: no shorter than the straight line, and so on.

    >>> here, there = Point(300_000, 200_000), Point(310_000, 200_000)
    >>> believable((here, there), Way(13.2, 17)), believable((here, there), Way(0.0, 0.0))
    (True, False)
    """
    straight = km(*pair)
    if not (math.isfinite(way.km) and math.isfinite(way.minutes)):
        return False
    least, most = STRAIGHTEST * straight - SNAPPED_KM, CROOKEDEST * straight + AROUND_KM
    slow_enough = way.minutes * FASTEST_KM_PER_MINUTE >= way.km
    return max(least, 0) <= way.km <= most and slow_enough and way.minutes <= LONGEST_MINUTES


def _answered(travel: TravelTime, pairs: Collection[Pair]) -> Mapping[Pair, Way | None]:
    """What *travel* says of *pairs*, None for what it has no way for; empty for no answer."""
    wanted = set(pairs)
    try:
        said = {pair: way for pair, way in travel.ways(pairs).items() if pair in wanted}
    except NoAnswer as error:
        log.warning("no ways by road for %s pairs of places, estimated: %s", len(pairs), error)
        return {}
    except Exception as error:  # noqa: BLE001 - whatever it raises, an answer is still given
        log.warning("no ways by road, estimated: %s", type(error).__name__)
        return {}
    odd = {pair for pair, way in said.items() if way is not None and not believable(pair, way)}
    if odd:
        log.warning("%s of %s ways by road cannot be: estimated", len(odd), len(said))
    return {pair: None if pair in odd else way for pair, way in said.items()}


def _order(point: Point) -> tuple[int, int]:
    return point.easting, point.northing
