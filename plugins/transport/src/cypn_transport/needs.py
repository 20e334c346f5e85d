"""What a group asks for: one outing, there and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from enum import Enum
from typing import Annotated, ClassVar
from zoneinfo import ZoneInfo

from annotated_types import Ge, Le, MaxLen, MinLen
from attrs import evolve, field, frozen

from cypn_core.domain.constraints import Code, Pence, PlaceName, Shown, WallTime, constrained
from cypn_core.domain.postings import Need
from cypn_core.domain.region import Region
from cypn_core.domain.times import Dates, DateSpan, Schedule, Window, moment_of
from cypn_transport.offers import ChildSeats, PassengerClass

_People = Annotated[int, Ge(0), Le(100)]
YEARS = range(2000, 2200)
_WEEK_DAYS = 7
_AHEAD = dt.timedelta(days=366)


class AgeBand(Enum):
    """Ages in bands: the hub takes no child's age."""

    UNDER_5 = "under_5"
    FROM_5 = "5_to_7"
    FROM_8 = "8_to_10"
    FROM_11 = "11_to_13"
    FROM_14 = "14_to_17"
    ADULTS = "18_plus"


class Every(Enum):
    """How often an outing is."""

    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"


_RULES = {Every.WEEKLY: "FREQ=WEEKLY", Every.FORTNIGHTLY: "FREQ=WEEKLY;INTERVAL=2"}
YOUNG = frozenset({AgeBand.UNDER_5, AgeBand.FROM_5})


@frozen(kw_only=True, field_transformer=constrained)
class Repeats:
    """The same outing again and again: *every* so often up to and with the day *until*."""

    every: Every
    until: dt.date
    during: Annotated[tuple[Code, ...], MaxLen(20)] = ()
    """The calendars of the region in which it lies, such as school terms."""
    except_dates: Dates = ()


@frozen(kw_only=True, field_transformer=constrained)
class Away:
    """Between *arrives*, on the first day, and *back_from*, on the last, nobody need wait."""

    arrives: WallTime
    back_from: WallTime


@frozen(kw_only=True, field_transformer=constrained)
class TripNeed(Need):
    """An outing from *place* to *destination* and back. Times are the region's wall clock.

    Without *away* vehicle and driver stay with the group; with it they are free in between.
    *wheelchair_users* are among the children and adults; all who ride count, and the driver does
    not. *distance_km*, by road and one way, is for a destination that the gazetteer lacks.
    """

    kind: ClassVar[str] = "trip_need"
    checklist: ClassVar[str] = "seeker"
    dated_by: ClassVar[str] = "on"

    place: PlaceName
    destination: PlaceName
    on: dt.date
    leaves: WallTime
    back_by: WallTime
    children: _People
    adults: _People
    nights: Annotated[int, Ge(0), Le(14)] = 0
    """How many nights lie between leaving and coming back."""
    away: Away | None = None
    repeats: Repeats | None = None
    flexible_minutes: Annotated[int, Ge(0), Le(120)] = 0
    """By so much leaving and coming back may be earlier or later."""
    wheelchair_users: Annotated[int, Ge(0), Le(20)] = 0
    ages: frozenset[AgeBand] = frozenset()
    child_seats: ChildSeats = field(factory=ChildSeats)
    """Those that the vehicle must have; not those that the group brings."""
    needs_driver: bool = True
    needs_escort: bool = False
    """Whether somebody is wanted who rides along and looks after the passengers."""
    may_share: bool = False
    passengers_pay: bool = False
    """Whether anybody pays for being carried, in cash or kind, fees of a club or camp included."""
    own_permit: bool = False
    """Whether the group holds a standard permit of its own, with a disc for this outing."""
    open_to_public: bool = False
    """Whether anybody may ride along, and not just those whom the group knows."""
    classes: Annotated[frozenset[PassengerClass], MinLen(1)] = frozenset(
        {PassengerClass.BENEFICIARIES}
    )
    budget_pence: Annotated[Pence, Shown.OWNER] | None = None
    distance_km: Annotated[int, Ge(1), Le(1000)] | None = None

    def __attrs_post_init__(self) -> None:
        if problem := _contradiction(self):
            raise ValueError(problem)

    @property
    def people(self) -> int:
        """All who ride but the driver: an escort of the hub's takes a seat too."""
        return self.passengers + self.needs_escort

    @property
    def passengers(self) -> int:
        """Everybody of the group who rides: children and the adults with them."""
        return self.children + self.adults

    @property
    def seated(self) -> int:
        """Those who need a seat, an escort of the hub's among them."""
        return self.people - self.wheelchair_users

    @property
    def returns_on(self) -> dt.date:
        """The local date on which they are back, the first time."""
        return self.on + dt.timedelta(self.nights)

    @property
    def waits(self) -> bool:
        """Whether vehicle and driver stay with the group."""
        return self.away is None

    @property
    def category(self) -> str:
        """Counted apart where wheelchair users ride."""
        return "accessible_trip" if self.wheelchair_users else "trip"

    def stops(self) -> tuple[str, ...]:
        """Where the outing goes."""
        return (self.destination,)

    def windows(self, region: Region) -> tuple[Window, ...]:
        """The times for which a vehicle is wanted: on each date once in all, or once each way."""
        return tuple(w for day in self.days(region) for w in self._on(day, region))

    def days(self, region: Region) -> tuple[dt.date, ...]:
        """The dates on which it leaves, capped to the region's tenure.

        :raises Invalid: for a calendar that the region lacks.
        """
        if self.repeats is None:
            return (self.on,)
        return self._rule(self.repeats).dates(region.calendars, region.settings.tenure_weeks * 7)

    def _rule(self, repeats: Repeats) -> Schedule:
        rule = f"{_RULES[repeats.every]};UNTIL={repeats.until:%Y%m%d}"
        return Schedule(
            self.on, "00:00", "24:00", rule, repeats.except_dates, during=repeats.during
        )

    def _on(self, day: dt.date, region: Region) -> tuple[Window, ...]:
        last, zone = day + dt.timedelta(self.nights), ZoneInfo(region.zone_name)
        start, end = moment_of(day, self.leaves, zone), moment_of(last, self.back_by, zone)
        if self.away is None:
            return (Window(start, end),) if start < end else ()
        there = moment_of(day, self.away.arrives, zone)
        back = moment_of(last, self.away.back_from, zone)
        return (Window(start, there), Window(back, end)) if start < there <= back < end else ()

    def resumed(self, region: Region, after: dt.date) -> TripNeed | None:
        """The same outing from its first date after that day on; None when there is no more."""
        if self.repeats is None:
            return None
        tomorrow = after + dt.timedelta(days=1)
        if self.repeats.until < tomorrow:
            return None
        span = DateSpan(tomorrow, min(self.repeats.until, after + _AHEAD))
        left = self._rule(self.repeats).over(span, region.zone_name, region.calendars)
        return evolve(self, on=region.today(left[0].start)) if left else None

    def only(self, windows: Collection[Window], region: Region) -> TripNeed:
        """The outing on the dates of *windows* alone, both ways.

        One that was moved is at the time of the day that it has now.
        """
        days = sorted(self._leaving(windows, region))
        return _at_its_time(self._dated(days, region), windows, region)

    def _leaving(self, windows: Collection[Window], region: Region) -> set[dt.date]:
        """The dates on which the outings of *windows* leave."""
        known = {w: day for day in self.days(region) for w in self._on(day, region)}
        return {known.get(window) or region.today(window.start) for window in windows}

    def _dated(self, days: list[dt.date], region: Region) -> TripNeed:
        if self.repeats is None or len(days) == 1:
            return evolve(self, on=days[0], repeats=None)
        dropped = {day for day in self.days(region) if days[0] < day < days[-1]} - set(days)
        skips = tuple(sorted({*self.repeats.except_dates, *dropped}))
        repeats = evolve(self.repeats, until=days[-1], except_dates=skips)
        return evolve(self, on=days[0], repeats=repeats)


def _at_its_time(need: TripNeed, windows: Collection[Window], region: Region) -> TripNeed:
    """*need* from when to when the one window says, where it has but one and that is another."""
    if need.away is not None or need.repeats is not None or len(windows) != 1:
        return need
    (window,) = windows
    if need.windows(region) == (window,):
        return need
    zone = ZoneInfo(region.zone_name)
    start, end = window.start.astimezone(zone), window.end.astimezone(zone)
    nights = (end.date() - start.date()).days
    return evolve(
        need, on=start.date(), leaves=f"{start:%H:%M}", back_by=f"{end:%H:%M}", nights=nights
    )


def _contradiction(need: TripNeed) -> str | None:
    """What does not add up, after the name of the field, or None."""
    if need.on.year not in YEARS or need.returns_on.year not in YEARS:
        return "on must be a date between the years 2000 and 2199"
    if need.passengers < 1:
        return "children and adults are 0 together: say how many people ride"
    if need.wheelchair_users > need.passengers:
        return "wheelchair_users must be among the children and adults: count them there too"
    if need.child_seats.all > need.children:
        return "child_seats are more than children: say how many of them need one"
    return _untimely(need) or _unrepeatable(need)


def _untimely(need: TripNeed) -> str | None:
    leaves, back = (need.on, need.leaves), (need.returns_on, need.back_by)
    if back <= leaves:
        return "back_by must be after leaves"
    if need.away is None:
        return None
    there, home = (need.on, need.away.arrives), (need.returns_on, need.away.back_from)
    if not leaves < there <= home < back:
        return "away must lie between leaves and back_by: arrives first, back_from later"
    return None


def _unrepeatable(need: TripNeed) -> str | None:
    if need.repeats is None:
        return None
    if need.repeats.until <= need.on or need.repeats.until.year not in YEARS:
        return "repeats.until must be after on, before the year 2200"
    if need.nights >= _WEEK_DAYS:
        return "repeats cannot be so often while nights are seven or more"
    return None
