"""What is left of a posting once its owner was erased: codes, times and counts, and no text."""

from __future__ import annotations

import typing
from collections.abc import Callable
from typing import Any, TypeVar

import attrs

from cypn_core.domain.constraints import Shown, shown
from cypn_core.domain.postings import Need, Offer

T = TypeVar("T", bound=Need | Offer)
REQUIRED = "erased"
"""What stands for a sealed text that a kind requires."""


def emptied(body: T, wider: Callable[[str], str]) -> T:
    """*body* without what only its owner and partners might read; places become *wider* ones.

    A field that is sealed or its owner's goes back to its default; nobody is listed by name.
    """
    hints = typing.get_type_hints(type(body), include_extras=True)
    left = {
        field.name: _left(field, getattr(body, field.name), shown(hints[field.name]), wider)
        for field in attrs.fields(type(body))
    }
    if isinstance(body, Offer):
        left["named_listing"] = False
    return attrs.evolve(body, **left)


def _left(
    field: attrs.Attribute[Any], value: Any, mark: Shown | None, wider: Callable[[str], str]
) -> Any:
    if mark in {Shown.SEALED, Shown.OWNER}:
        return _default(field, value)
    if isinstance(value, str):
        return wider(value)
    if isinstance(value, tuple) and all(isinstance(each, str) for each in value):
        return tuple(map(wider, value))
    return value


def _default(field: attrs.Attribute[Any], value: Any) -> Any:
    """The default of *field*; where it has none, something that says nothing."""
    if field.default is attrs.NOTHING:
        return REQUIRED if isinstance(value, str) else value
    made: Any = field.default
    return made.factory() if hasattr(made, "factory") else made
