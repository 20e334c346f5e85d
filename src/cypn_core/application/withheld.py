"""Rows of counts as they may leave the hub: small ones withheld, and steady from week to week."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from cypn_core.application.network import Work
from cypn_core.domain.disclosure import Row, limit_of, publish, steady

Json = dict[str, Any]


@frozen(order=True)
class Kind:
    """What is counted together: an exchange's category in an area."""

    exchange: str
    category: str
    area: str


def small(work: Work) -> str:
    """What is said in the place of a small count."""
    return f"fewer than {limit_of(work.hub.region.settings.small_count)}"


def named(kind: Kind) -> Json:
    """The row's name, of which nothing is withheld."""
    return {"exchange": kind.exchange, "category": kind.category, "area": kind.area}


def told(work: Work, row: Row[Kind]) -> Json:
    """A row with its count, or what is said in its place, and those of its parts that are told."""
    said = small(work) if row.count is None else str(row.count)
    return {**named(row.key), "groups": row.count, "said": said, "times": dict(row.parts)}


def counted(work: Work, counts: Mapping[Kind, int]) -> list[Json]:
    """Counts that have no times, small ones withheld."""
    spare = {kind: {"any time": count} for kind, count in counts.items()}
    rows = publish(spare, ("any time",), work.hub.region.settings.small_count)
    return [told(work, row) for row in rows]


def following(work: Work, was: Json | None, table: str, rows: list[Json]) -> list[Json]:
    """*rows* as they may be told after what was told before."""
    least = limit_of(work.hub.region.settings.small_count)
    before = {_key(row): row for row in was.get(table, ())} if was else {}
    return [steady(before.get(_key(row)), row, least) for row in rows]


def total(rows: list[Json]) -> int:
    """Only of what is shown: so it tells nothing that is not told already."""
    return sum(row["groups"] or 0 for row in rows)


def _key(row: Json) -> tuple[str, ...]:
    return (row["exchange"], row["category"], row["area"])
