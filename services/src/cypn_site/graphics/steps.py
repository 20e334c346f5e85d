"""Steps: an amount for each of a row of weeks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import ceil, log10

from attrs import frozen

from cypn_site.graphics.drawing import WIDTH, amount, drawn, path, picture, write

LEFT, TOP, TALL, BELOW = 34.0, 16.0, 110.0, 22.0


@frozen(kw_only=True)
class Mark:
    """Something written below the start of week number *at*."""

    at: int
    said: str


def steps(
    key: str,
    title: str,
    said: str,
    values: Sequence[float],
    marks: Sequence[Mark],
    now: Mark | None = None,
    low: Collection[int] = (),
) -> str:
    """A picture of *values* as steps over a filled ground; *now* is marked by an upright line.

    Weeks by number in *low* are marked by a triangle above them.

    >>> "M34 16" in steps("a", "Hours", "By week", [0, 2], [])
    True
    """
    svg = picture(key, title, said, TOP + TALL + BELOW)
    top = _round_above(max(values, default=0))
    wide = (WIDTH - LEFT - 1) / max(len(values), 1)

    def down(value: float) -> float:
        return TOP + TALL * (1 - value / top)

    for line in (top, top / 2, 0):
        path(svg, f"M{amount(LEFT)} {amount(down(line))}H{WIDTH}", "grid")
        write(svg, amount(line), (LEFT - 5, down(line) + 4), "small", "end")
    walk = "".join(f"V{amount(down(v))}h{wide:.2f}" for v in values)
    path(svg, f"M{amount(LEFT)} {amount(down(0))}{walk}V{amount(down(0))}Z", "area")
    for at in sorted(low):
        write(svg, "\u25be", (LEFT + wide * (at + 0.5), down(values[at]) - 3), "small", "middle")
    for mark in marks:
        write(svg, mark.said, (LEFT + wide * mark.at, TOP + TALL + 15), "small")
    if now is not None:
        across = LEFT + wide * now.at
        path(svg, f"M{amount(across)} {amount(TOP)}V{amount(TOP + TALL)}", "now")
        write(svg, now.said, (across + 4, TOP - 4), "small")
    return drawn(svg)


def _round_above(value: float) -> float:
    """The next 1, 2 or 5 times a power of ten, and at least 2.

    >>> _round_above(0), _round_above(7), _round_above(130)
    (2, 10, 200)
    """
    if value <= 2:  # noqa: PLR2004 - the least
        return 2
    power = 10 ** ceil(log10(value) - 1)
    return int(next(n * power for n in (1, 2, 5, 10) if n * power >= value))
