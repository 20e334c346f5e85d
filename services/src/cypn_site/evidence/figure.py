"""A chart and the table beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import frozen
from markupsafe import Markup

from cypn_site.evidence.wording import Wording
from cypn_site.graphics.bars import Bar, bars

Json = dict[str, Any]
Line = tuple[str, ...]


@frozen(kw_only=True)
class Figure:
    """A picture and the table beside it; *svg* is None where there is only the table."""

    title: str
    said: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    svg: Markup | None = None


def count(words: Wording, told: Json, count: int | None) -> str:
    """A count, or what is said in its place."""
    return words.small(told["small"]) if count is None else str(count)


def bar_chart(
    key: str, title: str, said: str, rows: Sequence[tuple[str, int | None, str]]
) -> Markup:
    """A bar for each label with its count and how that is said."""
    shown = [Bar(label=label, value=value, said=told) for label, value, told in rows]
    return Markup(bars(key, title, said, shown))  # noqa: S704 - escaped by its serialiser
