"""State a limit once, in the type; attrs enforces it, everything else reads it.

>>> limits(HeadCount)
(Ge(ge=1), Le(le=2000))
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sized
from enum import Enum
from typing import Annotated, Any

import attrs
from annotated_types import Ge, Le, MaxLen, MinLen


class Shown(Enum):
    """Who may read a field of a posting before there is an agreement.

    A field without a mark is shown to the other side. Text that a person wrote is never without
    one: ``testing.conformance`` refuses a kind that has a bare ``str``.
    """

    SEALED = "sealed"
    """Nobody but the owner, until the deal is agreed."""
    COARSE = "coarse"
    """The other side sees the zone that it lies in, until the deal is agreed."""
    OWNER = "owner"
    """Nobody but the owner and the coordinator, ever."""


@attrs.frozen
class Rare:
    """A code in this field may be so rare that it names its owner.

    While few share it, strangers are shown the wider code that *category* gives: one of the same
    list, which others post as it stands, so that to read it does not tell that anything is hidden.
    """

    category: Callable[[Any], Any]


@attrs.frozen
class Pattern:
    """A text must match *regex* as a whole; *hint* says so in plain words."""

    regex: str
    hint: str


HeadCount = Annotated[int, Ge(1), Le(2000)]
Quantity = Annotated[int, Ge(1), Le(10_000)]
Pence = Annotated[int, Ge(0), Le(1_000_000_000)]
Minutes = Annotated[int, Ge(0), Le(24 * 60)]
Kilometres = Annotated[int, Ge(0), Le(200)]
Note = Annotated[str, MaxLen(500), Shown.SEALED]
Name = Annotated[str, MinLen(1), MaxLen(120), Shown.SEALED]
PlaceName = Annotated[str, MinLen(1), MaxLen(80), Shown.COARSE]
Code = Annotated[str, Pattern(r"[a-z][a-z0-9_]{0,39}", "must be a code such as step_free")]
WallTime = Annotated[
    str, Pattern(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00", "must be a time from 00:00 to 24:00")
]


def peeled(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """*hint* without ``Annotated``, ``NewType`` and ``| None``, and the marks met on the way in.

    >>> peeled(HeadCount | None)
    (<class 'int'>, (Ge(ge=1), Le(le=2000)))
    """
    marks: tuple[Any, ...] = ()
    while True:
        if typing.get_origin(hint) in (types.UnionType, typing.Union):
            hint = _present(hint)
        elif hasattr(hint, "__metadata__"):
            marks, hint = marks + hint.__metadata__, typing.get_args(hint)[0]
        elif hasattr(hint, "__supertype__"):
            hint = hint.__supertype__
        else:
            return hint, marks


def bare(hint: Any) -> Any:
    """*hint* without ``Annotated``, ``NewType`` and ``| None``.

    >>> bare(HeadCount | None)
    <class 'int'>
    """
    return peeled(hint)[0]


def limits(hint: object) -> tuple[Any, ...]:
    """The marks attached to *hint* by ``Annotated``, inside ``| None`` too, visibility included."""
    return peeled(hint)[1]


def is_optional(hint: Any) -> bool:
    """Whether None is a value of *hint*.

    >>> is_optional(HeadCount | None), is_optional(HeadCount)
    (True, False)
    """
    while True:
        if typing.get_origin(hint) in (types.UnionType, typing.Union):
            return type(None) in typing.get_args(hint)
        if hasattr(hint, "__metadata__"):
            hint = typing.get_args(hint)[0]
        elif hasattr(hint, "__supertype__"):
            hint = hint.__supertype__
        else:
            return False


def _present(hint: Any) -> Any:
    """The one member of a union with None that is not None."""
    inner = [part for part in typing.get_args(hint) if part is not type(None)]
    if len(inner) != 1:
        raise TypeError(f"{hint} is a choice of types; a field has one type, or that and None")
    return inner[0]


def shown(hint: object) -> Shown | None:
    """The visibility mark of *hint*, or None where the other side may read it.

    >>> shown(Note)
    <Shown.SEALED: 'sealed'>
    """
    return next((mark for mark in limits(hint) if isinstance(mark, Shown)), None)


def complaint(value: Any, limit: object) -> str | None:
    """Say what is wrong with *value*, or None.

    >>> complaint(0, Ge(1))
    'must be at least 1'
    >>> complaint("25:00", limits(WallTime)[0])
    'must be a time from 00:00 to 24:00'
    """
    match limit:
        case Ge(ge=low) if value < low:
            return f"must be at least {low}"
        case Le(le=high) if value > high:
            return f"must be at most {high}"
        case MinLen(min_length=low) if len(typing.cast(Sized, value)) < low:
            return f"must have at least {low} {_counted(value)}"
        case MaxLen(max_length=high) if len(typing.cast(Sized, value)) > high:
            return f"must have at most {high} {_counted(value)}"
        case Pattern(regex=regex, hint=hint) if not re.fullmatch(regex, value, re.ASCII):
            return hint
        case _:
            return None


def _counted(value: object) -> str:
    return "characters" if isinstance(value, str) else "entries"


def constrained(cls: type, fields: list[attrs.Attribute[Any]]) -> list[attrs.Attribute[Any]]:
    """Attrs field transformer: enforce the ``Annotated`` limits of every field."""
    hints = typing.get_type_hints(cls, include_extras=True)
    return [_with_limits(f, hints.get(f.name)) for f in fields]


def _with_limits(field: attrs.Attribute[Any], hint: object) -> attrs.Attribute[Any]:
    if field.inherited or not _is_limited(hint):  # type: ignore[attr-defined]
        return field

    def check(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
        for part, marks in _parts(value, hint):
            for limit in marks:
                if problem := complaint(part, limit):
                    raise ValueError(f"{attribute.name} {problem}")

    stacked = attrs.validators.and_(check, field.validator) if field.validator else check
    return field.evolve(validator=stacked)


def _is_limited(hint: Any) -> bool:
    """Whether *hint* or a part of it carries marks."""
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        return any(_is_limited(part) for part in typing.get_args(hint))
    plain, marks = peeled(hint)
    return bool(marks) or any(_is_limited(part) for part in _member_hints(plain))


def _parts(value: Any, hint: Any) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """*value* and all its members, each with its own marks."""
    if value is None or len(_alternatives(hint)) > 1:
        return
    plain, marks = peeled(hint)
    yield value, marks
    members = _member_hints(plain)
    if not members:
        return
    columns = (value, value.values()) if isinstance(value, Mapping) else (value,)
    for column, member in zip(columns, members, strict=True):
        for part in column:
            yield from _parts(part, member)


def _alternatives(hint: Any) -> list[Any]:
    if typing.get_origin(hint) not in (types.UnionType, typing.Union):
        return [hint]
    return [part for part in typing.get_args(hint) if part is not type(None)]


def _member_hints(plain: Any) -> tuple[Any, ...]:
    """The hint of the members of a tuple or frozenset; of the keys and values of a mapping."""
    args = typing.get_args(plain)
    if typing.get_origin(plain) is Mapping:
        return args
    if typing.get_origin(plain) is frozenset or args[1:] == (...,):
        return args[:1]
    return ()
