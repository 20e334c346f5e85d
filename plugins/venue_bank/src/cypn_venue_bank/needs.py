"""What groups look for: a space for some time, or storage for some months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Annotated, ClassVar
from zoneinfo import ZoneInfo

from annotated_types import Ge, Le, MaxLen, MinLen
from attrs import evolve, frozen
from dateutil.relativedelta import relativedelta

from cypn_core.domain.constraints import (
    HeadCount,
    Kilometres,
    Pence,
    PlaceName,
    Rare,
    Shown,
    constrained,
)
from cypn_core.domain.postings import Need
from cypn_core.domain.recurrence import MOST_DATES
from cypn_core.domain.region import Region
from cypn_core.domain.times import Schedule, Window, consecutive
from cypn_venue_bank.codes import (
    ROOMS,
    AccessFeature,
    Activity,
    AgeGroup,
    BudgetPer,
    Conduct,
    Facility,
    SpaceType,
    StoreAccess,
    category_of,
)
from cypn_venue_bank.terms import at_their_time, resumed

SEEKER = "seeker"
STORED_MONTHS = 12
"""Storage is agreed for so long at most, and then renewed."""

Area = Annotated[int, Ge(1), Le(10_000)]
OwnKilometres = Annotated[Kilometres, Shown.OWNER]
OwnPence = Annotated[Pence | None, Shown.OWNER]


@frozen(kw_only=True, field_transformer=constrained)
class SpaceNeed(Need):
    """A space for a group: once, every week, or through a holiday, as *when* says."""

    kind: ClassVar[str] = "space_need"
    checklist: ClassVar[str] = SEEKER

    place: PlaceName
    when: Schedule
    headcount: HeadCount
    space_types: Annotated[frozenset[SpaceType], MinLen(1)] = ROOMS
    age_group: AgeGroup = AgeGroup.MIXED
    activity: Annotated[Activity | None, Rare(category_of)] = None
    must: frozenset[Facility] = frozenset()
    nice: frozenset[Facility] = frozenset()
    access_needs: frozenset[AccessFeature] = frozenset()
    quiet: bool = False
    sole_use: bool = False
    """Nobody else in the same space."""
    floor_m2: Area | None = None
    """So much floor at least."""
    declares: frozenset[Conduct] = frozenset()
    """What it brings that a house rule may forbid."""
    max_km: OwnKilometres = 10
    budget_pence: OwnPence = None
    budget_per: Annotated[BudgetPer, Shown.OWNER] = BudgetPer.SESSION
    may_split: bool = False
    """Several spaces may share its dates between them."""
    alternate_weeks: bool = False
    """Every second week is enough, if it has all the dates of those weeks."""
    minimum_dates: Annotated[int, Ge(1), Le(MOST_DATES)] | None = None
    """So many of its dates are enough; None wants them all."""
    or_when: Annotated[tuple[Schedule, ...], MaxLen(5), Shown.OWNER] = ()
    """Other times that would do as well, the better first."""

    def windows(self, region: Region) -> tuple[Window, ...]:
        """Its sessions, capped to the region's tenure."""
        tenure = region.settings.tenure_weeks * 7
        return self.when.windows(region.zone_name, region.calendars, tenure)

    def resumed(self, region: Region, after: dt.date) -> SpaceNeed | None:
        """The same need from the first of its dates after that day on."""
        when = resumed(self.when, region, after)
        others = (resumed(each, region, after) for each in self.or_when)
        left = tuple(each for each in others if each is not None)
        return None if when is None else evolve(self, when=when, or_when=left)

    def alternatives(self) -> tuple[SpaceNeed, ...]:
        """The same need at each of its other times; what it would rather have is kept as one."""
        every = (self.when, *self.or_when)
        return tuple(
            evolve(self, when=when, or_when=tuple(each for each in every if each is not when))
            for when in self.or_when
        )

    def only(self, windows: Collection[Window], region: Region) -> SpaceNeed:
        """The sessions on the dates of *windows*; no more of them are enough than there are.

        Where these all have one other time of the day, as after a move, it is taken over.
        """
        days = {region.today(window.start) for window in windows}
        enough = None if self.minimum_dates is None else min(self.minimum_dates, len(days))
        when = at_their_time(self.when.only(days), windows, region)
        return evolve(self, when=when, or_when=(), minimum_dates=enough)

    @property
    def category(self) -> str:
        """The type of space where one alone will do, else ``space``."""
        (only, *others) = sorted(kind.value for kind in self.space_types)
        return "space" if others else only

    @property
    def people(self) -> int:
        """The group that comes."""
        return self.headcount


@frozen(kw_only=True, field_transformer=constrained)
class StorageNeed(Need):
    """Storage from a day on for some months; *budget_pence* is for a month."""

    kind: ClassVar[str] = "storage_need"
    checklist: ClassVar[str] = SEEKER
    dated_by: ClassVar[str] = "starts_on"

    place: PlaceName
    starts_on: dt.date
    months: Annotated[int, Ge(1), Le(120)]
    area_m2: Area
    access: StoreAccess = StoreAccess.WEEKLY
    lockable: bool = False
    access_needs: frozenset[AccessFeature] = frozenset()
    max_km: OwnKilometres = 10
    budget_pence: OwnPence = None

    def __attrs_post_init__(self) -> None:
        if not 2000 <= self.starts_on.year < 2190:  # noqa: PLR2004 - what a calendar here holds
            raise ValueError("starts_on must be a date between the years 2000 and 2189")

    @property
    def held_months(self) -> int:
        """The months that are agreed at once."""
        return min(self.months, STORED_MONTHS)

    def windows(self, region: Region) -> tuple[Window, ...]:
        """Consecutive windows of at most 31 days, which is the longest use that a store takes."""
        last = self.starts_on + relativedelta(months=self.held_months)
        return consecutive(midnight(self.starts_on, region), midnight(last, region))

    def resumed(self, region: Region, after: dt.date) -> StorageNeed | None:
        """The months that are left of it once those that are agreed at once are over."""
        need = self
        while need.starts_on <= after:
            left = need.months - need.held_months
            if not left:
                return None
            starts_on = need.starts_on + relativedelta(months=need.held_months)
            need = evolve(need, starts_on=starts_on, months=left)
        return need

    def only(self, windows: Collection[Window], region: Region) -> StorageNeed:
        """The months from the first of *windows* to the last, whole ones."""
        first = region.today(min(window.start for window in windows))
        span = relativedelta(region.today(max(window.end for window in windows)), first)
        months = span.years * 12 + span.months + bool(span.days)
        return evolve(self, starts_on=first, months=max(1, months))

    @property
    def category(self) -> str:
        """Storage is counted apart from spaces."""
        return "storage"


def midnight(day: dt.date, region: Region) -> dt.datetime:
    """The start of *day* on the region's clocks."""
    return dt.datetime.combine(day, dt.time(), ZoneInfo(region.zone_name))
