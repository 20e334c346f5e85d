"""What others pay, for those who say what they pay: quartiles of five prices or more, rounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from attrs import frozen

from cypn_core.domain.money import pounds

FEWEST = 5
"""With fewer prices a quartile would be one organisation's own."""
DIGITS = 2


@frozen(kw_only=True)
class Quartiles:
    """Pence for one unit, each rounded to two figures."""

    low: int
    middle: int
    high: int

    @property
    def sentence(self) -> str:
        """What they mean, without how many prices there were.

        >>> Quartiles(low=82_000, middle=95_000, high=120_000).sentence
        'Half pay from £820.00 to £1,200.00; the middle price is £950.00, all rounded.'
        """
        low, middle, high = pounds(self.low), pounds(self.middle), pounds(self.high)
        return f"Half pay from {low} to {high}; the middle price is {middle}, all rounded."


def benchmark(prices: Mapping[str, int], asker: str) -> Quartiles | None:
    """The quartiles of *prices*, or None when *asker* gave none or there are fewer than five.

    :param prices: one legal person each, to what it pays for a unit now, in pence.
    :raises ValueError: on a negative price.

    >>> paid = {"a": 150_000, "b": 130_000, "c": 121_000, "d": 100_000, "e": 95_000}
    >>> benchmark(paid, "a")
    Quartiles(low=100000, middle=120000, high=130000)
    >>> benchmark(paid, "f") is None
    True
    """
    if any(pence < 0 for pence in prices.values()):
        raise ValueError("prices must be 0 or more, in pence")
    if asker not in prices or len(prices) < FEWEST:
        return None
    low, middle, high = (_rounded(_quantile(sorted(prices.values()), n)) for n in (1, 2, 3))
    return Quartiles(low=low, middle=middle, high=high)


def _quantile(ordered: Sequence[int], quarters: int) -> Fraction:
    """Between the two nearest ranks, linearly (type 7 of Hyndman and Fan, 1996)."""
    at = Fraction((len(ordered) - 1) * quarters, 4)
    below = int(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (at - below) * (ordered[above] - ordered[below])


def _rounded(pence: Fraction) -> int:
    """To two figures, a half up.

    >>> _rounded(Fraction(94_500)), _rounded(Fraction(995)), _rounded(Fraction(7, 2))
    (95000, 1000, 4)
    """
    step = int(10 ** max(0, len(str(int(pence))) - DIGITS))
    return int(pence / step + Fraction(1, 2)) * step
