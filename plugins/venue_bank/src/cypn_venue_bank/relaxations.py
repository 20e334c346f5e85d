"""How a need may yield, cheapest first. What people need to take part is never bargained away."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator

from attrs import evolve

from cypn_core.domain.postings import Need
from cypn_core.domain.times import Schedule
from cypn_core.matching.near import Relaxed
from cypn_venue_bank.needs import SpaceNeed, StorageNeed
from cypn_venue_bank.words import WORDS

_STEP = 30
_SHORTEST = 60
_DAY = 24 * 60
_FARTHEST = 200
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def relaxations(need: Need) -> Iterable[Relaxed]:
    """Everything that *need* may yield, one thing at a time; costs compare them."""
    if isinstance(need, SpaceNeed):
        yield from _shifted(need)
        yield from _shorter(need)
        yield from _without(need)
        yield from _next_day(need)
        yield from _farther(need)
    elif isinstance(need, StorageNeed):
        yield from _farther(need)
        yield from _later(need)


def _shifted(need: SpaceNeed) -> Iterator[Relaxed]:
    """The same length, half an hour or an hour later or earlier."""
    when = need.when
    for by in (_STEP, -_STEP, 2 * _STEP, -2 * _STEP):
        starts, ends = _minutes(when.starts) + by, _minutes(when.ends) + by
        if starts >= 0 and ends <= _DAY:
            moved = evolve(when, starts=_wall(starts), ends=_wall(ends))
            said = f"{moved.starts} instead of {when.starts}"
            yield Relaxed(body=evolve(need, when=moved), cost=abs(by) / _STEP, sentence=said)


def _shorter(need: SpaceNeed) -> Iterator[Relaxed]:
    """Half an hour less, where an hour is left."""
    ends = _minutes(need.when.ends) - _STEP
    if ends - _minutes(need.when.starts) >= _SHORTEST:
        when = evolve(need.when, ends=_wall(ends))
        said = f"half an hour shorter, until {when.ends}"
        yield Relaxed(body=evolve(need, when=when), cost=1.5, sentence=said)


def _without(need: SpaceNeed) -> Iterator[Relaxed]:
    """Without one of the facilities that it must have."""
    for facility in sorted(need.must, key=lambda each: each.value):
        body = evolve(need, must=need.must - {facility})
        yield Relaxed(body=body, cost=3, sentence=f"without: {WORDS[facility.value]}")


def _next_day(need: SpaceNeed) -> Iterator[Relaxed]:
    """A day later, in every week."""
    moved = _day_later(need.when)
    if moved is not None:
        old, new = need.when.first, moved.first
        said = f"{new:%A} {new.day} {new:%b} instead of {old:%A} {old.day} {old:%b}"
        if need.when.rrule:
            said = f"{_weekdays(moved)} instead of {_weekdays(need.when)}"
        yield Relaxed(body=evolve(need, when=moved), cost=4, sentence=said)


def _farther(need: SpaceNeed | StorageNeed) -> Iterator[Relaxed]:
    for more in (2, 5):
        limit = need.max_km + more
        if limit <= _FARTHEST:
            said = f"up to {limit} km away instead of {need.max_km}"
            yield Relaxed(body=evolve(need, max_km=limit), cost=more, sentence=said)


def _later(need: StorageNeed) -> Iterator[Relaxed]:
    """A store that is free four weeks later."""
    starts = need.starts_on + dt.timedelta(weeks=4)
    said = f"from {starts.day} {starts:%b %Y}, four weeks later"
    yield Relaxed(body=evolve(need, starts_on=starts), cost=3, sentence=said)


def _day_later(when: Schedule) -> Schedule | None:
    """*when* with each date a day later; None where its rule does not go by weekdays alone."""
    weekly = re.search(r"FREQ=WEEKLY", when.rrule, re.IGNORECASE)
    if when.rrule and not weekly:
        return None
    day = dt.timedelta(days=1)
    return evolve(
        when,
        first=when.first + day,
        rrule=re.sub(r"(?i)(?<=BYDAY=)[A-Z,]+", _next_weekdays, when.rrule),
        except_dates=tuple(each + day for each in when.except_dates),
        extra_dates=tuple(each + day for each in when.extra_dates),
    )


def _next_weekdays(found: re.Match[str]) -> str:
    days = found.group().upper().split(",")
    return ",".join(_DAYS[(_DAYS.index(day) + 1) % len(_DAYS)] for day in days)


def _weekdays(when: Schedule) -> str:
    found = re.search(r"(?i)(?<=BYDAY=)[A-Z,]+", when.rrule)
    days = found.group().upper().split(",") if found else [_DAYS[when.first.weekday()]]
    return " and ".join(f"{_NAMES[_DAYS.index(day)]}s" for day in days)


def _minutes(wall: str) -> int:
    return int(wall[:2]) * 60 + int(wall[3:])


def _wall(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
