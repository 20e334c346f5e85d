"""Dates of the demo's files, worked out from today, so that it never goes stale.

A table in those files stands for a date or a schedule where it has one of these keys:

- ``in_days``: so many days from today; ``years_ago``: a year
- ``next``: the first such weekday at least ``from_days`` off
- ``once`` / ``weekly``: a schedule that starts on that weekday; ``weeks``, ``interval``
- ``every``: a schedule that has held for a while, as ``BYDAY``
- ``holiday``: a schedule ``on`` a weekday through the next such holiday, ``without`` some weeks
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from cypn_core.domain.region import Region
from cypn_core.domain.times import DateSpan

Table = Mapping[str, Any]

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SOON = 14
"""A holiday that starts sooner than this many days off is left for the next one."""
_HELD = 70
"""For how many days an ``every`` has held: longer than any posting of the demo is old."""


@frozen
class Today:
    """The day from which the demo counts, and the region whose calendars it reads."""

    day: dt.date
    region: Region

    def resolved(self, value: Any) -> Any:
        """*value* with every table that stands for a date or a schedule replaced, as JSON data."""
        if isinstance(value, list):
            return [self.resolved(each) for each in value]
        if not isinstance(value, dict):
            return value
        for key, reading in _READINGS.items():
            if key in value:
                return reading(self, value)
        return {key: self.resolved(each) for key, each in value.items()}

    def in_days(self, days: int) -> dt.date:
        """The date so many days from today."""
        return self.day + dt.timedelta(days=days)

    def upcoming(self, weekday: str, from_days: int) -> dt.date:
        """The first *weekday* at least *from_days* off."""
        return _on_or_after(self.in_days(from_days), weekday)

    def holiday(self, calendar: str) -> DateSpan:
        """The first span of *calendar* that starts a fortnight off or later.

        Where the region has published none so far ahead: six weeks from 22 July.
        """
        known = self.region.calendars.get(calendar)
        spans = sorted(known.spans) if known else []
        later = [span for span in spans if span.first >= self.in_days(_SOON)]
        return later[0] if later else self._six_weeks()

    def _six_weeks(self) -> DateSpan:
        first = self.day.replace(month=7, day=22)
        if first < self.in_days(_SOON):
            first = first.replace(year=first.year + 1)
        return DateSpan(first, first + dt.timedelta(days=41))


def _on_or_after(day: dt.date, weekday: str) -> dt.date:
    return day + dt.timedelta(days=(_WEEKDAYS.index(weekday) - day.weekday()) % 7)


def _weekly(today: Today, table: Table) -> Table:
    interval, count = table.get("interval", 1), table.get("weeks")
    rule = f"FREQ=WEEKLY;INTERVAL={interval}" + (f";COUNT={count}" if count else "")
    first = today.upcoming(table["weekly"], table["from_days"])
    return _schedule(table, first, rrule=rule)


def _once(today: Today, table: Table) -> Table:
    return _schedule(table, today.upcoming(table["once"], table["from_days"]))


def _every(today: Today, table: Table) -> Table:
    rule = f"FREQ=WEEKLY;BYDAY={table['every']}"
    return _schedule(table, today.in_days(-_HELD), rrule=rule)


def _through_holiday(today: Today, table: Table) -> Table:
    span = today.holiday(table["holiday"])
    first = _on_or_after(span.first, table["on"])
    days = [first + dt.timedelta(weeks=week) for week in range((span.last - first).days // 7 + 1)]
    left_out = [days[week - 1] for week in table.get("without", ()) if week <= len(days)]
    rule = f"FREQ=WEEKLY;COUNT={len(days)}"
    return _schedule(table, first, rrule=rule, except_dates=[str(day) for day in left_out])


def _schedule(table: Table, first: dt.date, **more: Any) -> Table:
    skip = table.get("skip", [])
    return {
        "first": str(first), "starts": table["starts"], "ends": table["ends"], "skip": skip, **more
    }  # fmt: skip


_READINGS: Mapping[str, Callable[[Today, Table], Any]] = {
    "in_days": lambda today, table: str(today.in_days(table["in_days"])),
    "years_ago": lambda today, table: today.day.year - int(table["years_ago"]),
    "next": lambda today, table: str(today.upcoming(table["next"], table["from_days"])),
    "weekly": _weekly,
    "once": _once,
    "every": _every,
    "holiday": _through_holiday,
}
