"""Copying what was posted before: the same again, with its dates moved to the next term.

>>> from cypn_core.domain.times import Calendar, DateSpan
>>> span = DateSpan(dt.date(2026, 9, 1), dt.date(2026, 12, 18))
>>> autumn = Calendar("autumn", "Autumn", "1", (span,), followed_by="spring")
>>> span = DateSpan(dt.date(2027, 1, 4), dt.date(2027, 3, 25))
>>> spring = Calendar("spring", "Spring", "1", (span,))
>>> was = Schedule(dt.date(2026, 9, 8), "10:00", "12:00", "FREQ=WEEKLY;COUNT=10")
>>> moved(was, {"autumn": autumn, "spring": spring}, dt.date(2026, 11, 22)).first.isoformat()
'2027-01-05'
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

import attrs

from cypn_core.domain.postings import Need, Offer
from cypn_core.domain.recurrence import parsed
from cypn_core.domain.region import Region
from cypn_core.domain.times import Calendar, Schedule

_WEEK = dt.timedelta(weeks=1)


def again(body: Need | Offer, region: Region, today: dt.date) -> dict[str, Any]:
    """The fields of *body* for another time: schedules are moved, days that are over left out."""
    fields = attrs.asdict(body, recurse=False)
    found = {name: _later(value, region, today) for name, value in fields.items()}
    return {name: value for name, value in found.items() if not _over(value, today)}


def _later(value: Any, region: Region, today: dt.date) -> Any:
    if isinstance(value, Schedule):
        return moved(value, region.calendars, today)
    if isinstance(value, tuple):
        return tuple(_later(each, region, today) for each in value)
    return value


def _over(value: Any, today: dt.date) -> bool:
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime) and value < today


def moved(when: Schedule, calendars: Mapping[str, Calendar], today: dt.date) -> Schedule:
    """*when* in the term after its own, on the same day of the week; as it is if still to come.

    Its own term is the last of those in *during*, or else the one in which it began. Where the
    region names none, it is moved by whole weeks to its first such day from *today* on. Single
    dates that were added or left out belong to the old term and are dropped.
    """
    if when.first > today:
        return when
    term = _after(_own_term(when, calendars), calendars, today)
    earliest = max(today, term.first) if term else today
    first = earliest + (when.first - earliest) % _WEEK
    rule = _until(when.rrule, first - when.first, term)
    return attrs.evolve(
        when,
        first=first,
        rrule=rule,
        during=(term.code,) if term and when.during else when.during,
        except_dates=(),
        extra_dates=(),
    )


def _own_term(when: Schedule, calendars: Mapping[str, Calendar]) -> Calendar | None:
    """Of the terms that another follows."""
    terms = [each for each in calendars.values() if each.followed_by and each.spans]
    named = [each for each in terms if each.code in when.during]
    began = [each for each in terms if each.first <= when.first <= each.last]
    return max(named or began, key=lambda each: each.last, default=None)


def _after(
    term: Calendar | None, calendars: Mapping[str, Calendar], today: dt.date
) -> Calendar | None:
    """The first term after *term* that is not over; None where the region names none."""
    seen = set()
    while term and term.followed_by and term.code not in seen:
        seen.add(term.code)
        term = calendars.get(term.followed_by)
        if term and term.spans and term.last >= today:
            return term
    return None


def _until(rule: str, shift: dt.timedelta, term: Calendar | None) -> str:
    """A rule that ends on a day ends as much later, and not after the term."""
    last = parsed(rule).until if rule else None
    if last is None:
        return rule
    ends = min(last + shift, term.last) if term else last + shift
    return re.sub(r"(?i)UNTIL=\d+", f"UNTIL={ends:%Y%m%d}", rule)
