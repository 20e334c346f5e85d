"""How single values are read from JSON and written to it, the same for the edge and the store.

Nothing is coerced: ``"5"`` is no number, ``true`` is no number, ``5.0`` is no whole number.

>>> SCALARS[Form.DAY].read("2027-05-31")
datetime.date(2027, 5, 31)
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any, Final

import attrs

from cypn_core.domain.shapes import Form, Shape

__all__ = ["DECIMAL", "SCALARS", "Scalar", "in_order", "scalar_for"]

DECIMAL: Final = r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?"
"""The one spelling of an exact number: no exponent, no leading zeros, at most 18.9 digits."""

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_UNREADABLE: Final = re.compile("[\0\ud800-\udfff]")


@attrs.frozen
class Scalar:
    """A pair of functions. ``read`` raises ``ValueError`` saying how to mend what it was given."""

    read: Callable[[Any], Any]
    write: Callable[[Any], Any]


def scalar_for(shape: Shape) -> Scalar:
    """The reader and writer of a shape that is neither object nor collection."""
    return _choice(shape) if shape.form is Form.CHOICE else SCALARS[shape.form]


def in_order(written: Iterable[Any]) -> list[Any]:
    """The members of a set in the order in which every writer puts them.

    >>> in_order([10, 9])
    [9, 10]
    """
    return sorted(written, key=lambda value: value if _is_plain(value) else json.dumps(value))


def _is_plain(value: object) -> bool:
    return isinstance(value, (str, int))


def _as_is(value: Any) -> Any:
    return value


def _read_text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a text in quotation marks")  # noqa: TRY004 - readers raise one kind
    if _UNREADABLE.search(value):
        raise ValueError("must not contain characters that cannot be shown (NUL, half characters)")
    return value


def _read_whole(value: object) -> int:
    if type(value) is not int:
        raise ValueError("must be a whole number, without quotation marks or a decimal point")
    return value


def _read_truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")  # noqa: TRY004
    return value


def _read_day(value: object) -> dt.date:
    said = "must be a date such as 2027-05-31"
    if not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise ValueError(said)
    try:
        return dt.date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"{said}; there is no {value}") from error


def _read_instant(value: object) -> dt.datetime:
    said = "must be a date and time with its offset, such as 2027-05-31T09:30:00Z"
    if not (isinstance(value, str) and _INSTANT.fullmatch(value)):
        raise ValueError(said)
    try:
        return dt.datetime.fromisoformat(value).astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{said}; there is no {value}") from error


def _write_instant(value: dt.datetime) -> str:
    if value.tzinfo is None:
        raise ValueError(f"{value} has no zone: give an aware datetime")
    return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def _read_exact(value: object) -> Decimal:
    if not (isinstance(value, str) and re.fullmatch(DECIMAL, value)):
        raise ValueError('must be a number in quotation marks, such as "2.50"')
    return Decimal(value)


def _choice(shape: Shape) -> Scalar:
    is_enum = isinstance(shape.base, type) and issubclass(shape.base, Enum)
    listed = ", ".join(str(value) for value in shape.choices)

    def read(value: object) -> Any:
        if not any(type(value) is type(one) and value == one for one in shape.choices):
            raise ValueError(f"must be one of: {listed}")
        return shape.base(value) if is_enum else value

    return Scalar(read, (lambda value: value.value) if is_enum else _as_is)


SCALARS: Final[Mapping[Form, Scalar]] = {
    Form.TEXT: Scalar(_read_text, _as_is),
    Form.WHOLE: Scalar(_read_whole, _as_is),
    Form.TRUTH: Scalar(_read_truth, _as_is),
    Form.DAY: Scalar(_read_day, dt.date.isoformat),
    Form.INSTANT: Scalar(_read_instant, _write_instant),
    Form.EXACT: Scalar(_read_exact, lambda value: format(value, "f")),
}
