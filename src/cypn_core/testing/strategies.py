"""Hypothesis strategies read off the declarations: values that keep every stated limit."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import Any, Final, TypeVar, cast

from annotated_types import Ge, Le, MaxLen, MinLen
from hypothesis import strategies as st

from cypn_core.domain.constraints import Pattern, complaint
from cypn_core.domain.shapes import Form, Shape, fields_of
from cypn_core.domain.times import Schedule, Window

__all__ = ["register", "schedules", "strategy_for", "windows"]

T = TypeVar("T")
Strategy = st.SearchStrategy[Any]

_CUSTOM: Final[dict[type[Any], Strategy]] = {}
_FEW: Final = 4
"""So many members a collection has at most, where its limits allow fewer or more."""
_TEXT: Final = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
_EARLY, _LATE = dt.date(2026, 1, 1), dt.date(2029, 12, 31)


def register(cls: type[T], strategy: st.SearchStrategy[T]) -> None:
    """Use *strategy* for *cls* wherever it occurs: for rules across fields that seldom hold."""
    _CUSTOM[cls] = strategy


def strategy_for(cls: type[T], **instead: Strategy) -> st.SearchStrategy[T]:
    """Valid values of an attrs class; *instead* names fields with strategies of their own.

    What its constructor refuses is drawn again, so rules across fields may be stated there alone.
    """
    if cls in _CUSTOM and not instead:
        return _CUSTOM[cls]
    parts = {name: _valid(shape) for name, shape in fields_of(cls).items()} | instead
    built = st.fixed_dictionaries(parts).map(partial(_built, cls))
    return cast(st.SearchStrategy[T], built.filter(lambda value: value is not None))


def _built(cls: type[T], parts: Mapping[str, Any]) -> T | None:
    try:
        return cls(**parts)
    except ValueError:
        return None


def _valid(shape: Shape) -> Strategy:
    return st.none() | _present(shape) if shape.optional else _present(shape)


def _present(shape: Shape) -> Strategy:
    if shape.form is Form.OBJECT:
        return strategy_for(shape.base)
    if shape.form is Form.CHOICE:
        is_enum = isinstance(shape.base, type) and issubclass(shape.base, Enum)
        return st.sampled_from(list(shape.base) if is_enum else shape.choices)
    return _FORMS[shape.form](shape)


def _bounds(shape: Shape) -> tuple[Any, Any]:
    lows: list[Any] = [mark.ge for mark in shape.marks if isinstance(mark, Ge)]
    highs: list[Any] = [mark.le for mark in shape.marks if isinstance(mark, Le)]
    return max(lows), min(highs)


def _sizes(shape: Shape, most: int) -> dict[str, Any]:
    low = max((mark.min_length for mark in shape.marks if isinstance(mark, MinLen)), default=0)
    high = min((m.max_length for m in shape.marks if isinstance(m, MaxLen)), default=most)
    return {"min_size": low, "max_size": max(low, min(high, most))}


def _texts(shape: Shape) -> Strategy:
    patterns = [mark for mark in shape.marks if isinstance(mark, Pattern)]
    if not patterns:
        return st.text(_TEXT, **_sizes(shape, 60))
    regex = re.compile(patterns[0].regex, re.ASCII)
    plain = st.characters(min_codepoint=1, max_codepoint=127)
    found = st.from_regex(regex, fullmatch=True, alphabet=plain)
    return found.filter(lambda text: not any(complaint(text, mark) for mark in shape.marks))


def _wholes(shape: Shape) -> Strategy:
    return st.integers(*_bounds(shape))


def _exacts(shape: Shape) -> Strategy:
    low, high = _bounds(shape)
    spelt = st.decimals(low, high, allow_nan=False, allow_infinity=False, places=2)
    return spelt | st.sampled_from([Decimal(low), Decimal(high)])


def _lists(shape: Shape) -> Strategy:
    return st.lists(_valid(cast(Shape, shape.inner)), **_sizes(shape, _FEW)).map(tuple)


def _sets(shape: Shape) -> Strategy:
    return st.frozensets(_valid(cast(Shape, shape.inner)), **_sizes(shape, _FEW))


def _tables(shape: Shape) -> Strategy:
    keys, inner = _valid(cast(Shape, shape.keys)), _valid(cast(Shape, shape.inner))
    return st.dictionaries(keys, inner, **_sizes(shape, _FEW))


_FORMS: Final[Mapping[Form, Callable[[Shape], Strategy]]] = {
    Form.TEXT: _texts,
    Form.WHOLE: _wholes,
    Form.TRUTH: lambda _: st.booleans(),
    Form.DAY: lambda _: st.dates(_EARLY, _LATE),
    Form.INSTANT: lambda _: st.datetimes(timezones=st.just(dt.UTC)),
    Form.EXACT: _exacts,
    Form.LIST: _lists,
    Form.SET: _sets,
    Form.TABLE: _tables,
}


def windows() -> st.SearchStrategy[Window]:
    """Windows of a minute to a day within some years."""
    starts = st.datetimes(
        dt.datetime.combine(_EARLY, dt.time()),
        dt.datetime.combine(_LATE, dt.time()),
        timezones=st.just(dt.UTC),
    )
    lengths = st.integers(1, 24 * 60).map(lambda minutes: dt.timedelta(minutes=minutes))
    return st.builds(lambda start, length: Window(start, start + length), starts, lengths)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Schedules of every sort of rule that the recurrence profile allows, without calendars."""
    first = draw(st.dates(_EARLY, _LATE))
    starts, ends = sorted(draw(st.lists(st.integers(0, 96), min_size=2, max_size=2, unique=True)))
    near = st.integers(0, 60).map(lambda days: first + dt.timedelta(days))
    return Schedule(
        first,
        _wall(starts),
        _wall(ends),
        draw(st.just("") | _rules()),
        except_dates=tuple(draw(st.lists(near, max_size=_FEW))),
        extra_dates=tuple(draw(st.lists(near, max_size=_FEW))),
    )


def _wall(quarter: int) -> str:
    return f"{quarter // 4:02}:{quarter % 4 * 15:02}"


@st.composite
def _rules(draw: st.DrawFn) -> str:
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]))
    ordinal = draw(st.sampled_from(["", "1", "2", "-1"])) if freq == "MONTHLY" else ""
    days = draw(st.lists(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), unique=True))
    parts = [f"FREQ={freq}", f"INTERVAL={draw(st.integers(1, 4))}"]
    if days:
        parts.append("BYDAY=" + ",".join(ordinal + day for day in days))
    return ";".join([*parts, draw(st.sampled_from(["COUNT=1", "COUNT=12", "UNTIL=20300101"]))])


register(Window, windows())
register(Schedule, schedules())
