"""The part of iCalendar recurrence (RFC 5545, 3.3.10) that a schedule may use, and its expansion.

``FREQ`` of DAILY, WEEKLY or MONTHLY; ``INTERVAL``; ``BYDAY``, with ordinals when monthly;
``BYMONTHDAY``, not when weekly; ``BYSETPOS`` when monthly; ``COUNT`` or ``UNTIL`` as a date.
The expansion walks from a first to a last day and so always ends: dateutil's own walks to the
year 9999 in search of a date that never comes.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from itertools import islice
from typing import Any

import attrs

MOST_DATES = 400
"""More dates than this are refused, in a rule as in a list."""

_PROFILE = "use FREQ, INTERVAL, BYDAY, BYMONTHDAY, BYSETPOS and COUNT or UNTIL only"
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@attrs.frozen
class Rule:
    """One parsed rule; *weekdays* are (ordinal or 0, weekday with Monday as 0)."""

    freq: str
    interval: int = 1
    weekdays: frozenset[tuple[int, int]] = frozenset()
    monthdays: frozenset[int] = frozenset()
    positions: frozenset[int] = frozenset()
    count: int | None = None
    until: date | None = None


def parsed(text: str) -> Rule:
    """Read *text*; a ``ValueError`` names ``rrule`` and says how to mend it.

    >>> parsed("FREQ=WEEKLY;BYDAY=TU").weekdays
    frozenset({(0, 1)})
    >>> parsed("FREQ=SECONDLY")
    Traceback (most recent call last):
        ...
    ValueError: rrule must have a FREQ of DAILY, WEEKLY or MONTHLY
    """
    parts = _parts(text.upper())
    rule = Rule(**{_READERS[name][0]: _READERS[name][1](value) for name, value in parts.items()})
    if problem := _clash(rule):
        raise ValueError(f"rrule {problem}")
    return rule


def _parts(text: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for part in text.split(";"):
        name, _, value = part.partition("=")
        if name not in _READERS:
            raise ValueError(f"rrule has a part that is not known here, {name!a}: {_PROFILE}")
        if name in found:
            raise ValueError(f"rrule has {name} twice: leave one out")
        found[name] = value
    if "FREQ" not in found:
        raise ValueError("rrule must have a FREQ of DAILY, WEEKLY or MONTHLY")
    return found


def _clash(rule: Rule) -> str | None:
    """What the parts of *rule* may not be together, or None."""
    ordinals = {ordinal != 0 for ordinal, _ in rule.weekdays}
    if rule.count is not None and rule.until is not None:
        return "has COUNT and UNTIL: leave one out"
    if True in ordinals and rule.freq != "MONTHLY":
        return "may number the days of BYDAY only with FREQ=MONTHLY: leave the numbers out"
    if len(ordinals) > 1:
        return "numbers some days of BYDAY and not others: number all or none"
    if rule.monthdays and rule.freq == "WEEKLY":
        return "may not use BYMONTHDAY with FREQ=WEEKLY: use FREQ=MONTHLY"
    if rule.positions and (rule.freq != "MONTHLY" or not (rule.weekdays or rule.monthdays)):
        return "may use BYSETPOS only with FREQ=MONTHLY and BYDAY or BYMONTHDAY"
    return None


def _freq(value: str) -> str:
    if value not in _PERIODS:
        raise ValueError("rrule must have a FREQ of DAILY, WEEKLY or MONTHLY")
    return value


def _number(name: str, value: str, most: int, *, signed: bool = False) -> int:
    form = r"[+-]?[0-9]{1,4}" if signed else r"[0-9]{1,4}"
    number = int(value) if re.fullmatch(form, value) else 0
    if not 1 <= abs(number) <= most:
        below = f", or -1 to -{most}" if signed else ""
        raise ValueError(f"rrule must have a {name} from 1 to {most}{below}")
    return number


def _numbers(name: str) -> Callable[[str], frozenset[int]]:
    return lambda value: frozenset(_number(name, n, 31, signed=True) for n in value.split(","))


def _weekdays(value: str) -> frozenset[tuple[int, int]]:
    return frozenset(_weekday(part) for part in value.split(","))


def _weekday(part: str) -> tuple[int, int]:
    ordinal, day = part[:-2], part[-2:]
    if day not in _DAYS:
        raise ValueError("rrule must have days such as MO, TU or 2SA in BYDAY")
    number = _number("BYDAY number", ordinal, 5, signed=True) if ordinal else 0
    return number, _DAYS.index(day)


def _until(value: str) -> date:
    if not re.fullmatch(r"[0-9]{8}", value):
        raise ValueError("rrule must have an UNTIL that is a date such as 20270319")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("rrule must have an UNTIL that is a day of the calendar") from None


_READERS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "FREQ": ("freq", _freq),
    "INTERVAL": ("interval", lambda value: _number("INTERVAL", value, MOST_DATES)),
    "BYDAY": ("weekdays", _weekdays),
    "BYMONTHDAY": ("monthdays", _numbers("BYMONTHDAY")),
    "BYSETPOS": ("positions", _numbers("BYSETPOS")),
    "COUNT": ("count", lambda value: _number("COUNT", value, MOST_DATES)),
    "UNTIL": ("until", _until),
}


def occurrences(rule: Rule, first: date, last: date) -> Iterator[date]:
    """The days of *rule* from *first*, which anchors it, to *last*, both included, in order.

    >>> [day.day for day in occurrences(parsed("FREQ=MONTHLY;BYDAY=-1FR"),
    ...     date(2027, 1, 1), date(2027, 3, 31))]
    [29, 26, 26]
    """
    end = min(last, rule.until or last)
    periods = _PERIODS[rule.freq](rule, first, end)
    days = (day for period in periods for day in period if first <= day <= end)
    return islice(days, rule.count)


def _daily(rule: Rule, first: date, end: date) -> Iterator[list[date]]:
    for offset in range(0, (end - first).days + 1, rule.interval):
        day = first + timedelta(offset)
        yield [day] if _suits(rule, day) else []


def _weekly(rule: Rule, first: date, end: date) -> Iterator[list[date]]:
    monday = first - timedelta(first.weekday())
    wanted = sorted(day for _, day in rule.weekdays) or [first.weekday()]
    for offset in range(0, (end - monday).days + 1, 7 * rule.interval):
        yield [monday + timedelta(offset + day) for day in wanted]


def _monthly(rule: Rule, first: date, end: date) -> Iterator[list[date]]:
    start, stop = (day.year * 12 + day.month - 1 for day in (first, end))
    if not (rule.weekdays or rule.monthdays):
        rule = attrs.evolve(rule, monthdays=frozenset({first.day}))
    for month in range(start, stop + 1, rule.interval):
        yield _in_month(rule, month // 12, month % 12 + 1)


def _in_month(rule: Rule, year: int, month: int) -> list[date]:
    length = monthrange(year, month)[1]
    days = [day for n in range(1, length + 1) if _suits(rule, day := date(year, month, n))]
    if not rule.positions:
        return days
    places = {at - 1 if at > 0 else len(days) + at for at in rule.positions}
    return [days[at] for at in sorted(places) if 0 <= at < len(days)]


def _suits(rule: Rule, day: date) -> bool:
    length = monthrange(day.year, day.month)[1]
    nth, nth_last = (day.day - 1) // 7 + 1, -((length - day.day) // 7 + 1)
    names = {(0, day.weekday()), (nth, day.weekday()), (nth_last, day.weekday())}
    by_month = not rule.monthdays or {day.day, day.day - length - 1} & rule.monthdays
    return bool(by_month) and (not rule.weekdays or bool(names & rule.weekdays))


_PERIODS: Mapping[str, Callable[[Rule, date, date], Iterator[list[date]]]] = {
    "DAILY": _daily,
    "WEEKLY": _weekly,
    "MONTHLY": _monthly,
}
