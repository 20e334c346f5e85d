"""A shared service with a fixed cost and a cost for each member (P05)."""

from __future__ import annotations

from collections.abc import Iterable

from cypn_core.domain.money import apportion


def by_head(fixed: int, each: int, members: Iterable[str]) -> dict[str, int]:
    """Pence by member: an equal part of *fixed*, and *each* besides; charges less costs are 0.

    :raises ValueError: on no members or a negative amount.

    >>> by_head(600_000, 30_000, "abcde")["a"], by_head(600_000, 30_000, "abcdefghij")["a"]
    (150000, 90000)
    """
    if each < 0:
        raise ValueError("each must not be negative: give the pence that one member adds")
    equal = apportion(fixed, dict.fromkeys(members, 1))
    return {member: pence + each for member, pence in equal.items()}
