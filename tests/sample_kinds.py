"""Kinds of our own for the tests: every form that a declaration can take."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, ClassVar, Literal, NewType

from annotated_types import Ge, Le, MaxLen, MinLen
from attrs import field, frozen

from cypn_core.domain.constraints import (
    Code,
    HeadCount,
    Name,
    Note,
    Pence,
    WallTime,
    constrained,
)

Label = NewType("Label", str)


class Colour(Enum):
    """A choice of texts."""

    RED = "red"
    BLUE = "blue"


class Size(Enum):
    """A choice of numbers."""

    SMALL = 1
    LARGE = 10


@frozen(field_transformer=constrained)
class Span:
    """A value with a rule across its fields."""

    starts: dt.date
    ends: dt.date = field()
    at: WallTime = "09:00"

    @ends.validator
    def _after(self, _: object, value: dt.date) -> None:
        if value < self.starts:
            raise ValueError("ends must be after starts")


@frozen(kw_only=True, field_transformer=constrained)
class Body:
    """What every sample kind is."""

    kind: ClassVar[str]

    note: Note = ""


@frozen(kw_only=True, field_transformer=constrained)
class Plain(Body):
    """A kind with single values."""

    kind: ClassVar[str] = "plain"

    headcount: HeadCount
    when: Span
    name: Name | None = None
    budget_pence: Pence | None = None
    score: Annotated[Decimal, Ge(Decimal(0)), Le(Decimal(1000))] = Decimal(0)
    seen: dt.datetime | None = None
    whole: int = 0
    sure: bool = False
    manner: Literal["walk", "ride"] = "walk"


@frozen(kw_only=True, field_transformer=constrained)
class Gathered(Body):
    """A kind with collections."""

    kind: ClassVar[str] = "gathered"

    colours: frozenset[Colour] = frozenset()
    sizes: frozenset[Size] = frozenset()
    spans: Annotated[tuple[Span, ...], MinLen(1), MaxLen(3)]
    codes: tuple[Code, ...] = ()
    amounts: Annotated[Mapping[Code, HeadCount], MaxLen(4)] = field(factory=dict[str, int])
    holes: tuple[HeadCount | None, ...] = ()
    labels: Annotated[frozenset[Label], MaxLen(5)] = frozenset()


KINDS: dict[str, type[Any]] = {"plain": Plain, "gathered": Gathered}
