"""What a group asks for: one outing, there and back."""

from __future__ import annotations

import datetime as dt
from enum import Enum
from typing import Annotated, ClassVar

from annotated_types import Ge, Le, MinLen
from attrs import frozen

from cypn_core.domain.constraints import Pence, PlaceName, Shown, WallTime, constrained
from cypn_core.domain.postings import Need
from cypn_core.domain.region import Region
from cypn_core.domain.times import Schedule, Window
from cypn_transport.offers import PassengerClass

_People = Annotated[int, Ge(0), Le(100)]
YEARS = range(2000, 2200)


class AgeBand(Enum):
    """Ages in bands: the hub takes no child's age."""

    UNDER_5 = "under_5"
    FROM_5 = "5_to_7"
    FROM_8 = "8_to_10"
    FROM_11 = "11_to_13"
    FROM_14 = "14_to_17"
    ADULTS = "18_plus"


YOUNG = frozenset({AgeBand.UNDER_5, AgeBand.FROM_5})


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
    wheelchair_users: Annotated[int, Ge(0), Le(20)] = 0
    ages: frozenset[AgeBand] = frozenset()
    needs_driver: bool = True
    may_share: bool = False
    passengers_pay: bool = False
    """Whether anybody pays for being carried, in cash or kind, fees of a club or camp included."""
    own_permit: bool = False
    """Whether the group holds a permit of its own, with a disc for this outing."""
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
        """All who ride."""
        return self.passengers

    @property
    def passengers(self) -> int:
        """Everybody who rides: children and the adults with them."""
        return self.children + self.adults

    @property
    def seated(self) -> int:
        """Those of them who need a seat."""
        return self.passengers - self.wheelchair_users

    @property
    def returns_on(self) -> dt.date:
        """The local date on which they are back."""
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
        """The time for which a vehicle is wanted: once in all, or once for each way."""
        start = _moment(self.on, self.leaves, region)
        end = _moment(self.returns_on, self.back_by, region)
        if self.away is None:
            return (Window(start, end),) if start < end else ()
        there = _moment(self.on, self.away.arrives, region)
        back = _moment(self.returns_on, self.away.back_from, region)
        return (Window(start, there), Window(back, end)) if start < there <= back < end else ()


def _moment(day: dt.date, wall: str, region: Region) -> dt.datetime:
    """*wall* on *day* in UTC, as a schedule reads it on a night when the clocks change."""
    whole = wall == "24:00"
    (rest,) = Schedule(day, "00:00" if whole else wall, "24:00").windows(region.zone_name, {})
    return rest.end if whole else rest.start


def _contradiction(need: TripNeed) -> str | None:
    """What does not add up, after the name of the field, or None."""
    if need.on.year not in YEARS or need.returns_on.year not in YEARS:
        return "on must be a date between the years 2000 and 2199"
    if need.passengers < 1:
        return "children and adults are 0 together: say how many people ride"
    if need.wheelchair_users > need.passengers:
        return "wheelchair_users must be among the children and adults: count them there too"
    return _untimely(need)


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
