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
import typing
from collections.abc import Callable, Iterable
from datetime import date
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from types import GenericAlias
from typing import Annotated, Any, NoReturn, TypeVar

import attrs
import cattrs
from annotated_types import MaxLen, MinLen
from cattrs.errors import (
    AttributeValidationNote,
    ForbiddenExtraKeysError,
    IterableValidationNote,
)

from cypn_core.domain.constraints import Code, constrained
from cypn_core.domain.errors import BadRegion
from cypn_core.domain.places import Place, Point, Postcode, Ward, Zone
from cypn_core.domain.region import Checklist, Region, Settings
from cypn_core.domain.times import Calendar

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
    toml = _structured(_toml(_text(folder, _TOML)))
    wards, shapes = _wards(folder, toml.files.wards)
    parts = {
        name: getattr(toml, name)
        for name in ("code", "name", "zone_name", "settings", "zones", "checklists", "words")
    }
    try:
        return Region(
            **parts,
            exchanges=toml.exchanges,
            calendars=_by_code("calendars", toml.calendars),
            places=_rows(folder, toml.files.places, "places", _PLACE, _place),
            postcodes=_by_code("postcodes", _postcodes(folder, toml.files.postcodes)),
            wards=wards,
            ward_shapes=shapes,
        )
    except ValueError as error:
        _refuse("", error)


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


# -- what the TOML holds ---------------------------------------------------------------------


def _exactly(wanted: type, words: str) -> Callable[[Any, Any], Any]:
    def check(value: Any, _: Any) -> Any:
        if type(value) is not wanted:
            raise ValueError(f"must be {words}")
        return value

    return check


def _many(converter: cattrs.Converter) -> Callable[[Any], Callable[[Any, Any], Any]]:
    """A hook for tuples: a list is due, never a text, whose letters would pass as one."""

    def made(hint: Any) -> Callable[[Any, Any], Any]:
        listed: Any = GenericAlias(list, typing.get_args(hint)[:1])

        def structure(value: Any, _: Any) -> Any:
            if type(value) is not list:
                raise ValueError("must be a list")
            return tuple(converter.structure(value, listed))

        return structure

    return made


def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True)
    for wanted, words in (
        (str, "a text"),
        (int, "a whole number"),
        (bool, "true or false"),
        (date, "a date such as 2027-01-04, without quotes"),
    ):
        converter.register_structure_hook(wanted, _exactly(wanted, words))
    converter.register_structure_hook_factory(_is_tuple, _many(converter))
    return converter


def _is_tuple(hint: Any) -> bool:
    return typing.get_origin(hint) is tuple


_CONVERTER = _converter()


def _structured(raw: dict[str, Any]) -> _Toml:
    try:
        return _CONVERTER.structure(raw, _Toml)
    except Exception as error:  # noqa: BLE001  (cattrs lets through whatever odd input provokes)
        _refuse("", error)


def _refuse(path: str, error: BaseException) -> NoReturn:
    """Raise ``BadRegion`` with the path and the words of the first thing wrong in *error*."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
        path = _longer(path, error)
    raise BadRegion(*_told(path, error)) from None


def _longer(path: str, error: BaseException) -> str:
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            return f"{path}.{note.name}".lstrip(".")
        if isinstance(note, IterableValidationNote):
            return f"{path}[{note.index}]"
    return path


def _told(path: str, error: BaseException) -> tuple[str, str]:
    match error:
        case ForbiddenExtraKeysError(extra_fields=extra):
            return f"{path}.{min(extra)}".lstrip("."), "is not known here: is it misspelt?"
        case KeyError():
            return path, "is missing"
        case ValueError(args=(str(words),)):
            return _named_field(path, words)
        case _:
            return path or _TOML, "has the wrong shape"


def _named_field(path: str, words: str) -> tuple[str, str]:
    """Split off the field that the message of an attrs class begins with."""
    field, _, problem = words.partition(" ")
    if field in {"must", "is", "has"}:
        return path or _TOML, words
    return f"{path}.{field}".lstrip("."), problem


# -- what lies beside it ---------------------------------------------------------------------


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
        _refuse(path, error)


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
    try:
        return _CONVERTER.structure(raw, tuple[Ward, ...]), text.encode()
    except cattrs.BaseValidationError as error:
        _refuse("wards", error)


def _by_code(where: str, items: Iterable[_Coded]) -> dict[str, _Coded]:
    found: dict[str, _Coded] = {}
    for at, item in enumerate(items):
        if item.code in found:
            raise BadRegion(f"{where}[{at}].code", f"{item.code} is there twice")
        found[item.code] = item
    return found
