"""Rural levelling: all journeys of a vehicle in a calendar month pay the same empty running.

How far the depot lies then makes no difference to the price. The levy is what the journeys that
are asked for cause in the mean; the first agreed one fixes it for the rest of the month, so that
no price that was agreed, or that others were shown since, ever changes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import cast
from zoneinfo import ZoneInfo

from cypn_core.domain.times import Window
from cypn_core.matching.candidates import Offered, Wanted, pair_context
from cypn_core.matching.planner import Board
from cypn_transport.needs import TripNeed
from cypn_transport.offers import VEHICLE, VehicleOffer
from cypn_transport.quotes import LEVELLED, distance_price
from cypn_transport.travel import journey


def levy(board: Board, car: Offered, window: Window) -> int | None:
    """What each journey of *car* pays for empty running in the month of *window*, in pence.

    None where it is not known how far the board's own need is from it. Half pennies go up.
    """
    month = _month(board, window)
    fixed = list(_fixed(board, car, month))
    if fixed:
        return fixed[0]
    own = _causes(board, board.need, car)
    others = [_causes(board, each, car) for each in _asking(board, car, month)]
    if own is None:
        return None
    caused = [own, *(pence for pence in others if pence is not None)]
    return (2 * sum(caused) + len(caused)) // (2 * len(caused))


def _fixed(board: Board, car: Offered, month: dt.date) -> Iterator[int]:
    """What the journeys of *car* in *month* that are agreed pay, the earliest first."""
    timed = [leg for leg in car.agreed if leg.windows]
    agreed = [leg for leg in timed if _month(board, leg.windows[0]) == month]
    for leg in sorted(agreed, key=lambda leg: (leg.windows[0], str(leg.lines))):
        yield from (line.pence for line in leg.lines or () if line.label == LEVELLED)


def _asking(board: Board, car: Offered, month: dt.date) -> Iterator[Wanted]:
    """The other open needs of *month* for which *car* survives."""
    for other in board.others:
        then = other.windows and _month(board, other.windows[0]) == month
        if then and any(each.offer.id == car.id for each in board.survivors(VEHICLE, other)):
            yield other


def _causes(board: Board, wanted: Wanted, car: Offered) -> int | None:
    """The pence for the empty running that *wanted* would cause by itself."""
    way = journey(cast(TripNeed, wanted.body), pair_context(board.context, wanted, car))
    rates = cast(VehicleOffer, car.body).rates
    if way is None or rates.distance_pence is None:
        return None
    return distance_price(way.empty, rates.distance_pence, rates.per)


def _month(board: Board, window: Window) -> dt.date:
    return window.start.astimezone(ZoneInfo(board.context.zone)).date().replace(day=1)
