"""Terms: what is left of a schedule once one is over, and hours that are given for the next."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from zoneinfo import ZoneInfo

from attrs import evolve

from cypn_core.domain.recurrence import parsed
from cypn_core.domain.region import Region
from cypn_core.domain.times import Calendar, DateSpan, Schedule, Window

_AHEAD = 366
_LONGEST = 400 * 31
"""Days within which the at most 400 dates of a counted rule lie, were it monthly."""


def resumed(when: Schedule, region: Region, after: dt.date) -> Schedule | None:
    """*when* from its first date after that day; None when it has none in the year that follows.

    A rule that counts its dates ends on the same last date as before.
    """
    span = DateSpan(after + dt.timedelta(days=1), after + dt.timedelta(days=_AHEAD))
    first = next((w.start for w in when.over(span, region.zone_name, region.calendars)), None)
    if first is None:
        return None
    day = region.today(first)
    kept = tuple(each for each in when.extra_dates if each >= day)
    dropped = tuple(each for each in when.except_dates if each >= day)
    rule = _until(when, region)
    return evolve(when, first=day, rrule=rule, extra_dates=kept, except_dates=dropped)


def _until(when: Schedule, region: Region) -> str:
    """The rule with its count turned into its last date."""
    if not when.rrule or parsed(when.rrule).count is None:
        return when.rrule
    last = when.dates(region.calendars, _LONGEST)[-1]
    return re.sub(r"(?i)COUNT=\d+", f"UNTIL={last:%Y%m%d}", when.rrule)


def following(when: Schedule, region: Region, today: dt.date) -> Schedule | None:
    """*when* for the next term as well, and without those that are over.

    None where it is for no term, the last of its terms has not begun, or the region names none
    after it in which the rule has a date.
    """
    last = last_term(when, region)
    code = last.followed_by if last and last.first <= today else None
    if code is None:
        return None
    after = region.calendars[code]
    span = DateSpan(after.first, after.last)
    if not evolve(when, during=(code,)).over(span, region.zone_name, region.calendars):
        return None
    kept = (each.code for each in _terms(when, region) if each.last >= today)
    return evolve(when, during=(*kept, code))


def at_their_time(when: Schedule, windows: Collection[Window], region: Region) -> Schedule:
    """*when* at the one time of the day that *windows* have; as it is, where they have several."""
    zone = ZoneInfo(region.zone_name)
    local = {(w.start.astimezone(zone), w.end.astimezone(zone)) for w in windows}
    times = {(f"{start:%H:%M}", f"{end:%H:%M}") for start, end in local}
    if len(times) > 1 or set(when.windows(region.zone_name, region.calendars)) == set(windows):
        return when
    ((starts, ends),) = times
    return evolve(when, starts=starts, ends="24:00" if ends == "00:00" else ends)


def last_term(when: Schedule, region: Region) -> Calendar | None:
    """Of the calendars that *when* is for, the one that ends last."""
    return max(_terms(when, region), key=lambda each: each.last, default=None)


def _terms(when: Schedule, region: Region) -> list[Calendar]:
    """Those that the region still has."""
    known = (region.calendars.get(code) for code in when.during)
    return [each for each in known if each and each.spans]
