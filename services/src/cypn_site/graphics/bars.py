"""Bars: one for each row, and bars of which a part is filled."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from cypn_site.graphics.drawing import WIDTH, box, drawn, hatched, picture, write

ROW, BAR, TOP = 38.0, 14.0, 4.0
STUB = 24.0
"""How long the bar of a withheld count is: it says nothing of the count."""


@frozen(kw_only=True)
class Bar:
    """A row: what it is of, how much (None: withheld), and how that is said.

    *part* is what is filled of *value*; all of it where it is None.
    """

    label: str
    value: float | None
    said: str
    part: float | None = None


def bars(key: str, title: str, said: str, rows: Sequence[Bar]) -> str:
    """A picture of *rows*, each a bar below its label; a withheld one is hatched.

    >>> "<rect" in bars("a", "Hours", "By month", [Bar(label="May", value=3, said="3 h")])
    True
    """
    svg = picture(key, title, said, TOP + ROW * len(rows))
    longest = max((row.value or 0 for row in rows), default=0) or 1
    for n, row in enumerate(rows):
        top = TOP + ROW * n
        write(svg, row.label, (0, top + 11))
        write(svg, row.said, (WIDTH, top + 11), "value", "end")
        at = (0.5, top + 16)
        if row.value is None:
            hatched(svg, key, 0, at, (STUB, BAR))
            continue
        whole = (WIDTH - 1) * row.value / longest
        if row.part is None:
            box(svg, "bar", at, (whole, BAR))
            continue
        box(svg, "track", at, (whole, BAR))
        box(svg, "bar", at, ((WIDTH - 1) * min(row.part, row.value) / longest, BAR))
    return drawn(svg)
