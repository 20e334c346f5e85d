"""Counts that may be shown: small ones are withheld, and cannot be had by subtraction.

A row is a count of groups, divided into parts. A row below the limit is named and never numbered.
A row that reaches it is told exactly; of its parts, those that reach the limit are told as well,
except where the rest that is left over would give a small one away: then no part of that row is
told (complementary suppression; to withhold only as many as it takes would tell, to whoever knows
the rule, which they were). Rows are never added up but from what is shown, so a total tells nothing
new.

>>> [row.count for row in publish({"north": {"am": 4}, "south": {"am": 1}}, ("am", "pm"), 3)]
[4, None]
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Generic, TypeVar

from attrs import frozen

LEAST = 3
"""The lowest limit that hides anything: "fewer than 2" says exactly one."""


Key = TypeVar("Key", bound=Any)
"""What rows are named by; it can be put in order."""


@frozen(kw_only=True)
class Row(Generic[Key]):
    """A row as it may be shown. *count* is None where it is withheld; *parts* are those shown."""

    key: Key
    count: int | None
    parts: Mapping[str, int]


def limit_of(small_count: int) -> int:
    """The count from which on a number is told, for a region's *small_count*."""
    return max(small_count, LEAST)


def steady(was: Mapping[str, Any] | None, row: dict[str, Any], least: int) -> dict[str, Any]:
    """*row* as it may be told after *was*: no number moves by less than *least*.

    Else two publications would tell of a single group by subtraction. A row has its count as
    ``groups`` (None where withheld) and its parts as ``times``. Where the count has moved by less,
    the whole row stands as it was told; where a part has, the parts are left out.

    >>> steady({"groups": 4, "times": {}}, {"groups": 5, "times": {}}, 3)["groups"]
    4
    """
    if was is None or was["groups"] is None or row["groups"] is None:
        return row
    if abs(row["groups"] - was["groups"]) < least:
        return dict(was)
    moved = (abs(n - was["times"].get(part, n)) for part, n in row["times"].items())
    return row if all(by == 0 or by >= least for by in moved) else {**row, "times": {}}


def publish(
    counts: Mapping[Key, Mapping[str, int]], parts: Collection[str], small_count: int
) -> list[Row[Key]]:
    """The rows of *counts* that are not empty, largest first and then by key, small ones withheld.

    *counts* is row -> part -> count of groups, each group in one part; *parts* names every part
    that there could be, which whoever reads the report knows too.
    """
    least = limit_of(small_count)
    rows = [_row(key, divided, parts, least) for key, divided in sorted(counts.items())]
    return sorted((row for row in rows if row.count != 0), key=lambda row: -(row.count or 0))


def _row(key: Key, divided: Mapping[str, int], parts: Collection[str], least: int) -> Row[Key]:
    whole = sum(divided.values())
    if 0 < whole < least:
        return Row(key=key, count=None, parts={})
    return Row(key=key, count=whole, parts=_shown(divided, len(parts), least))


def _shown(divided: Mapping[str, int], parts: int, least: int) -> dict[str, int]:
    """The parts that may be told beside their sum."""
    shown = {part: count for part, count in divided.items() if count >= least}
    left = sum(divided.values()) - sum(shown.values())
    return shown if _hidden(left, parts - len(shown), least) else {}


def _hidden(left: int, parts: int, least: int) -> bool:
    """True when *left*, spread over *parts* withheld ones, leaves each of them open.

    It does not where it is small itself, or where every part must be as large as can be withheld.
    """
    return left == 0 or (left >= least and parts > 1 and left != parts * (least - 1))
