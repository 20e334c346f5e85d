"""Where: points on the national grid, places, postcodes, and finding them by what people write."""

from __future__ import annotations

import difflib
import math
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Annotated

import attrs
from annotated_types import Ge, Le, MaxLen, MinLen

from cypn_core.domain.constraints import Code, constrained
from cypn_core.domain.errors import Invalid

OUTSIDE = "outside"
"""The zone of whatever lies outside the region."""
WHOLE = "whole_region"
"""The zone of whatever lies inside it, in no zone in particular."""
_LONGEST = 80

Label = Annotated[str, MinLen(1), MaxLen(80)]
PostcodeText = Annotated[str, MinLen(2), MaxLen(10)]
WardCode = Annotated[str, MinLen(1), MaxLen(20)]


@attrs.frozen(field_transformer=constrained)
class Point:
    """Metres east and north on the OSGB36 national grid."""

    easting: Annotated[int, Ge(0), Le(800_000)]
    northing: Annotated[int, Ge(0), Le(1_400_000)]


def km(a: Point, b: Point) -> float:
    """The straight line in kilometres.

    >>> km(Point(360000, 160000), Point(363000, 164000))
    5.0
    """
    return math.hypot(a.easting - b.easting, a.northing - b.northing) / 1000


@attrs.frozen(field_transformer=constrained)
class Place:
    """A named place. One without a zone lies in its parent's; *inside*: inside the region."""

    code: Code
    name: Label
    kind: Code
    point: Point
    parent: Code | None = None
    aliases: tuple[Label, ...] = ()
    zone: Code | None = None
    inside: bool = True


@attrs.frozen(field_transformer=constrained)
class Ward:
    """An electoral ward: its official code and its name."""

    code: WardCode
    name: Label


@attrs.frozen(field_transformer=constrained)
class Postcode:
    """One postcode as it is printed, its centroid and its ward's code."""

    code: PostcodeText
    point: Point
    ward: WardCode


@attrs.frozen(field_transformer=constrained)
class Zone:
    """An area that may be shown of something whose exact place may not."""

    code: Code
    name: Label
    wards: tuple[WardCode, ...] = ()
    neighbours: tuple[Code, ...] = ()


@attrs.frozen
class Spot:
    """What a text was found to mean."""

    label: str
    point: Point
    zone: str
    inside: bool = True
    ward: str | None = None


def key(text: str) -> str:
    """What two spellings of one name have in common: letters and digits, without case or accents.

    >>> key("St. Mary's, North & East"), key("zz1 1aa")
    ('stmarysnorthandeast', 'zz11aa')
    """
    plain = unicodedata.normalize("NFKD", text.replace("&", " and ")).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


@attrs.frozen
class Gazetteer:
    """Finds a place, a ward or a postcode of *region_name* by what people write."""

    region_name: str
    places: tuple[Place, ...]
    wards: tuple[Ward, ...] = ()
    zones: tuple[Zone, ...] = ()
    postcodes: Mapping[str, Postcode] = attrs.field(factory=dict)
    _named: Mapping[str, tuple[tuple[str, Spot], ...]] = attrs.field(init=False, repr=False)
    _posted: Mapping[str, Postcode] = attrs.field(init=False, repr=False)

    @_named.default
    def _names(self) -> Mapping[str, tuple[tuple[str, Spot], ...]]:
        """Key of a name or alias -> (full name, what it means); wards yield to places."""
        found: dict[str, dict[str, Spot]] = defaultdict(dict)
        for place in self.places:
            for name in (place.name, *place.aliases):
                found[key(name)][place.name] = self._spot_of(place)
        places = set(found)
        for ward, spot in self._ward_spots():
            if key(ward.name) not in places:
                found[key(ward.name)][ward.name] = spot
        return {name: tuple(sorted(spots.items())) for name, spots in found.items()}

    @_posted.default
    def _posts(self) -> Mapping[str, Postcode]:
        return {key(code): postcode for code, postcode in self.postcodes.items()}

    def find(self, text: str, field: str = "place", *, outside: bool = False) -> Spot:
        """What *text* means: the name or alias of a place, a ward, or a postcode.

        Raises ``Invalid`` on *field* for an unknown or ambiguous name, and, unless *outside* is
        true, for a place outside the region. Says what to write instead.
        """
        if problem := _unreadable(text):
            raise Invalid({field: [problem]})
        wanted = key(text)
        if postcode := self._posted.get(wanted):
            return self._spot_at(postcode)
        found = dict(self._named.get(wanted, ()))
        if len(found) > 1 and (exact := [s for name, s in found.items() if key(name) == wanted]):
            found = {spot.label: spot for spot in exact}
        if len(found) != 1:
            raise Invalid({field: [self._ambiguous(found) if found else self._unknown(wanted)]})
        (spot,) = found.values()
        if not (spot.inside or outside):
            raise Invalid({field: [self._elsewhere(spot)]})
        return spot

    def _ambiguous(self, names: Iterable[str]) -> str:
        return f"names more than one place; write one of: {'; '.join(sorted(names))}"

    def _elsewhere(self, spot: Spot) -> str:
        return (
            f"{spot.label} is outside the region: this hub serves {self.region_name}; "
            "give a place or postcode inside it"
        )

    def _unknown(self, wanted: str) -> str:
        near = difflib.get_close_matches(wanted, self._named, n=3, cutoff=0.7)
        names = dict.fromkeys(name for like in near for name, _ in self._named[like])
        if names:
            return f"is not known here; did you mean {' or '.join(names)}?"
        return f"is not known here; give a place or postcode of {self.region_name}"

    def _spot_of(self, place: Place) -> Spot:
        zone = self._zone_of_place(place) if place.inside else OUTSIDE
        return Spot(place.name, place.point, zone, place.inside)

    def _zone_of_place(self, place: Place) -> str:
        by_code = {other.code: other for other in self.places}
        at: Place | None = place
        for _ in self.places:  # as many steps as there are places: a ring of parents ends too
            if at is None or at.zone:
                break
            at = by_code.get(at.parent or "")
        return (at.zone if at else None) or WHOLE

    def _zone_of_ward(self, ward: str) -> str:
        return next((zone.code for zone in self.zones if ward in zone.wards), WHOLE)

    def _spot_at(self, postcode: Postcode) -> Spot:
        zone = self._zone_of_ward(postcode.ward)
        return Spot(postcode.code, postcode.point, zone, inside=True, ward=postcode.ward)

    def _ward_spots(self) -> Iterable[tuple[Ward, Spot]]:
        """Each ward that has postcodes, at their mean."""
        points: dict[str, list[Point]] = defaultdict(list)
        for postcode in self.postcodes.values():
            points[postcode.ward].append(postcode.point)
        for ward in self.wards:
            if at := points.get(ward.code):
                zone = self._zone_of_ward(ward.code)
                yield ward, Spot(ward.name, _mean(at), zone, inside=True, ward=ward.code)


def _mean(points: list[Point]) -> Point:
    east, north = (
        sum(axis) // len(points) for axis in zip(*map(attrs.astuple, points), strict=True)
    )
    return Point(east, north)


def _unreadable(text: str) -> str | None:
    if len(text) > _LONGEST:
        return f"must have at most {_LONGEST} characters"
    if any(unicodedata.category(letter).startswith("C") for letter in text):
        return "has characters that no place name has: write it with letters"
    if not key(text):
        return "must name a place or postcode"
    return None


def merged_zones(
    counts: Mapping[str, int], zones: tuple[Zone, ...], minimum: int
) -> Mapping[str, str]:
    """The label under which each zone is shown: zones are joined until each has *minimum*.

    *counts* gives the offering organisations of each zone. The smallest goes first, to its smallest
    neighbour (to any, if it has none); ties go by code. A region too small becomes one area.

    >>> a, b = Zone("a", "Avon", neighbours=("b",)), Zone("b", "Brue", neighbours=("a",))
    >>> merged_zones({"a": 7, "b": 2}, (a, b), 5)
    {'a': 'Avon, Brue', 'b': 'Avon, Brue'}
    """
    groups = [frozenset({zone.code}) for zone in zones]
    near = {zone.code: frozenset(zone.neighbours) for zone in zones}

    def rank(group: frozenset[str]) -> tuple[int, list[str]]:
        return sum(counts.get(code, 0) for code in group), sorted(group)

    while len(groups) > 1 and rank(small := min(groups, key=rank))[0] < minimum:
        others = [group for group in groups if group is not small]
        touching = [group for group in others if any(near[code] & group for code in small)]
        other = min(touching or others, key=rank)
        groups = [group for group in others if group is not other] + [small | other]
    return {
        zone.code: _joined(zones, group) for zone in zones for group in groups if zone.code in group
    }


def _joined(zones: tuple[Zone, ...], group: frozenset[str]) -> str:
    return ", ".join(zone.name for zone in zones if zone.code in group)
