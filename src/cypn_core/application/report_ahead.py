"""What is given in the weeks ahead, beside what is wanted: where hours run short, and when.

Hours that are bound to a calendar of the region, such as term time, stop in its gaps: those weeks
are seen here before anybody asks in vain. Exact, for the coordinator alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import Any

from attrs import frozen

from cypn_core.application.network import Caller, Work
from cypn_core.domain.postings import Need, Offer, Posting
from cypn_core.domain.times import DateSpan, Window, merged, minus

Json = dict[str, Any]

WEEKS = 26
Windows = tuple[Window, ...]


@frozen(kw_only=True)
class Week:
    """One week: how many offers give hours in it and how many minutes, and the dates wanted.

    *dips* says that it gives less than half of what the median week gives, or nothing although a
    date is wanted.
    """

    offers: int
    minutes: int
    dates: int
    dips: bool = False


def weeks_ahead(
    weeks: Sequence[Window], given: Sequence[Windows], wanted: Sequence[Window]
) -> tuple[Week, ...]:
    """Each of *weeks*: of *given*, the hours by offer, what lies in it; of *wanted*, what begins.

    >>> from datetime import UTC, datetime, timedelta
    >>> days = [datetime(2027, 1, 4, tzinfo=UTC) + timedelta(weeks=n) for n in range(4)]
    >>> weeks = [Window(a, b) for a, b in pairwise(days)]
    >>> hours = tuple(Window(day, day + timedelta(hours=2)) for day in (days[0], days[2]))
    >>> [(week.minutes, week.dips) for week in weeks_ahead(weeks, [hours], [])]
    [(120, False), (0, True), (120, False)]
    """
    apart = [merged(each) for each in given]
    minutes = [[_inside(hours, week) for hours in apart] for week in weeks]
    usual = median(sum(each) for each in minutes) if minutes else 0
    dates = [sum(week.start <= each.start < week.end for each in wanted) for week in weeks]
    return tuple(
        Week(
            offers=sum(n > 0 for n in each),
            minutes=sum(each),
            dates=wants,
            dips=2 * sum(each) < usual or (wants > 0 and not any(each)),
        )
        for each, wants in zip(minutes, dates, strict=True)
    )


def ahead(work: Work, caller: Caller) -> Json:
    """26 weeks from next Monday on, by exchange and role, of what is open and in good standing.

    Hours that are closed are left out; those that are agreed already are among them, as their
    dates are among those wanted.

    :raises NotAllowed: unless the caller is a coordinator.
    """
    caller.must_have("coordinator")
    monday = work.today + dt.timedelta(days=7 - work.today.weekday())
    days = [monday + dt.timedelta(weeks=n) for n in range(WEEKS + 1)]
    region = work.hub.region
    weeks = [Window(region.midnight(a), region.midnight(b)) for a, b in pairwise(days)]
    return {
        "weeks": [day.isoformat() for day in days[:-1]],
        "rows": [row for name in sorted(work.hub.exchanges) for row in _rows(work, name, weeks)],
    }


def _rows(work: Work, exchange: str, weeks: Sequence[Window]) -> Iterator[Json]:
    offers = work.postings.open(exchange, "offer", work.today, work.now)
    first, end = (work.hub.region.today(at) for at in (weeks[0].start, weeks[-1].end))
    span = DateSpan(first, end - dt.timedelta(days=1))
    given: dict[str, list[Windows]] = {}
    for offer in offers:
        if isinstance(offer.body, Offer) and (hours := _hours(work, offer, offer.body, span)):
            given.setdefault(offer.body.role, []).append(hours)
    wanted = _wanted(work, exchange)
    for role in work.hub.exchange(exchange).roles:
        if role in given:
            found = weeks_ahead(weeks, given[role], wanted)
            yield {"exchange": exchange, "role": role, "weeks": [_week(each) for each in found]}


def _hours(work: Work, offer: Posting, body: Offer, span: DateSpan) -> Windows:
    """What *offer* gives in *span*, until it ends and without what is closed."""
    region = work.hub.region
    gone = [window for each in work.closures.of(offer.id) for window in each.windows]
    if offer.leaves_on is not None and offer.leaves_on <= span.last:
        end = region.midnight(span.last + dt.timedelta(days=2))
        gone.append(Window(region.midnight(offer.leaves_on), end))
    return minus(body.given(region, span), gone)


def _wanted(work: Work, exchange: str) -> list[Window]:
    """The dates of the needs that wait, and those that stand of what is agreed."""
    needs = work.postings.open(exchange, "need", work.today, work.now)
    waiting = (each.body.windows(work.hub.region) for each in needs if isinstance(each.body, Need))
    agreed = (each.standing for each in work.deals.agreed() if each.exchange == exchange)
    return [window for windows in (*waiting, *agreed) for window in windows]


def _week(week: Week) -> Json:
    return {
        "offers": week.offers,
        "hours": round(week.minutes / 60, 1),
        "dates": week.dates,
        "dips": week.dips,
    }


def _inside(hours: Windows, week: Window) -> int:
    """The minutes of *hours*, which are apart, that lie in *week*."""
    shared = (
        min(each.end, week.end) - max(each.start, week.start)
        for each in hours
        if each.overlaps(week)
    )
    return int(sum(shared, dt.timedelta(0)).total_seconds()) // 60
