"""When: half-open windows in UTC, calendars of a region, and schedules in wall-clock time.

A schedule keeps its wall time across both clock changes. A wall time that the spring night skips
stands for the moment at which the clock jumps; one that the autumn night repeats stands for its
first pass. A date of which nothing is left that way (01:15 to 01:45 in spring) has no window.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Annotated
from zoneinfo import ZoneInfo

import attrs
from annotated_types import MaxLen, MinLen

from cypn_core.domain.constraints import Code, Pattern, WallTime, constrained
from cypn_core.domain.errors import Invalid
from cypn_core.domain.recurrence import MOST_DATES, occurrences, parsed

TENURE_DAYS = 13 * 7
LONGEST_USE_DAYS = 31
_WAIT_DAYS = 2 * 366
"""How far after its first date a schedule looks for the calendars that it is to lie in."""
_YEARS = range(2000, 2200)

Dates = Annotated[tuple[date, ...], MaxLen(MOST_DATES)]
RuleText = Annotated[
    str, MaxLen(200), Pattern(r"[A-Za-z0-9=;,+-]*", "must be a rule such as FREQ=WEEKLY;BYDAY=TU")
]


def _utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError("a moment must have a time zone")
    return moment.astimezone(UTC)


@attrs.frozen(order=True)
class Window:
    """From *start* up to, and without, *end*; both are kept in UTC.

    >>> noon = datetime(2027, 1, 4, 12, tzinfo=UTC)
    >>> Window(noon, noon + timedelta(hours=2)).minutes
    120
    """

    start: datetime = attrs.field(converter=_utc)
    end: datetime = attrs.field(converter=_utc)

    def __attrs_post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError("end must be after start")

    @property
    def minutes(self) -> int:
        """Elapsed whole minutes."""
        return int((self.end - self.start).total_seconds() // 60)

    def overlaps(self, other: Window) -> bool:
        """Whether the two share a moment; windows that only touch do not."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: Window) -> bool:
        """Whether *other* lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def padded(self, before_min: int, after_min: int) -> Window:
        """The window with a buffer of minutes on each side."""
        before, after = timedelta(minutes=before_min), timedelta(minutes=after_min)
        return Window(self.start - before, self.end + after)


def merged(windows: Iterable[Window]) -> tuple[Window, ...]:
    """The same moments in the fewest windows, in order; those that touch are joined."""
    found: list[Window] = []
    for window in sorted(windows, key=_ends):
        if found and window.start <= found[-1].end:
            found[-1] = Window(found[-1].start, max(found[-1].end, window.end))
        else:
            found.append(window)
    return tuple(found)


def _ends(window: Window) -> tuple[datetime, datetime]:
    """By what windows are ordered: plain tuples compare several times faster than the windows."""
    return window.start, window.end


def minus(windows: Iterable[Window], taken: Iterable[Window]) -> tuple[Window, ...]:
    """What is left of *windows* once *taken* is cut out, in order and merged."""
    holes = merged(taken)
    return tuple(piece for window in merged(windows) for piece in _cut(window, holes))


def _cut(window: Window, holes: tuple[Window, ...]) -> Iterator[Window]:
    at = window.start
    for hole in holes:
        if not hole.overlaps(window):
            continue
        if hole.start > at:
            yield Window(at, hole.start)
        at = hole.end
    if at < window.end:
        yield Window(at, window.end)


def covers(windows: Iterable[Window], wanted: Window) -> bool:
    """Whether every moment of *wanted* lies in one of *windows*, which may touch or overlap."""
    return not minus((wanted,), (window for window in windows if window.overlaps(wanted)))


def consecutive(start: datetime, end: datetime, days: int = LONGEST_USE_DAYS) -> tuple[Window, ...]:
    """The windows of at most *days* that tile *start* to *end*, for no use is longer.

    >>> len(consecutive(datetime(2027, 1, 11, tzinfo=UTC), datetime(2028, 1, 11, tzinfo=UTC)))
    12
    """
    whole, step = Window(start, end), timedelta(days)
    count = -((whole.start - whole.end) // step)
    edges = [whole.start + step * n for n in range(count)] + [whole.end]
    return tuple(Window(a, b) for a, b in pairwise(edges))


@attrs.frozen(order=True)
class DateSpan:
    """Local dates from *first* to *last*, both included."""

    first: date
    last: date

    def __attrs_post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("last is before first")

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def days(self) -> int:
        """How many dates it has."""
        return (self.last - self.first).days + 1


@attrs.frozen(field_transformer=constrained)
class Calendar:
    """Dates that a region names: school terms, bank holidays. *assumed*: not yet published.

    *followed_by* is the code of what hours given for this one are renewed for, such as a next term.
    """

    code: Code
    name: Annotated[str, MinLen(1), MaxLen(120)]
    version: Annotated[str, MinLen(1), MaxLen(40)]
    spans: tuple[DateSpan, ...]
    assumed: bool = False
    followed_by: Code | None = None

    def __contains__(self, day: date) -> bool:
        return any(day in span for span in self.spans)

    @property
    def first(self) -> date:
        """Its first day of all."""
        return min(span.first for span in self.spans)

    @property
    def last(self) -> date:
        """Its last day of all."""
        return max(span.last for span in self.spans)


@attrs.frozen(field_transformer=constrained)
class Schedule:
    """Dates by rule, each from one wall time to another.

    Without *rrule* the only date is *first*. The calendars named in *during* and *skip* sieve what
    the rule gives; *extra_dates* stand whatever those say; *except_dates* drop from both.

    >>> weekly = Schedule(date(2027, 1, 5), "10:00", "12:00", "FREQ=WEEKLY;COUNT=2")
    >>> [str(window.start) for window in weekly.windows("Europe/London", {})]
    ['2027-01-05 10:00:00+00:00', '2027-01-12 10:00:00+00:00']
    """

    first: date
    starts: WallTime
    ends: WallTime
    rrule: RuleText = ""
    except_dates: Dates = ()
    extra_dates: Dates = ()
    during: Annotated[tuple[Code, ...], MaxLen(20)] = ()
    skip: Annotated[tuple[Code, ...], MaxLen(20)] = ()

    def __attrs_post_init__(self) -> None:
        if isinstance(self.first, datetime) or self.first.year not in _YEARS:
            raise ValueError("first must be a date between the years 2000 and 2199")
        if self.ends <= self.starts:
            raise ValueError("ends must be after starts; 24:00 is the end of the day")
        if self.rrule:
            parsed(self.rrule)

    def dates(
        self, calendars: Mapping[str, Calendar], cap_days: int = TENURE_DAYS
    ) -> tuple[date, ...]:
        """The dates, ``cap_days`` from the first day that *during* allows at the most.

        Raises ``Invalid`` for a calendar that *calendars* lacks, or for more than 400 dates.
        """
        start = self._opening(_named(calendars, self.during, "during"))
        found = self._until(start + timedelta(cap_days - 1), calendars)
        if len(found) > MOST_DATES:
            raise Invalid({"rrule": [f"gives more than {MOST_DATES} dates: ask for fewer"]})
        return found

    def windows(
        self, zone: str, calendars: Mapping[str, Calendar], cap_days: int = TENURE_DAYS
    ) -> tuple[Window, ...]:
        """The windows of :meth:`dates` on the clocks of *zone* (an IANA name)."""
        return self._placed(self.dates(calendars, cap_days), zone)

    def over(
        self, span: DateSpan, zone: str, calendars: Mapping[str, Calendar]
    ) -> tuple[Window, ...]:
        """The windows of the dates in *span*, which alone caps them: hours that are offered."""
        if span.days > MOST_DATES:
            raise Invalid({"last": [f"must be at most {MOST_DATES} days after first"]})
        days = self._until(span.last, calendars)
        return self._placed((day for day in days if day in span), zone)

    def only(self, days: Collection[date]) -> Schedule:
        """The same times on *days* alone, of which there is one at least."""
        first, *rest = sorted(set(days))
        return attrs.evolve(
            self,
            first=first,
            rrule="",
            except_dates=(),
            extra_dates=tuple(rest),
            during=(),
            skip=(),
        )

    def _opening(self, during: tuple[Calendar, ...]) -> date:
        """The first day from *first* on that lies in *during*; *first* if there is none soon."""
        spans = [span for calendar in during for span in calendar.spans if span.last >= self.first]
        start = max(self.first, min((span.first for span in spans), default=self.first))
        return start if (start - self.first).days <= _WAIT_DAYS else self.first

    def _until(self, last: date, calendars: Mapping[str, Calendar]) -> tuple[date, ...]:
        during = _named(calendars, self.during, "during")
        skip = _named(calendars, self.skip, "skip")
        rule = parsed(self.rrule or "FREQ=DAILY;COUNT=1")
        ruled = {
            day
            for day in occurrences(rule, self.first, last)
            if (not during or any(day in calendar for calendar in during))
            and not any(day in calendar for calendar in skip)
        }
        extra = {day for day in self.extra_dates if self.first <= day <= last}
        return tuple(sorted((ruled | extra) - set(self.except_dates)))

    def _placed(self, days: Iterable[date], zone: str) -> tuple[Window, ...]:
        clock = ZoneInfo(zone)
        pairs = (
            (moment_of(day, self.starts, clock), moment_of(day, self.ends, clock)) for day in days
        )
        return tuple(Window(start, end) for start, end in pairs if start < end)


def _named(
    calendars: Mapping[str, Calendar], codes: tuple[str, ...], field: str
) -> tuple[Calendar, ...]:
    unknown = [code for code in codes if code not in calendars]
    if unknown:
        known = ", ".join(sorted(calendars)) or "none"
        raise Invalid({field: [f"{unknown[0]} is not a calendar of this region ({known})"]})
    return tuple(calendars[code] for code in codes)


def moment_of(day: date, wall: str, clock: ZoneInfo) -> datetime:
    """The moment of *wall* on *day*, in UTC."""
    hours, minutes = int(wall[:2]), int(wall[3:])
    moment = datetime.combine(day, time()) + timedelta(hours=hours, minutes=minutes)
    while not _exists(moment, clock):
        moment += timedelta(minutes=1)
    return moment.replace(tzinfo=clock).astimezone(UTC)


def _exists(moment: datetime, clock: ZoneInfo) -> bool:
    there_and_back = moment.replace(tzinfo=clock).astimezone(UTC).astimezone(clock)
    return there_and_back.replace(tzinfo=None) == moment
