"""How far and how long by road, without asking anybody outside."""

from __future__ import annotations

import math

from attrs import frozen

from cypn_core.matching.rules import Context
from cypn_transport.needs import TripNeed
from cypn_transport.settings import TransportSettings

KM_PER_MILE = 1.609344


@frozen
class Journey:
    """Kilometres by road: with the group aboard, and empty on the way to and from it."""

    aboard: float
    empty: float


def road_km(straight: float, settings: TransportSettings) -> float:
    """Kilometres by road for a straight line of so many.

    >>> round(road_km(10, TransportSettings()), 2)
    13.98
    """
    if straight <= 0:
        return 0.0
    bent = settings.factor_at_1_km - settings.factor_slope * math.log(straight)
    return straight * max(settings.factor_low, min(settings.factor_high, bent))


def one_way_km(need: TripNeed, context: Context) -> float | None:
    """Kilometres by road from the pick-up to the destination, None where that is not known."""
    if need.distance_km is not None:
        return float(need.distance_km)
    if not context.onward or context.onward[0] is None:
        return None
    return road_km(context.onward[0], context.settings)


def ride_minutes(km: float, settings: TransportSettings) -> float:
    """How long so many kilometres take: an affine model, which errs less than a speed."""
    return settings.ride_minutes + settings.ride_minutes_per_km * km


def journey(need: TripNeed, context: Context) -> Journey | None:
    """The whole way of the vehicle of *context*, None where a part of it is not known.

    One that waits goes out empty once and home empty once; one that does not goes home from the
    destination too, and out to it again.
    """
    one_way, to_group = one_way_km(need, context), context.km
    beyond = 0.0 if need.waits else context.beyond
    if one_way is None or to_group is None or beyond is None:
        return None
    settings = context.settings
    return Journey(2 * one_way, 2 * road_km(to_group, settings) + 2 * road_km(beyond, settings))
