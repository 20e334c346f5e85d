"""What may be asked for on behalf of groups: when, and about how much a week, never who.

Only of a count that is told. A time of the week is told where that part of the count is; the day
only where every group of the part wants the same one, so that no smaller part can be worked out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from attrs import frozen

from cypn_core.application.withheld import Json
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.times import Window

ANY_TIME = "any time"


@frozen(kw_only=True)
class Wish:
    """What one group lacks of a kind, at the time that it wants most."""

    group: OrganisationId
    time: str
    weekdays: frozenset[int]
    """0 is Monday."""
    weekly_minutes: int


def wanted_on(windows: Iterable[Window], zone: ZoneInfo) -> frozenset[int]:
    """The days of the week on which *windows* start."""
    return frozenset(window.start.astimezone(zone).weekday() for window in windows)


def a_week(windows: Iterable[Window], zone: ZoneInfo) -> int:
    """How many minutes *windows* take in a week in which there are any, rounded."""
    weeks: Counter[tuple[int, int]] = Counter()
    for window in windows:
        weeks[window.start.astimezone(zone).isocalendar()[:2]] += window.minutes
    return round(sum(weeks.values()) / len(weeks)) if weeks else 0


def ask(row: Json, wishes: Iterable[Wish]) -> Json | None:
    """What to ask for because of *row*, as it may be told; None where its count is withheld.

    ``groups`` want it at ``time`` (None: at different times), on ``weekday`` (0 is Monday; None: on
    different days), ``hours_a_week`` together; None where it is not by the hour.
    """
    if row["groups"] is None:
        return None
    mine = _each_once(wishes)
    time = max(row["times"], key=lambda part: (row["times"][part], part), default=None)
    wanted = mine if time is None else [wish for wish in mine if wish.time == time]
    days = frozenset[int].union(*(wish.weekdays for wish in wanted)) if wanted else frozenset[int]()
    timed = time not in {None, ANY_TIME}
    return {
        "groups": row["groups"] if time is None else row["times"][time],
        "time": time if timed else None,
        "weekday": min(days) if timed and len(days) == 1 else None,
        "hours_a_week": _hours(wanted) if timed else None,
    }


def kept_to(row: Json) -> Json:
    """*row* without an ask of a time that it does not tell."""
    asked: Mapping[str, object] | None = row.get("ask")
    if asked is None or asked["time"] is None or asked["time"] in row["times"]:
        return row
    alone = {"groups": row["groups"], "time": None, "weekday": None, "hours_a_week": None}
    return {**row, "ask": alone}


def _each_once(wishes: Iterable[Wish]) -> list[Wish]:
    """One wish a group, at the time that it is counted at: what it wants then, taken together."""
    found: dict[OrganisationId, list[Wish]] = defaultdict(list)
    for wish in wishes:
        found[wish.group].append(wish)
    return [
        Wish(
            group=group,
            time=each[0].time,
            weekdays=frozenset[int].union(*(wish.weekdays for wish in each)),
            weekly_minutes=sum(wish.weekly_minutes for wish in each),
        )
        for group, each in found.items()
    ]


def _hours(wishes: Iterable[Wish]) -> int | None:
    """Whole hours, at least one; None of nothing."""
    minutes = sum(wish.weekly_minutes for wish in wishes)
    return max(1, (minutes + 30) // 60) if minutes else None
