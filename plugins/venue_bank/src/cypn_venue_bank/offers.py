"""What holders give: spaces with their hours, and storage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Annotated, ClassVar

from annotated_types import Ge, Le, MaxLen, MinLen
from attrs import evolve, frozen

from cypn_core.domain.constraints import (
    Code,
    HeadCount,
    Minutes,
    PlaceName,
    Shown,
    constrained,
)
from cypn_core.domain.ids import fingerprint
from cypn_core.domain.postings import Claim, Need, Offer, Unit
from cypn_core.domain.region import Region
from cypn_core.domain.times import DateSpan, Schedule, Window, merged, minus
from cypn_venue_bank.codes import (
    AccessFeature,
    Basis,
    Conduct,
    Entry,
    Facility,
    Neighbour,
    SpaceType,
    StoreAccess,
)
from cypn_venue_bank.needs import STORED_MONTHS, Area, StorageNeed, midnight
from cypn_venue_bank.prices import Price
from cypn_venue_bank.terms import following, last_term

HOLDER = "holder"
ROOM, STORE = "room", "store"

_YEAR = 365
_DAY_MINUTES = 24 * 60
_FAR = dt.date(2199, 12, 31)
_BOTH = "no_access_features must not name what access_features names"
Years = Annotated[int, Ge(0), Le(120)]
Hours = Annotated[int, Ge(0), Le(90 * 24)]
Codes = Annotated[tuple[Code, ...], MaxLen(20)]
Schedules = Annotated[tuple[Schedule, ...], MaxLen(50)]


@frozen(kw_only=True, field_transformer=constrained)
class HouseRule:
    """Something that a holder forbids, and since when that has been published."""

    forbids: Conduct
    published: dt.date


@frozen(kw_only=True, field_transformer=constrained)
class SpaceOffer(Offer):
    """A space, and the hours in which its holder gives it to the hub.

    A facility or access feature named neither as there nor as not there is unknown, and unknown
    never counts as there. *parts* are the leaf units of a divisible space: taking the whole takes
    each of them, and two offers of one holder share those that they both name in one *building*.
    """

    kind: ClassVar[str] = "space_offer"
    checklist: ClassVar[str] = HOLDER
    role: ClassVar[str] = ROOM
    own_use_by: ClassVar[str] = "existing_hours"

    place: PlaceName
    space_type: SpaceType
    capacity: HeadCount
    hours: Annotated[Schedules, MinLen(1)]
    parts: Annotated[tuple[Annotated[Code, MaxLen(40)], ...], MaxLen(20)] = ()
    building: Code | None = None
    """Tells the parts of one building from those of its holder's others."""
    closes_on: Codes = ()
    """Calendars on whose days it is shut, such as bank holidays; told to whoever asks."""
    existing_hours: Annotated[Schedules, Shown.OWNER] = ()
    """Hours that earlier users keep; never told, they are merely not available."""
    facilities: frozenset[Facility] = frozenset()
    no_facilities: frozenset[Facility] = frozenset()
    access_features: frozenset[AccessFeature] = frozenset()
    no_access_features: frozenset[AccessFeature] = frozenset()
    quiet: bool | None = None
    floor_m2: Area | None = None
    entry: Entry | None = None
    sole_use: bool | None = None
    shared_toilets: bool | None = None
    shared_entrance: bool | None = None
    host_present: bool | None = None
    beside: frozenset[Neighbour] = frozenset()
    """Who else is in the building in those hours."""
    youngest: Years | None = None
    oldest: Years | None = None
    price: Price | None = None
    house_rules: Annotated[tuple[HouseRule, ...], MaxLen(20)] = ()
    minimum_minutes: Minutes = 0
    maximum_minutes: Minutes | None = None
    starts_every: Annotated[int, Ge(0), Le(120)] = 0
    """Minutes between the times at which a use may start, from midnight on; 0 for any."""
    notice_hours: Hours = 0
    caretaker_hours: Hours = 0
    """The notice that whoever opens needs; the longer of the two counts."""
    set_up_minutes: Minutes = 0
    clear_up_minutes: Minutes = 0

    def __attrs_post_init__(self) -> None:
        if problem := _space_clash(self):
            raise ValueError(problem)

    @property
    def buffers(self) -> tuple[int, int]:
        """Minutes to set up before, and to clear up after, each use."""
        return (self.set_up_minutes, self.clear_up_minutes)

    @property
    def category(self) -> str:
        """The type of space."""
        return self.space_type.value

    def units(self) -> tuple[Unit, ...]:
        """Its parts, or the space as one."""
        return tuple(Unit(code=self._named(part)) for part in self.parts) or (Unit(),)

    def _named(self, part: str) -> str:
        """*part* by a code that no part of another building has."""
        return part if self.building is None else f"b{fingerprint(self.building, part)}"

    def given(self, region: Region, span: DateSpan) -> tuple[Window, ...]:
        """Its hours without closing days, and without what earlier users and their buffers take."""
        shut = [evolve(each, skip=(*each.skip, *self.closes_on)) for each in self.hours]
        before, after = self.buffers
        kept = [w.padded(after, before) for w in _over(self.existing_hours, region, span)]
        return minus(merged(_over(shut, region, span)), kept)

    def own_use(self, region: Region, span: DateSpan) -> tuple[Window, ...]:
        """The hours of its earlier users."""
        return merged(_over(self.existing_hours, region, span))

    def term_end(self, region: Region, today: dt.date) -> dt.date | None:
        """When the first of its hours end that may be renewed."""
        renewable = (each for each in self.hours if following(each, region, today))
        terms = (last_term(each, region) for each in renewable)
        return min((term.last for term in terms if term), default=None)

    def renewed(self, region: Region, today: dt.date) -> SpaceOffer | None:
        """Its hours for the next term too; what earlier users keep does not grow with them."""
        hours = tuple(following(each, region, today) or each for each in self.hours)
        return None if hours == self.hours else evolve(self, hours=hours)


@frozen(kw_only=True, field_transformer=constrained)
class StorageOffer(Offer):
    """Somewhere to keep things, from a day on; *divisible* when several may share its floor."""

    kind: ClassVar[str] = "storage_offer"
    checklist: ClassVar[str] = HOLDER
    role: ClassVar[str] = STORE

    place: PlaceName
    area_m2: Area
    available_from: dt.date
    available_until: dt.date | None = None
    divisible: bool = False
    access: StoreAccess | None = None
    lockable: bool | None = None
    access_features: frozenset[AccessFeature] = frozenset()
    no_access_features: frozenset[AccessFeature] = frozenset()
    price: Price | None = None
    minimum_months: Annotated[int, Ge(1), Le(STORED_MONTHS)] = 1
    notice_hours: Hours = 0

    def __attrs_post_init__(self) -> None:
        if problem := _storage_clash(self):
            raise ValueError(problem)

    @property
    def category(self) -> str:
        """Storage is counted apart from spaces."""
        return "storage"

    def units(self) -> tuple[Unit, ...]:
        """Its floor: as a whole, or by the square metre."""
        return (Unit(capacity=self.area_m2 if self.divisible else 1),)

    def claims(self, need: Need) -> tuple[Claim, ...]:
        """Of a divisible store the square metres wanted, as far as there are any."""
        (floor,) = self.units()
        if self.divisible and isinstance(need, StorageNeed):
            return (Claim(floor, min(need.area_m2, self.area_m2)),)
        return (Claim(floor, floor.capacity),)

    def given(self, region: Region, span: DateSpan) -> tuple[Window, ...]:
        """All hours of the days on which it is available."""
        first = max(self.available_from, span.first)
        last = min(self.available_until or _FAR, span.last)
        if last < first:
            return ()
        after = last + dt.timedelta(days=1)
        return (Window(midnight(first, region), midnight(after, region)),)


def _space_clash(offer: SpaceOffer) -> str | None:
    """What the fields of *offer* may not be together, or None."""
    basis = offer.price.basis if offer.price else None
    clashes = {
        "no_facilities must not name what facilities names": offer.facilities & offer.no_facilities,
        _BOTH: offer.access_features & offer.no_access_features,
        "parts must not name the same part twice": len(set(offer.parts)) < len(offer.parts),
        "set_up_minutes must be less than a day together with clear_up_minutes": (
            sum(offer.buffers) >= _DAY_MINUTES
        ),
        "oldest must be at least youngest": _below(offer.oldest, offer.youngest),
        "maximum_minutes must be at least minimum_minutes": _below(
            offer.maximum_minutes, offer.minimum_minutes
        ),
        "price must be by the hour or the session, at cost or free": basis is Basis.PER_MONTH,
    }
    return next((said for said, holds in clashes.items() if holds), None)


def _storage_clash(offer: StorageOffer) -> str | None:
    """What the fields of *offer* may not be together, or None."""
    basis = offer.price.basis if offer.price else None
    last = offer.available_until
    clashes = {
        _BOTH: offer.access_features & offer.no_access_features,
        "available_until must not be before available_from": last and last < offer.available_from,
        "price must be by the month, at cost or free": basis in {Basis.PER_HOUR, Basis.PER_SESSION},
    }
    return next((said for said, holds in clashes.items() if holds), None)


def _below(high: int | None, low: int | None) -> bool:
    return high is not None and low is not None and high < low


def _over(schedules: Iterable[Schedule], region: Region, span: DateSpan) -> Iterator[Window]:
    for schedule in schedules:
        for part in _years(span):
            yield from schedule.over(part, region.zone_name, region.calendars)


def _years(span: DateSpan) -> Iterator[DateSpan]:
    """*span* in parts of a year at most: a schedule is expanded over no more at once."""
    for offset in range(0, span.days, _YEAR):
        first = span.first + dt.timedelta(days=offset)
        yield DateSpan(first, min(span.last, first + dt.timedelta(days=_YEAR - 1)))
