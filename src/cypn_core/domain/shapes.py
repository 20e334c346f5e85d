"""Read a declaration once, for all who derive from it: converter, schema, OpenAPI, strategies.

>>> from cypn_core.domain.constraints import HeadCount
>>> shape_of(HeadCount | None)
Shape(form=<Form.WHOLE: 'whole'>, base=<class 'int'>, marks=(Ge(ge=1), Le(le=2000)), ...)
"""

from __future__ import annotations

import datetime as dt
import typing
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Final, Literal, cast

import attrs
from annotated_types import Ge, Le

from cypn_core.domain.constraints import is_optional, peeled

__all__ = [
    "PLAIN_TYPES",
    "TAG",
    "Form",
    "Shape",
    "fields_of",
    "open_types",
    "plain_shape",
    "shape_of",
    "tag_of",
]

TAG: Final = "kind"
"""The key that tells one kind of body from another on the wire."""

_LARGEST: Final = 2**63 - 1  # what both stores hold in one column


class Form(Enum):
    """What a value looks like, whatever its limits."""

    TEXT = "text"
    WHOLE = "whole"
    TRUTH = "truth"
    DAY = "day"
    INSTANT = "instant"
    EXACT = "exact"
    CHOICE = "choice"
    """An Enum, or a Literal of texts: ``base`` is the Enum class or ``str``."""
    OBJECT = "object"
    LIST = "list"
    SET = "set"
    TABLE = "table"
    """A mapping from texts."""


PLAIN_TYPES: Final[Mapping[type, Form]] = {
    str: Form.TEXT,
    int: Form.WHOLE,
    bool: Form.TRUTH,
    dt.date: Form.DAY,
    dt.datetime: Form.INSTANT,
    Decimal: Form.EXACT,
}
_COLLECTIONS: Final[Mapping[object, Form]] = {tuple: Form.LIST, frozenset: Form.SET}


@attrs.frozen
class Shape:
    """One type hint, understood."""

    form: Form
    base: Any
    """The plain class: ``int``, an Enum, an attrs class, ``tuple``."""
    marks: tuple[Any, ...] = attrs.field(default=())
    """The limits and the visibility of the value as a whole."""
    optional: bool = False
    inner: Shape | None = None
    """The members of a list or set, the values of a table."""
    keys: Shape | None = None
    choices: tuple[Any, ...] = ()
    """The wire values of a choice."""


def shape_of(hint: Any) -> Shape:
    """Understand *hint*; ``TypeError`` when no reader could."""
    plain, marks = peeled(hint)
    shape = plain_shape(plain)
    marks += _implied(shape, marks)
    return attrs.evolve(shape, marks=marks, optional=is_optional(hint))


def plain_shape(plain: Any) -> Shape:
    """Understand a type without limits: ``Decimal``, ``tuple[HeadCount, ...]``."""
    origin, args = typing.get_origin(plain), typing.get_args(plain)
    if origin is Literal and all(isinstance(part, str) for part in args):
        return Shape(Form.CHOICE, str, choices=args)
    if origin in _COLLECTIONS and (origin is frozenset or args[1:] == (...,)):
        return Shape(_COLLECTIONS[origin], origin, inner=shape_of(args[0]))
    if origin is Mapping and peeled(args[0])[0] is str:
        return Shape(Form.TABLE, Mapping, inner=shape_of(args[1]), keys=shape_of(args[0]))
    if isinstance(plain, type):
        return _class_shape(plain)
    raise TypeError(f"{plain!r} has no form on the wire")


def fields_of(cls: type[Any]) -> Mapping[str, Shape]:
    """The shapes of all fields of an attrs class, in order.

    Raises ``TypeError`` naming class and field where a type has no form on the wire.
    """
    return _fields_of(cast(Any, cls))


@cache
def _fields_of(cls: Any) -> Mapping[str, Shape]:
    hints = typing.get_type_hints(cls, include_extras=True)
    found = {}
    for field in attrs.fields(cls):
        try:
            found[field.name] = shape_of(hints[field.name])
        except TypeError as error:
            raise TypeError(f"{cls.__name__}.{field.name}: {error}") from error
        if not field.init or field.alias != field.name:
            raise TypeError(f"{cls.__name__}.{field.name}: must be given under its own name")
    return found


def tag_of(cls: type[Any]) -> str | None:
    """The ``kind`` that a class declares for itself, or None.

    >>> tag_of(int) is None
    True
    """
    tag = getattr(cls, TAG, None)
    return tag if isinstance(tag, str) else None


def open_types(kinds: Mapping[str, type[Any]]) -> frozenset[type[Any]]:
    """The classes that *kinds* specialise: a value typed with one of them needs its tag."""
    above = {base for cls in kinds.values() for base in cls.__mro__[1:] if attrs.has(base)}
    return frozenset(above - set(kinds.values()))


def _class_shape(plain: type[Any]) -> Shape:
    if plain in PLAIN_TYPES:
        return Shape(PLAIN_TYPES[plain], plain)
    if issubclass(plain, Enum):
        return Shape(Form.CHOICE, plain, choices=_enum_values(plain))
    if attrs.has(plain):
        fields_of(plain)
        return Shape(Form.OBJECT, plain)
    raise TypeError(f"{plain!r} has no form on the wire")


def _enum_values(plain: type[Enum]) -> tuple[Any, ...]:
    values = tuple(member.value for member in plain)
    if {type(value) for value in values} not in ({str}, {int}):
        raise TypeError(f"the values of {plain.__name__} must all be texts or all whole numbers")
    return values


def _implied(shape: Shape, marks: tuple[Any, ...]) -> tuple[Any, ...]:
    """The limits that nobody states but everybody keeps."""
    has_low = any(isinstance(mark, Ge) for mark in marks)
    has_high = any(isinstance(mark, Le) for mark in marks)
    if shape.form is Form.EXACT and not (has_low and has_high):
        raise TypeError("a Decimal needs a range: Annotated[Decimal, Ge(...), Le(...)]")
    if shape.form is not Form.WHOLE:
        return ()
    return (() if has_low else (Ge(-_LARGEST),)) + (() if has_high else (Le(_LARGEST),))
