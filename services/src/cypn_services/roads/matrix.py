"""Matrices of ways by road: the questions to OSRM and openrouteservice, and what they answer.

Both take longitude and latitude and give metres and seconds, a row for each start. Only points of
the gazetteer are sent, each once and in the order of the map: nothing tells which group or offer
lies where, nor who would go to whom.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, Protocol

from attrs import frozen

from cypn_core.domain.places import Point
from cypn_core.matching.travel import NoAnswer, Pair, Way
from cypn_services.roads.asking import Asking
from cypn_services.roads.grid import lon_lat

SECONDS = 4.0
"""So long all questions for one answer may take together."""
BLOCK = 50
"""So many starts and ends at once: OSRM's own limit is 100 places, that of the public
openrouteservice 3,500 ways.
"""
METRES_PER_KM, SECONDS_PER_MINUTE = 1000, 60
ENDLESS = 1e9
"""No metres or seconds on this earth: below it are numbers that can be reckoned with."""

Degrees = Sequence[tuple[float, float]]
Table = tuple[list[list[Any]], list[list[Any]]]


class Service(Protocol):
    """One kind of routing service."""

    @property
    def name(self) -> str:
        """As people call it."""
        ...

    def table(self, places: Degrees, starts: range, ends: range, until: float) -> Mapping[str, Any]:
        """What it answers for *starts* and *ends*, which count in *places*.

        :raises NoAnswer: when it gives no object.
        """
        ...


@frozen
class Osrm:
    """The table service of OSRM 5 and later: ``/table/v1/driving``."""

    asking: Asking
    name: str = "OSRM"

    def table(self, places: Degrees, starts: range, ends: range, until: float) -> Mapping[str, Any]:
        """See `Service.table`."""
        at = ";".join(f"{east:.5f},{north:.5f}" for east, north in places)
        chosen = f"sources={_listed(starts)}&destinations={_listed(ends)}"
        path = f"/table/v1/driving/{at}?{chosen}&annotations=duration,distance"
        found = self.asking.get(path, until)
        if found.get("code") != "Ok":
            raise NoAnswer("it did not answer Ok")
        return found


@frozen
class OpenRouteService:
    """The matrix service of openrouteservice: ``/v2/matrix/driving-car``."""

    asking: Asking
    name: str = "openrouteservice"

    def table(self, places: Degrees, starts: range, ends: range, until: float) -> Mapping[str, Any]:
        """See `Service.table`."""
        body = {
            "locations": [list(place) for place in places],
            "sources": [str(at) for at in starts],
            "destinations": [str(at) for at in ends],
            "metrics": ["distance", "duration"],
            "units": "m",
        }
        return self.asking.post("/v2/matrix/driving-car", body, until)


@frozen
class Matrix:
    """A `TravelTime` that asks *service*: one question for up to 50 places, in blocks beyond."""

    service: Service
    seconds: float = SECONDS

    def ways(self, pairs: Collection[Pair]) -> Mapping[Pair, Way | None]:
        """See `TravelTime.ways`."""
        until, found = time.monotonic() + self.seconds, dict[Pair, Way | None]()
        for starts, ends in _blocks(pairs):
            try:
                said = self._block(starts, ends, until)
            except NoAnswer:
                if not found:
                    raise
                break
            found |= {pair: said[pair] for pair in said.keys() & set(pairs)}
        return found

    def _block(
        self, starts: Sequence[Point], ends: Sequence[Point], until: float
    ) -> dict[Pair, Way | None]:
        same = starts == ends
        places = [lon_lat(point) for point in (starts if same else (*starts, *ends))]
        first, last = range(len(starts)), range(0 if same else len(starts), len(places))
        table = self.service.table(places, first, last, until)
        metres = _checked(table.get("distances"), len(starts), len(ends))
        seconds = _checked(table.get("durations"), len(starts), len(ends))
        return {
            (start, end): self._way(metres[row][column], seconds[row][column])
            for (row, start), (column, end) in product(enumerate(starts), enumerate(ends))
        }

    def _way(self, metres: Any, seconds: Any) -> Way | None:
        if metres is None or seconds is None:
            return None
        if not (_number(metres) and _number(seconds)):
            raise NoAnswer("its table holds what is no number")
        return Way(metres / METRES_PER_KM, seconds / SECONDS_PER_MINUTE, self.service.name)


def _blocks(pairs: Collection[Pair]) -> Iterator[tuple[tuple[Point, ...], tuple[Point, ...]]]:
    """Starts and ends that hold all *pairs*, in the order of the map."""
    points = sorted(
        {point for pair in pairs for point in pair}, key=lambda p: (p.easting, p.northing)
    )
    parts = [tuple(points[at : at + BLOCK]) for at in range(0, len(points), BLOCK)]
    part = {point: at // BLOCK for at, point in enumerate(points)}
    wanted = {(part[start], part[end]) for start, end in pairs}
    yield from ((parts[a], parts[b]) for a, b in sorted(wanted))


def _checked(table: Any, rows: int, columns: int) -> list[list[Any]]:
    right = isinstance(table, list) and len(table) == rows
    if not right or any(not isinstance(row, list) or len(row) != columns for row in table):
        raise NoAnswer("its table has the wrong size")
    return list(table)


def _number(value: Any) -> bool:
    return type(value) in {int, float} and 0 <= value < ENDLESS


def _listed(numbers: range) -> str:
    return ";".join(map(str, numbers))
