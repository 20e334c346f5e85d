"""Integer pence, shown as pounds and shared to the penny."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction


def pounds(pence: int) -> str:
    """Show an amount the way people write it.

    >>> pounds(123456), pounds(-50), pounds(900)
    ('£1,234.56', '-£0.50', '£9.00')
    """
    sign = "-" if pence < 0 else ""
    return f"{sign}£{abs(pence) // 100:,}.{abs(pence) % 100:02d}"


def apportion(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Share *total* pence over *weights* exactly, by largest remainder (Hamilton's method).

    A tie for an odd penny goes by the share's own id, the key, so that neither the order of
    input nor an organisation's name decides.

    :param total: pence, zero or more.
    :param weights: share id to weight, each at least 1.
    :raises ValueError: on an empty mapping, a weight below 1 or a negative total.

    >>> apportion(10000, {"a": 1, "b": 1, "c": 1})
    {'a': 3334, 'b': 3333, 'c': 3333}
    >>> apportion(10000, {"a": 1, "b": 2, "c": 4})
    {'a': 1429, 'b': 2857, 'c': 5714}
    """
    if not weights:
        raise ValueError("weights must name at least one share")
    if total < 0:
        raise ValueError("total must not be negative")
    if low := sorted(key for key, weight in weights.items() if weight < 1):
        raise ValueError(f"weights must each be at least 1: {', '.join(low)}")
    whole = sum(weights.values())
    exact = {key: Fraction(total * weight, whole) for key, weight in weights.items()}
    floor = {key: int(share) for key, share in exact.items()}
    by_remainder = sorted(exact, key=lambda key: (floor[key] - exact[key], key))
    odd = set(by_remainder[: total - sum(floor.values())])
    return {key: floor[key] + (key in odd) for key in weights}
