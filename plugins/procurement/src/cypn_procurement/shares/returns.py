"""Money that comes back or is lacking, by the rule signed at the start; VAT got back."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from cypn_core.domain.money import apportion

WHOLE = 10_000
"""Basis points in a whole."""


class Rule(StrEnum):
    """What is done with a surplus or a loss."""

    BY_SHARE = "by_share"
    EQUALLY = "equally"
    KEPT = "kept"


def surplus(pence: int, paid: Mapping[str, int], rule: Rule) -> dict[str, int]:
    """What each gets back, below zero what it owes; adds up to *pence*, or to 0 where it is kept.

    :param paid: member to pence; by share, who paid nothing gets and owes nothing.
    :raises ValueError: where nobody paid anything.

    >>> surplus(-100, {"a": 100, "b": 300}, Rule.BY_SHARE)
    {'a': -25, 'b': -75}
    """
    if rule is Rule.KEPT:
        return dict.fromkeys(paid, 0)
    weights = (
        dict.fromkeys(paid, 1) if rule is Rule.EQUALLY else {n: p for n, p in paid.items() if p}
    )
    sign = -1 if pence < 0 else 1
    parts = apportion(abs(pence), weights)
    return {member: sign * parts.get(member, 0) for member in paid}


def credited(pence: int, paid: Mapping[str, int]) -> dict[str, int]:
    """A credit note spread by what each paid; nobody gets more back than that.

    :raises ValueError: on a credit below zero or above all that was paid.
    """
    if not 0 <= pence <= sum(paid.values()):
        raise ValueError(
            f"pence must be from 0 to {sum(paid.values())}, which is all that was paid"
        )
    return surplus(pence, paid, Rule.BY_SHARE) if pence else dict.fromkeys(paid, 0)


def after_vat(net: int, vat: int, recovery_bp: int) -> int:
    """What a member really pays of *net* and *vat* pence when it gets part of the VAT back.

    What it gets back is rounded down, so that no claim is a fraction of a penny too high.

    :raises ValueError: where *recovery_bp* is no part of a whole.

    >>> after_vat(10_000, 2_000, 5_000)
    11000
    """
    if not 0 <= recovery_bp <= WHOLE:
        raise ValueError("recovery_bp must be from 0 to 10000 basis points, such as 5000 for half")
    return net + vat - vat * recovery_bp // WHOLE
