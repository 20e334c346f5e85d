"""The map of a region's areas, drawn from the shapes that its region file brings."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import cos, dist, radians
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from attrs import frozen

from cypn_core.domain.region import Region
from cypn_site.graphics.drawing import WIDTH, amount, box, drawn, hatched, picture, write

Point = tuple[float, float]
Ring = Sequence[Point]
HEAVIEST = 7_000
"""How many characters all shapes together may take."""
SWATCH, LINE = (22.0, 14.0), 24.0
WANTED, IDLE = 0, 1
"""The hatches."""
APART = 24.0
"""How far two letters are from each other where that can be."""


@frozen(kw_only=True)
class Filled:
    """An area as it is drawn: its letter, what is written below it, and its hatches.

    *wanted* and *idle* say which hatching it gets, *many* that the ground is darker.
    """

    letter: str
    said: str
    wanted: bool
    idle: bool
    many: bool = False


@frozen(kw_only=True)
class Legend:
    """The words of the legend; *shapes* says what the shapes are made from."""

    wanted: str
    many: str
    idle: str


def areas(
    key: str,
    title: str,
    said: str,
    region: Region,
    filled: Mapping[str, Filled],
    legend: Legend,
) -> str | None:
    """The map with *filled* by the name of an area; None where the region has no shapes."""
    rings = _by_area(region)
    if not rings:
        return None
    placed, height = _placed(rings)
    top = height + 10
    svg = picture(key, title, said, top + 3 * LINE)
    for n, (area, d) in enumerate(_light(placed).items()):
        _draw(svg, key, f"{key}-area-{n}", d, filled.get(area))
    for area, at in _labels({area: placed[area] for area in filled if area in placed}).items():
        write(svg, filled[area].letter, (at[0], at[1] - 1), "letter", "middle")
        write(svg, filled[area].said, (at[0], at[1] + 11), "count", "middle")
    rows = (
        (legend.wanted, "few", WANTED),
        (legend.many, "many", WANTED),
        (legend.idle, "ground", IDLE),
    )
    for n, (words, ground, hatch) in enumerate(rows):
        at = (0.5, top + LINE * n + 2)
        box(svg, ground, at, SWATCH)
        hatched(svg, key, hatch, at, SWATCH)
        write(svg, words, (32, at[1] + 11))
    return drawn(svg)


def _draw(svg: Element, key: str, name: str, d: str, area: Filled | None) -> None:
    """One area: its ground, and its hatches over it."""
    SubElement(SubElement(svg, "defs"), "path", {"id": name, "d": d})
    wanted, idle = (area.wanted, area.idle) if area else (False, False)
    ground = "many" if area and area.many else "few" if wanted else "ground"
    SubElement(svg, "use", {"href": f"#{name}", "class": f"cypn-chart__{ground}"})
    for hatch, there in ((WANTED, wanted), (IDLE, idle)):
        if there:
            fill = {"href": f"#{name}", "fill": f"url(#{key}-hatch-{hatch})"}
            SubElement(svg, "use", fill)


def _labels(placed: Mapping[str, Sequence[Ring]]) -> dict[str, Point]:
    """Where each area's letter stands: in its largest part that is not too near another letter."""
    found: dict[str, Point] = {}
    for area, rings in sorted(placed.items(), key=lambda each: len(each[1])):
        places = [_middle(ring) for ring in sorted(rings, key=_surface_of, reverse=True)]
        free = (at for at in places if all(dist(at, other) > APART for other in found.values()))
        found[area] = next(free, places[0])
    return found


def _by_area(region: Region) -> dict[str, list[Ring]]:
    """The rings of each area's wards, as longitude and latitude; of those that have a shape."""
    area_of = {ward: zone.name for zone in region.zones for ward in zone.wards}
    found: dict[str, list[Ring]] = defaultdict(list)
    for feature in json.loads(region.ward_shapes or '{"features": []}')["features"]:
        area = area_of.get(feature["properties"]["code"], region.name)
        if feature["geometry"]:
            found[area] += _rings(feature["geometry"])
    return found


def _rings(geometry: Mapping[str, Any]) -> Iterable[Ring]:
    """The outer rings and holes of a polygon or of several."""
    found = geometry["coordinates"]
    several = found if geometry["type"] == "MultiPolygon" else [found]
    return [[(x, y) for x, y, *_ in ring] for polygon in several for ring in polygon]


def _placed(rings: Mapping[str, Sequence[Ring]]) -> tuple[dict[str, Sequence[Ring]], float]:
    """The rings on the picture, and how high they are together.

    A degree of longitude is as wide as its latitude makes it.
    """
    points = [point for each in rings.values() for ring in each for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    narrow = cos(radians((south + north) / 2))
    scale = (WIDTH - 2) / ((east - west) * narrow)
    found: dict[str, Sequence[Ring]] = {
        area: [
            [(1 + (x - west) * narrow * scale, 1 + (north - y) * scale) for x, y in ring]
            for ring in each
        ]
        for area, each in rings.items()
    }
    return found, (north - south) * scale + 2


def _light(placed: Mapping[str, Sequence[Ring]]) -> dict[str, str]:
    """The shapes on the finest grid that is light enough.

    Points move to the grid, so that neighbours still share their borders.
    """
    for grid in (0.5, 1.0, 2.0, 3.0):
        shapes = {
            area: "".join(_outline(ring, grid) for ring in rings) for area, rings in placed.items()
        }
        if sum(map(len, shapes.values())) <= HEAVIEST:
            return shapes
    return shapes


def _outline(ring: Ring, grid: float) -> str:
    """A ring as steps from point to point on the grid; empty where nothing is left of it."""
    on_grid = [(round(x / grid), round(y / grid)) for x, y in ring]
    kept = [on_grid[0], *(b for a, b in pairwise(on_grid) if a != b)]
    if len(kept) <= 3:  # noqa: PLR2004 - no surface: there and back
        return ""
    start = f"M{amount(kept[0][0] * grid)} {amount(kept[0][1] * grid)}"
    moves = (
        f"l{amount((b[0] - a[0]) * grid)} {amount((b[1] - a[1]) * grid)}" for a, b in pairwise(kept)
    )
    return f"{start}{''.join(moves)}Z".replace(" -", "-")


def _surface_of(ring: Ring) -> float:
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring)) / 2)


def _middle(ring: Ring) -> Point:
    """The centre of the ring's bounds."""
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
