"""Reads a region from a package or a folder: ``region.toml`` and the files that it names.

Strictly: no unknown keys, no number where a text is due. Whatever is wrong raises ``BadRegion``
with the dotted path of what to mend, such as ``calendars[2].spans[0].last: is before first``.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from collections.abc import Callable, Iterable
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import attrs
from annotated_types import MaxLen, MinLen

from cypn_core.domain.constraints import Code, constrained
from cypn_core.domain.errors import BadRegion
from cypn_core.domain.places import Place, Point, Postcode, Ward, Zone
from cypn_core.domain.region import Checklist, Region, Settings
from cypn_core.domain.roads import Roads
from cypn_core.domain.times import Calendar
from cypn_core.wire.strict import refuse, structured

_TOML = "region.toml"
_ALIASES = "|"
_FLAGS = {"yes": True, "no": False}
_PLACE = ("code", "name", "kind", "easting", "northing", "parent", "aliases", "zone", "inside")
_POSTCODE = ("postcode", "easting", "northing", "ward")

_Row = TypeVar("_Row")
_Coded = TypeVar("_Coded", Calendar, Postcode)
_FileName = Annotated[str, MinLen(1), MaxLen(80)]


@attrs.frozen(kw_only=True, field_transformer=constrained)
class _Files:
    """The names of the files beside ``region.toml``."""

    places: _FileName
    postcodes: _FileName | None = None
    wards: _FileName | None = None


@attrs.frozen(kw_only=True)
class _Toml:
    """The shape of ``region.toml``."""

    code: str
    name: str
    zone_name: str
    files: _Files
    settings: Settings = attrs.field(factory=Settings)
    travel: Roads = attrs.field(factory=Roads)
    zones: tuple[Zone, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    checklists: tuple[Checklist, ...] = ()
    words: dict[Code, str] = attrs.field(factory=dict)
    exchanges: dict[str, dict[str, Any]] = attrs.field(factory=dict)


def load_region(package: str) -> Region:
    """The region whose files lie in the importable *package*."""
    try:
        return _load(resources.files(package))
    except ModuleNotFoundError:
        raise BadRegion(_TOML, f"there is no package {package}") from None


def load_region_dir(path: str | Path) -> Region:
    """The region whose files lie in the folder *path*: an operator's own."""
    return _load(Path(path))


def _load(folder: Traversable) -> Region:
    toml = structured(_toml(_text(folder, _TOML)), _Toml)
    wards, shapes = _wards(folder, toml.files.wards)
    parts = {
        name: getattr(toml, name)
        for name in ("code", "name", "zone_name", "settings", "zones", "checklists", "words")
    }
    try:
        return Region(
            **parts,
            travel=toml.travel,
            exchanges=toml.exchanges,
            calendars=_by_code("calendars", toml.calendars),
            places=_rows(folder, toml.files.places, "places", _PLACE, _place),
            postcodes=_by_code("postcodes", _postcodes(folder, toml.files.postcodes)),
            wards=wards,
            ward_shapes=shapes,
        )
    except ValueError as error:
        refuse("", error)


def _text(folder: Traversable, name: str) -> str:
    if "/" in name or "\\" in name or name.startswith("."):
        raise BadRegion(name, "must be the plain name of a file in the same folder")
    try:
        return (folder / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise BadRegion(name, "is not UTF-8 text: save it as UTF-8") from None
    except (OSError, ValueError):
        raise BadRegion(name, "is missing or cannot be read") from None


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadRegion(_TOML, f"is not TOML: {error}") from None


def _rows(
    folder: Traversable,
    file: str,
    where: str,
    columns: tuple[str, ...],
    build: Callable[[dict[str, str]], _Row],
) -> tuple[_Row, ...]:
    """What *build* makes of each row of a CSV file with exactly these *columns*."""
    reader = csv.DictReader(io.StringIO(_text(folder, file), newline=""), strict=True)
    try:
        if tuple(reader.fieldnames or ()) != columns:
            raise BadRegion(file, f"must have the columns {','.join(columns)}")
        return tuple(_row(f"{where}[{at}]", row, build) for at, row in enumerate(reader))
    except csv.Error as error:
        raise BadRegion(file, f"is not CSV: {error} (line {reader.line_num})") from None


def _row(path: str, row: dict[Any, Any], build: Callable[[dict[str, str]], _Row]) -> _Row:
    if None in row or None in row.values():
        raise BadRegion(path, "has too few or too many columns")
    try:
        return build(row)
    except ValueError as error:
        refuse(path, error)


def _place(row: dict[str, str]) -> Place:
    if row["inside"] not in _FLAGS:
        raise ValueError("inside must be yes or no")
    return Place(
        row["code"],
        row["name"],
        row["kind"],
        _point(row),
        row["parent"] or None,
        tuple(row["aliases"].split(_ALIASES)) if row["aliases"] else (),
        row["zone"] or None,
        _FLAGS[row["inside"]],
    )


def _postcode(row: dict[str, str]) -> Postcode:
    return Postcode(row["postcode"], _point(row), row["ward"])


def _point(row: dict[str, str]) -> Point:
    return Point(_metres(row, "easting"), _metres(row, "northing"))


def _metres(row: dict[str, str], column: str) -> int:
    if not re.fullmatch(r"[0-9]{1,7}", row[column]):
        raise ValueError(f"{column} must be a whole number of metres")
    return int(row[column])


def _postcodes(folder: Traversable, file: str | None) -> tuple[Postcode, ...]:
    return _rows(folder, file, "postcodes", _POSTCODE, _postcode) if file else ()


def _wards(folder: Traversable, file: str | None) -> tuple[tuple[Ward, ...], bytes]:
    """The wards that a GeoJSON file lists by ``code`` and ``name``, and the file itself."""
    if not file:
        return (), b""
    text = _text(folder, file)
    try:
        features = json.loads(text)["features"]
        named = [feature["properties"] for feature in features]
        raw = [{"code": known["code"], "name": known["name"]} for known in named]
    except (ValueError, LookupError, TypeError, RecursionError):
        problem = "must be GeoJSON whose features have the properties code and name"
        raise BadRegion(file, problem) from None
    return structured(raw, tuple[Ward, ...], "wards"), text.encode()


def _by_code(where: str, items: Iterable[_Coded]) -> dict[str, _Coded]:
    found: dict[str, _Coded] = {}
    for at, item in enumerate(items):
        if item.code in found:
            raise BadRegion(f"{where}[{at}].code", f"{item.code} is there twice")
        found[item.code] = item
    return found
