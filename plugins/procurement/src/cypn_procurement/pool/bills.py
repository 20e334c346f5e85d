"""Invoices among members: exact to the penny each time, and even over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import floor

from cypn_procurement.pool.book import Bill


def shares_of(pence: int, weights: Mapping[str, int], before: Iterable[Bill]) -> dict[str, int]:
    """Share *pence* over *weights* so that the odd pennies of the bills *before* even out.

    What each has paid in all stays within a penny of its exact part of all bills, as long as the
    members are the same; a tie for an odd penny goes by the id.

    :param weights: need to units, each at least 1.

    >>> first = shares_of(10_000, {"a": 1, "b": 1, "c": 1}, [])
    >>> first
    {'a': 3334, 'b': 3333, 'c': 3333}
    >>> import datetime as dt
    >>> bill = Bill(on=dt.date(2027, 1, 1), pence=10_000, weights={"a": 1, "b": 1, "c": 1},
    ...     shares=first)
    >>> shares_of(10_000, {"a": 1, "b": 1, "c": 1}, [bill])
    {'a': 3333, 'b': 3334, 'c': 3333}
    """
    earlier = list(before)
    whole = sum(weights.values())
    due = {n: Fraction(pence * w, whole) + _owed(n, earlier) for n, w in weights.items()}
    shares = {need: max(0, floor(part)) for need, part in due.items()}
    while (left := pence - sum(shares.values())) != 0:
        by_claim = sorted(due, key=lambda need: (shares[need] - due[need], need))
        if left > 0:
            shares[by_claim[0]] += 1
        else:
            shares[next(need for need in reversed(by_claim) if shares[need])] -= 1
    return shares


def _owed(need: str, before: Iterable[Bill]) -> Fraction:
    """What *need* has paid too little, below zero too much, over the bills that it was in."""
    own = [bill for bill in before if need in bill.weights]
    parts = (Fraction(each.pence * each.weights[need], sum(each.weights.values())) for each in own)
    return sum(parts, Fraction(0)) - sum(bill.shares[need] for bill in own)
