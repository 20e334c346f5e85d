"""Reads tables that people wrote into attrs classes, strictly, and says what to mend, and where.

No unknown keys, no number where a text is due. The errors are ``BadRegion`` with a dotted path.
"""

from __future__ import annotations

import math
import typing
from collections.abc import Callable
from datetime import date
from types import GenericAlias
from typing import Any, NoReturn, TypeVar

import cattrs
from cattrs.errors import (
    AttributeValidationNote,
    ForbiddenExtraKeysError,
    IterableValidationNote,
)

from cypn_core.domain.errors import BadRegion

_T = TypeVar("_T")
_WHOLE = "region.toml"
"""What is named where the table as a whole is wrong."""


def structured(raw: Any, wanted: type[_T], path: str = "") -> _T:
    """*raw* as *wanted*; raises ``BadRegion`` with the path, below *path*, of what is wrong."""
    try:
        return _CONVERTER.structure(raw, wanted)
    except Exception as error:  # noqa: BLE001  (cattrs lets through whatever odd input provokes)
        refuse(path, error)


def refuse(path: str, error: BaseException) -> NoReturn:
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
            return path or _WHOLE, "has the wrong shape"


def _named_field(path: str, words: str) -> tuple[str, str]:
    """Split off the field that the message of an attrs class begins with."""
    field, _, problem = words.partition(" ")
    if field in {"must", "is", "has"}:
        return path or _WHOLE, words
    return f"{path}.{field}".lstrip("."), problem


def _exactly(wanted: type, words: str) -> Callable[[Any, Any], Any]:
    def check(value: Any, _: Any) -> Any:
        if type(value) is not wanted:
            raise ValueError(f"must be {words}")
        return value

    return check


def _number(value: Any, _: Any) -> float:
    """A whole number will do; what is no number, or none that can be reckoned with, will not."""
    if type(value) not in {int, float} or not math.isfinite(value):
        raise ValueError("must be a number")
    return float(value)


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
    converter.register_structure_hook(float, _number)
    converter.register_structure_hook_factory(_is_tuple, _many(converter))
    return converter


def _is_tuple(hint: Any) -> bool:
    return typing.get_origin(hint) is tuple


_CONVERTER = _converter()
