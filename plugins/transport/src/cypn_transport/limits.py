"""Limits in plain numbers: how long a ride, and how long at the wheel."""

from __future__ import annotations

import math
from collections.abc import Sequence

from cypn_transport.settings import TransportSettings


def longest_ride(direct_minutes: float, settings: TransportSettings) -> float:
    """How many minutes a child rides at most, stops of others included.

    >>> longest_ride(20, TransportSettings()), longest_ride(60, TransportSettings())
    (35, 90.0)
    """
    times, more = settings.ride_factor * direct_minutes, settings.ride_extra_minutes
    return max(times, direct_minutes + more)


def breaks_due(unbroken_minutes: float, settings: TransportSettings) -> int:
    """The minutes of rest that so many without a halt call for.

    >>> [breaks_due(minutes, TransportSettings()) for minutes in (330, 331, 700)]
    [0, 30, 60]
    """
    spans = math.ceil(unbroken_minutes / settings.unbroken_minutes)
    return max(0, spans - 1) * settings.break_minutes


def too_long_at_the_wheel(
    day_minutes: Sequence[float], settings: TransportSettings
) -> float | None:
    """The most minutes on one of the days of a week, where that is too many; else None.

    A week in which no day has more than the exempt hours is not limited.

    >>> too_long_at_the_wheel([240, 240], TransportSettings())
    >>> too_long_at_the_wheel([60, 601], TransportSettings())
    601
    """
    most = max(day_minutes, default=0)
    exempt = most <= settings.exempt_hours * 60
    return None if exempt or most <= settings.driving_hours * 60 else most
