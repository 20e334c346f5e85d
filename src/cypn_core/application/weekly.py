"""When the weekly digest is made."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

DIGEST_HOUR = 8


def next_digest(now: dt.datetime, zone: str) -> dt.datetime:
    """When the coming digest is made: on Monday morning in *zone*.

    >>> next_digest(dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC), "Europe/London").isoformat()
    '2026-11-23T08:00:00+00:00'
    >>> next_digest(dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC), "Europe/London").isoformat()
    '2026-11-30T08:00:00+00:00'
    """
    here = now.astimezone(ZoneInfo(zone))
    monday = here.date() - dt.timedelta(days=here.weekday())
    for week in (monday, monday + dt.timedelta(days=7)):
        morning = dt.datetime.combine(week, dt.time(DIGEST_HOUR), ZoneInfo(zone))
        if morning.astimezone(dt.UTC) > now:
            break
    return morning.astimezone(dt.UTC)
