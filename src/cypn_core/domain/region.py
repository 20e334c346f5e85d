"""What differs from one network to the next: places, calendars, checklists, words and limits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import attrs
from annotated_types import Ge, Le, MaxLen, MinLen

from cypn_core.domain.constraints import Code, constrained
from cypn_core.domain.errors import BadRegion, Invalid
from cypn_core.domain.places import Gazetteer, Place, Postcode, Spot, Ward, Zone, key
from cypn_core.domain.roads import Roads, contradictions
from cypn_core.domain.times import Calendar, moment_of

_Days = Annotated[int, Ge(1), Le(366)]
_Hours = Annotated[int, Ge(0), Le(31 * 24)]
_Few = Annotated[int, Ge(1), Le(100)]
_Words = Annotated[str, MinLen(1), MaxLen(300)]


@attrs.frozen(kw_only=True, field_transformer=constrained)
class Settings:
    """The limits that a network chooses; days are calendar days unless said otherwise."""

    freshness_days: _Days = 90
    """A listing not confirmed for so long is hidden from search."""
    reminder_days: _Days = 14
    """How long before that its holder is reminded."""
    tenure_weeks: Annotated[int, Ge(1), Le(52)] = 13
    """The longest that a series holds a slot before it is renewed."""
    notice_days: _Days = 28
    """Notice given when a slot is not renewed because an eligible need waits."""
    small_count: _Few = 3
    """Counts below it are never published; 1 and 2 hide nothing and count as 3."""
    evidence_days: _Days = 90
    """How far back needs that expired unmet are evidence."""
    answer_days: Annotated[int, Ge(1), Le(30)] = 3
    """Working days in which whoever is asked has to answer."""
    window_hours: _Hours = 72
    """How long a contested slot stays open to others."""
    instant_hours: _Hours = 48
    """Nearer to the start than this, the first to reach the guard wins."""
    visit_days: Annotated[int, Ge(0), Le(31)] = 7
    """How long after an agreement the asker may still leave freely."""
    contact_days: Annotated[int, Ge(0), Le(366)] = 28
    """How long after the last time of a deal its parties still read names and contacts."""
    fill_days: Annotated[int, Ge(0), Le(31)] = 3
    """How long before its first time a deal that still lacks a part is given up."""
    together_days: Annotated[int, Ge(0), Le(366)] = 21
    """How long before its first time a need is put together with others, a day at a time; 0: never.

    In exchanges that can; the coordinator may have it done at any time.
    """
    suspension_days: Annotated[int, Ge(0), Le(31)] = 7
    """The longest that a suspended use is held."""
    lapse_warning_days: _Days = 30
    """How long before a check lapses its owner is warned."""
    turn_days: _Days = 365
    """How far back what was served counts in the turn order."""
    decline_flag: _Few = 3
    """Declines of eligible requests that raise a flag."""
    decline_days: _Days = 90
    """The days within which they do."""
    rare_activity: _Few = 3
    """An activity of fewer organisations than this is shown by its wider category."""
    zone_minimum: _Few = 5
    """Zones with fewer offering organisations are merged."""
    near_misses: Annotated[int, Ge(0), Le(50)] = 5
    """How many near misses an answer gives."""
    daily_needs: Annotated[int, Ge(1), Le(1000)] = 20
    """How many needs one organisation may post or change in a day."""
    keep_requests_days: _Days = 30
    """How long the answer to a request is kept for whoever sends it again with its key."""
    keep_spent_days: Annotated[int, Ge(14), Le(3660)] = 90
    """How long mail that is over, links that have expired and revoked feeds are kept."""
    keep_complaints_days: Annotated[int, Ge(90), Le(3660)] = 730
    """How long a complaint that was answered is kept."""
    season_seconds: Annotated[int, Ge(1), Le(3600)] = 60
    """How long a season may be solved before the best found so far is taken."""


@attrs.frozen(field_transformer=constrained)
class Checklist:
    """What an organisation must have shown in *role*, and for how many months that stands."""

    role: Code
    version: Annotated[str, MinLen(1), MaxLen(40)]
    items: Annotated[tuple[_Words, ...], MinLen(1), MaxLen(30)]
    valid_months: Annotated[int, Ge(1), Le(60)]
    sources: tuple[_Words, ...] = ()


@attrs.frozen(kw_only=True, field_transformer=constrained)
class Region:
    """One network's own facts. Raises ``BadRegion`` where they contradict each other.

    *zone_name* is the IANA time zone; *exchanges* holds each exchange's own table, which that
    exchange reads; *ward_shapes* is GeoJSON, empty where there is none.
    """

    code: Code
    name: Annotated[str, MinLen(1), MaxLen(120)]
    zone_name: Annotated[str, MinLen(1), MaxLen(60)]
    places: tuple[Place, ...]
    wards: tuple[Ward, ...] = ()
    zones: tuple[Zone, ...] = ()
    postcodes: Mapping[str, Postcode] = attrs.field(factory=dict, repr=False)
    calendars: Mapping[str, Calendar] = attrs.field(factory=dict)
    checklists: tuple[Checklist, ...] = ()
    words: Mapping[str, str] = attrs.field(factory=dict)
    settings: Settings = attrs.field(factory=Settings)
    travel: Roads = attrs.field(factory=Roads)
    exchanges: Mapping[str, Mapping[str, Any]] = attrs.field(factory=dict)
    ward_shapes: bytes = attrs.field(default=b"", repr=False)
    _gazetteer: Gazetteer = attrs.field(init=False, repr=False, eq=False)

    @_gazetteer.default
    def _index(self) -> Gazetteer:
        return Gazetteer(self.name, self.places, self.wards, self.zones, self.postcodes)

    def __attrs_post_init__(self) -> None:
        for field, problem in _contradictions(self):
            raise BadRegion(field, problem)

    def find(self, text: str, field: str = "place", *, outside: bool = False) -> Spot:
        """What *text* means here; ``Invalid`` on *field* says what to write instead."""
        return self._gazetteer.find(text, field, outside=outside)

    def calendar(self, code: str, field: str = "during") -> Calendar:
        """The calendar of that code, or ``Invalid`` on *field*."""
        if code not in self.calendars:
            known = ", ".join(sorted(self.calendars)) or "none"
            raise Invalid({field: [f"names a calendar that this region lacks; it has {known}"]})
        return self.calendars[code]

    def checklist(self, role: str) -> Checklist | None:
        """What must be shown in *role*, or None where nothing is asked."""
        return next((known for known in self.checklists if known.role == role), None)

    def zone_label(self, place: str) -> str:
        """The name of the area that may be shown instead of *place*."""
        spot = self.find(place, outside=True)
        return next((zone.name for zone in self.zones if zone.code == spot.zone), self.name)

    def local(self, instant: datetime) -> str:
        """*instant* as people here write it, such as ``Tue 2 Feb 2027, 10:00``."""
        here = instant.astimezone(ZoneInfo(self.zone_name))
        return f"{here:%a} {here.day} {here:%b %Y, %H:%M}"

    def midnight(self, day: date) -> datetime:
        """The start of *day* on the clocks here."""
        return datetime.combine(day, time(), ZoneInfo(self.zone_name))

    def moment(self, day: date, wall: str) -> datetime:
        """*wall* on *day* by the clocks here, in UTC; 24:00 is the start of the next day."""
        return moment_of(day, wall, ZoneInfo(self.zone_name))

    def today(self, now: datetime) -> date:
        """The local date at *now*."""
        return now.astimezone(ZoneInfo(self.zone_name)).date()


def _contradictions(region: Region) -> Iterator[tuple[str, str]]:
    """The dotted path and the sentence of each thing that does not add up."""
    if not _known_zone(region.zone_name):
        yield "zone_name", "is not an IANA time zone such as Europe/London"
    yield from _twice("places", "code", (place.code for place in region.places))
    yield from _twice("places", "name", (place.name for place in region.places), key)
    yield from _twice("wards", "code", (ward.code for ward in region.wards))
    yield from _twice("wards", "name", (ward.name for ward in region.wards), key)
    yield from _twice("zones", "code", (zone.code for zone in region.zones))
    yield from _twice("checklists", "role", (checklist.role for checklist in region.checklists))
    yield from _bad_places(region)
    yield from _bad_zones(region)
    yield from _bad_postcodes(region)
    yield from _bad_calendars(region)
    for field, problem in contradictions(region.travel):
        yield f"travel.{field}", problem


def _known_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name))
    except (ValueError, LookupError, OSError):
        return False


def _twice(
    where: str, field: str, values: Iterable[str], alike: Callable[[str], str] = str
) -> Iterator[tuple[str, str]]:
    """The values that are there before; *alike* gives what two of them may not share."""
    seen: set[str] = set()
    for at, value in enumerate(values):
        if alike(value) in seen:
            yield f"{where}[{at}].{field}", f"{value} is there twice"
        seen.add(alike(value))


def _bad_places(region: Region) -> Iterator[tuple[str, str]]:
    places = {place.code for place in region.places}
    zones = {zone.code for zone in region.zones}
    for at, place in enumerate(region.places):
        if place.parent is not None and place.parent not in places:
            yield f"places[{at}].parent", f"there is no place {place.parent}"
        if place.zone is not None and place.zone not in zones:
            yield f"places[{at}].zone", f"there is no zone {place.zone}"


def _bad_zones(region: Region) -> Iterator[tuple[str, str]]:
    wards = {ward.code for ward in region.wards}
    zones = {zone.code for zone in region.zones}
    held = [code for zone in region.zones for code in zone.wards]
    for at, zone in enumerate(region.zones):
        for ward in zone.wards:
            if ward not in wards:
                yield f"zones[{at}].wards", f"there is no ward {ward}"
            if held.count(ward) > 1:
                yield f"zones[{at}].wards", f"{ward} is in two zones"
        for other in zone.neighbours:
            if other not in zones:
                yield f"zones[{at}].neighbours", f"there is no zone {other}"
    for at, ward_ in enumerate(region.wards):
        if ward_.code not in held:
            yield f"wards[{at}].code", f"{ward_.code} is in no zone"


def _bad_postcodes(region: Region) -> Iterator[tuple[str, str]]:
    wards = {ward.code for ward in region.wards}
    for at, postcode in enumerate(region.postcodes.values()):
        if postcode.ward not in wards:
            yield f"postcodes[{at}].ward", f"there is no ward {postcode.ward}"


def _bad_calendars(region: Region) -> Iterator[tuple[str, str]]:
    for at, calendar in enumerate(region.calendars.values()):
        code = calendar.followed_by
        following = region.calendars.get(code) if code else None
        if code and following is None:
            yield f"calendars[{at}].followed_by", f"there is no calendar {code}"
        if following and not _after(calendar, following):
            yield f"calendars[{at}].followed_by", f"{code} does not come after it"


def _after(calendar: Calendar, following: Calendar) -> bool:
    return bool(calendar.spans and following.spans) and following.first > calendar.last
