"""Who pays what of a journey that several groups share: pure functions, exact to the penny."""

from __future__ import annotations

from collections.abc import Mapping

from cypn_core.domain.money import apportion


def by_stand_alone(total: int, alone: Mapping[str, int]) -> dict[str, int]:
    """Share *total* pence in proportion to what each would pay alone.

    Where the journey costs no more than the stand-alone prices together, nobody pays more than
    alone.

    :param alone: need to its stand-alone price in pence.
    :raises ValueError: when *total* is to be paid and every stand-alone price is 0.

    >>> by_stand_alone(6500, {"a": 5000, "b": 3000})
    {'a': 4063, 'b': 2437}
    """
    return _weighted(total, alone)


def by_seats(total: int, seats: Mapping[str, int]) -> dict[str, int]:
    """Share *total* pence by heads.

    >>> by_seats(6500, {"a": 7, "b": 6})
    {'a': 3500, 'b': 3000}
    """
    return _weighted(total, seats)


def levelled(aboard: Mapping[str, int], empty: Mapping[str, int]) -> dict[str, int]:
    """Each pays for its own way, and all the empty running is shared equally.

    :param aboard: need to the pence for its kilometres with passengers.
    :param empty: need to the pence for the empty running that it causes.

    >>> levelled({"far": 1800, "near": 1800}, {"far": 1488, "near": 336})
    {'far': 2712, 'near': 2712}
    """
    even = apportion(sum(empty.values()), dict.fromkeys(aboard, 1))
    return {need: own + even[need] for need, own in aboard.items()}


def _weighted(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Whoever weighs nothing pays nothing."""
    heavy = {need: weight for need, weight in weights.items() if weight != 0}
    if not heavy and total == 0:
        return dict.fromkeys(weights, 0)
    return dict.fromkeys(weights, 0) | apportion(total, heavy)
