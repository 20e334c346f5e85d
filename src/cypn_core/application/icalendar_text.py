"""iCalendar (RFC 5545) from windows: series in local time, exact over both clock changes.

Windows that start at one wall time and last equally long become one series. One that a clock change
makes longer, shorter or later stands alone in UTC, and so does one that touches a repeated hour,
for programs do not agree on which pass local time means: so all expand to the same moments.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, pairwise
from math import gcd
from typing import Any
from zoneinfo import ZoneInfo

from attrs import frozen
from icalendar import (  # type: ignore[import-untyped]
    Calendar,
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
)

from cypn_core.domain.ids import fingerprint
from cypn_core.domain.times import Window

PRODUCT = "-//cypn//calendar//EN"


@frozen
class Series:
    """Windows at one wall time, *step* days apart but for the days in *without*."""

    windows: tuple[Window, ...]
    step: int
    without: tuple[dt.date, ...]

    @property
    def count(self) -> int:
        """How many times the rule comes round, those left out included."""
        return len(self.windows) + len(self.without)


def calendar_text(zone: str, events: Iterable[Event], header: Mapping[str, Any]) -> bytes:
    """A VCALENDAR of *events* and the VTIMEZONE that they need; the same input, the same bytes."""
    calendar, listed = Calendar(), list(events)
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    for name, value in header.items():
        calendar.add(name, value)
    if listed:
        calendar.add_component(_zone(zone, listed))
    for event in listed:
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def events_of(
    windows: Iterable[Window], zone: str, uid: str, told: Mapping[str, Any]
) -> Iterator[Event]:
    """The events that expand to exactly *windows*, each with the properties in *told*."""
    for each in series_of(windows, ZoneInfo(zone)):
        named = f"{fingerprint(uid, each.windows[0].start.isoformat())}@cypn"
        yield _event(each, ZoneInfo(zone), named, told)


def meeting_of(
    places: Mapping[Window, str], zone: str, uid: str, told: Mapping[str, Any]
) -> Iterator[Event]:
    """One meeting, all of it under *uid*, at exactly the windows in *places*, each at its place.

    No two windows overlap. The series that the first window is in makes the rule; all other
    times are its RDATEs, and what is of another length or place is told by an event of its own with
    a RECURRENCE-ID. Whoever replaces the meeting thus replaces every time of it.
    """
    clock, first = ZoneInfo(zone), min(places)
    whole = next(each for each in series_of(places, clock) if first in each.windows)
    others = [window for window in sorted(places) if window not in whole.windows]
    main = _event(whole, clock, uid, {**told, **_at(places[first])})
    for at in (clock, dt.UTC):
        starts = [w.start.astimezone(at) for w in others if _clock_of(w, clock) is at]
        if starts:
            main.add("rdate", starts)
    yield main
    like = _manner(first, clock), places[first]
    for window in sorted(places):
        if (_manner(window, clock), places[window]) != like:
            start = window.start.astimezone(_clock_of(window, clock))
            more = {**told, **_at(places[window]), "recurrence-id": start}
            yield _event(Series((window,), 0, ()), clock, uid, more)


def _at(place: str) -> dict[str, str]:
    return {"location": place} if place else {}


def series_of(windows: Iterable[Window], clock: ZoneInfo) -> Iterator[Series]:
    """*windows* in the fewest series that leave out no more dates than they have."""
    ordered = sorted(set(windows), key=lambda window: (_manner(window, clock), window))
    for (_, _, sayable), group in groupby(ordered, lambda window: _manner(window, clock)):
        alike = tuple(group)
        whole = _series(alike, clock)
        if sayable and len(whole.without) <= len(alike):
            yield whole
        else:
            yield from (Series((window,), 0, ()) for window in alike)


def _manner(window: Window, clock: ZoneInfo) -> tuple[dt.time, int, bool]:
    """Wall time, elapsed minutes, and whether local time can say both without doubt."""
    start, end = window.start.astimezone(clock), window.end.astimezone(clock)
    steady = start.utcoffset() == end.utcoffset()
    sayable = steady and not (_repeated(start) or _repeated(end))
    return start.time().replace(fold=0), window.minutes, sayable


def _clock_of(window: Window, clock: ZoneInfo) -> dt.tzinfo:
    return clock if _manner(window, clock)[2] else dt.UTC


def _repeated(local: dt.datetime) -> bool:
    """Whether the clock shows this time twice that night."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _series(windows: tuple[Window, ...], clock: ZoneInfo) -> Series:
    days = [window.start.astimezone(clock).date() for window in windows]
    step = gcd(*((b - a).days for a, b in pairwise(days)))
    if not step:
        return Series(windows, 0, ())
    told = set(days)
    ruled = (days[0] + dt.timedelta(n) for n in range(0, (days[-1] - days[0]).days + 1, step))
    return Series(windows, step, tuple(day for day in ruled if day not in told))


def _event(series: Series, clock: ZoneInfo, uid: str, told: Mapping[str, Any]) -> Event:
    event, first = Event(), series.windows[0]
    start = first.start.astimezone(clock)
    event.add("uid", uid)
    at = _clock_of(first, clock)
    event.add("dtstart", first.start.astimezone(at))
    event.add("dtend", first.end.astimezone(at))
    if series.step:
        event.add("rrule", _rule(series))
    if series.without:
        event.add("exdate", [dt.datetime.combine(day, start.timetz()) for day in series.without])
    for name, value in told.items():
        event.add(name, value)
    return event


def _rule(series: Series) -> dict[str, object]:
    weekly = series.step % 7 == 0
    interval = series.step // 7 if weekly else series.step
    return {"freq": "WEEKLY" if weekly else "DAILY", "interval": interval, "count": series.count}


def _zone(zone: str, events: list[Event]) -> Timezone:
    """What *zone*'s clocks do from a year before the first event to a year after the last."""
    found = Timezone()
    found.add("tzid", zone)
    starts = [event.decoded("dtstart") for event in events]
    lasts = [start + _reach(event) for start, event in zip(starts, events, strict=True)]
    years = min(starts).year - 1, max(lasts).year + 2
    for part in _observances(ZoneInfo(zone), *years):
        found.add_component(part)
    return found


def _reach(event: Event) -> dt.timedelta:
    """How long after its start the event comes round last, or later."""
    start: dt.datetime = event.decoded("dtstart")
    given = event.get("rdate", [])
    dates: list[dt.datetime] = [
        each.dt for part in (given if isinstance(given, list) else [given]) for each in part.dts
    ]
    return max([_ruled(event.get("rrule")), *(date - start for date in dates)])


def _ruled(rule: Any) -> dt.timedelta:
    if rule is None:
        return dt.timedelta()
    days = 7 if rule["freq"] == ["WEEKLY"] or rule["freq"] == "WEEKLY" else 1
    return dt.timedelta(days * _number(rule["interval"]) * _number(rule["count"]))


def _number(value: Any) -> int:
    return int(value[0] if isinstance(value, list) else value)


def _observances(clock: ZoneInfo, first: int, last: int) -> Iterator[Any]:
    at = dt.datetime(first, 1, 1, tzinfo=dt.UTC)
    yield _observance(clock, at, at)
    while at.year < last:
        later = at + dt.timedelta(1)
        if at.astimezone(clock).utcoffset() != later.astimezone(clock).utcoffset():
            yield _observance(clock, at, _change(clock, at))
        at = later


def _change(clock: ZoneInfo, day: dt.datetime) -> dt.datetime:
    """The minute within the day after *day* from which the clock is another."""
    before = day.astimezone(clock).utcoffset()
    minutes = (day + dt.timedelta(minutes=n) for n in range(24 * 60 + 1))
    return next(at for at in minutes if at.astimezone(clock).utcoffset() != before)


def _observance(clock: ZoneInfo, before: dt.datetime, at: dt.datetime) -> Any:
    was, now = before.astimezone(clock), at.astimezone(clock)
    part = TimezoneDaylight() if now.dst() else TimezoneStandard()
    part.add("dtstart", (at + (was.utcoffset() or dt.timedelta())).replace(tzinfo=None))
    part.add("tzoffsetfrom", was.utcoffset())
    part.add("tzoffsetto", now.utcoffset())
    part.add("tzname", now.tzname())
    return part
