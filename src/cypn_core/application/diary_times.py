"""The moments of a calendar file: wall times, each in the zone that the file names for it."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import define, evolve, field, frozen
from dateutil.tz import tzical
from icalendar import vDDDTypes  # type: ignore[import-untyped]

from cypn_core.domain.errors import Invalid
from cypn_core.domain.times import Window

YEARS: Final = range(1970, 2200)
LONGEST: Final = dt.timedelta(days=400)


@frozen
class Moment:
    """A *wall* time on a *clock*; *all_day* where only its date was said."""

    wall: dt.datetime
    clock: dt.tzinfo
    all_day: bool = False

    @property
    def first(self) -> dt.datetime:
        """When it is in UTC; where the clock change leaves a doubt, the earlier."""
        return min(self._passes())

    @property
    def last(self) -> dt.datetime:
        """When it is in UTC; where the clock change leaves a doubt, the later."""
        return max(self._passes())

    def at(self, wall: dt.datetime) -> Moment:
        """Another wall time on the same clock."""
        return evolve(self, wall=wall)

    def lasting(self, length: dt.timedelta) -> Window:
        """From here on for *length* by the clock on the wall, all doubtful time included."""
        return Window(self.first, self.at(self.wall + length).last)

    def _passes(self) -> list[dt.datetime]:
        here = self.wall.replace(tzinfo=self.clock)
        return [here.replace(fold=fold).astimezone(dt.UTC) for fold in (0, 1)]


@define
class Clocks:
    """The zones by the names that a file gives them; *home* is the region's, for floating times."""

    home: ZoneInfo
    zones: Sequence[str]
    _known: dict[str, dt.tzinfo] = field(factory=dict)

    def moment(self, value: Any, tzid: str | None, where: str) -> Moment:
        """The moment of a parsed *value*.

        :raises Invalid: naming *where*, for an unknown zone and for what is no date or time.
        """
        if not isinstance(value, dt.date) or value.year not in YEARS:
            said = f"must be a date or time between the years {YEARS[0]} and {YEARS[-1]}"
            raise Invalid({where: [said]})
        if not isinstance(value, dt.datetime):
            return Moment(dt.datetime.combine(value, dt.time()), self.home, all_day=True)
        return Moment(value.replace(tzinfo=None), self._clock(value, tzid, where))

    def _clock(self, value: dt.datetime, tzid: str | None, where: str) -> dt.tzinfo:
        if tzid is None:
            return self.home if value.tzinfo is None else dt.UTC
        if tzid not in self._known:
            found = _by_name(tzid) or self._described(tzid)
            if found is None:
                said = "has a TZID that is no known time zone and has no VTIMEZONE: name one such"
                raise Invalid({where: [f"{said} as Europe/London"]})
            self._known[tzid] = found
        return self._known[tzid]

    def _described(self, tzid: str) -> dt.tzinfo | None:
        """The zone that the file itself describes under that name."""
        if not self.zones:
            return None
        try:
            known = tzical(io.StringIO("\r\n".join(self.zones)))
            return known.get(tzid) if tzid in known.keys() else None  # noqa: SIM118 - no mapping
        except (ValueError, TypeError, AttributeError, IndexError):
            said = "cannot be read: name time zones such as Europe/London instead"
            raise Invalid({"VTIMEZONE": [said]}) from None


def _by_name(tzid: str) -> dt.tzinfo | None:
    """A zone of the IANA database, by its own name, its name in Windows, or behind a prefix."""
    parts = tzid.strip("/").split("/")
    for name in ("/".join(parts), "/".join(parts[-2:]), "/".join(parts[-3:])):
        for reading in (str, _windows):
            if found := _iana(reading, name):
                return found
    return None


def _iana(reading: Callable[[str], str], name: str) -> dt.tzinfo | None:
    try:
        return ZoneInfo(reading(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _windows(name: str) -> str:
    """The zone as which the calendar library reads *name*, such as GMT Standard Time."""
    return str(vDDDTypes.from_ical("20270101T000000", name).tzinfo)
