"""A premium shared by published risk factors (P02)."""

from __future__ import annotations

from collections.abc import Mapping

from cypn_core.domain.money import apportion, pounds

WHOLE = 10_000
"""Basis points in a whole."""


def with_tax(premium: int, tax_bp: int) -> int:
    """A premium in pence with insurance premium tax at *tax_bp* basis points, half up.

    :raises ValueError: on a negative rate.

    >>> with_tax(200_000, 1_200)
    224000
    """
    if tax_bp < 0:
        raise ValueError("tax_bp must not be negative: give basis points, such as 1200 for 12 %")
    return premium + (premium * tax_bp + WHOLE // 2) // WHOLE


def by_risk(premium: int, factors: Mapping[str, int]) -> dict[str, int]:
    """Pence by member, in proportion to its factor, adding up to *premium*.

    :raises ValueError: on a factor below 1 or a negative premium.

    >>> by_risk(200_000, {"a": 1, "b": 1, "c": 2, "d": 4})
    {'a': 25000, 'b': 25000, 'c': 50000, 'd': 100000}
    """
    return apportion(premium, factors)


def risers(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, str]:
    """A sentence for each member whose share would rise by a change; empty where none does."""
    return {
        each: f"Your share would rise from {pounds(pence)} to {pounds(after[each])}."
        for each, pence in before.items()
        if each in after and after[each] > pence
    }
