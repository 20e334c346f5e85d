"""The clearing of many pools at once, as arrays: the same as one by one, to the penny.

One row is a pool with its tariff, one column a member. Columns stand in the order of the members'
ids, so that a tie for an odd penny goes as it does in :func:`cypn_procurement.clearing.cleared`.
Needs NumPy (the extra ``formation``); nothing else here does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from cypn_procurement.tariffs import Tariff

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
ANY = -1
"""The cap of who joins at any price."""
_GREATEST = 2**63 - 1
_TABLE = 2


@frozen(kw_only=True, eq=False)
class Decided:
    """What came of each of P pools with N columns.

    *members* (P x N) says who is in; *quantities* (P) in units and *outlays* (P) in pence are 0
    where there is no pool.
    """

    members: Flags
    quantities: Ints
    outlays: Ints


def decided(tariffs: Sequence[Tariff], quantities: Ints, caps: Ints) -> Decided:
    """The largest pool of each row that nobody in it loses by.

    *quantities* (P x N, int64) are units, 0 where there is no member; *caps* (P x N, int64) are
    pence a unit, :data:`ANY` where any price will do.

    :raises ValueError: on arrays of different shape, numbers too large for 64 bits, or a tariff
        with a drop, which changes every member's place: clear those one by one.
    """
    _check(tariffs, quantities, caps)
    most = _column(tariff.most for tariff in tariffs)
    wanted = np.where(quantities <= most, quantities, 0)
    order = np.argsort(_places(wanted, caps), axis=1, kind="stable")
    sums = np.cumsum(np.take_along_axis(wanted, order, axis=1), axis=1)
    limits = np.take_along_axis(caps, order, axis=1)
    outlays = _outlays(tariffs, sums)
    served = np.take_along_axis(wanted, order, axis=1) > 0
    fits = served & (outlays >= 0) & ((limits == ANY) | (outlays <= limits * sums))
    count = np.where(fits.any(axis=1), fits.shape[1] - np.argmax(fits[:, ::-1], axis=1), 0)
    members = np.zeros(fits.shape, dtype=np.bool_)
    np.put_along_axis(members, order, np.arange(fits.shape[1]) < count[:, None], axis=1)
    return Decided(members=members, quantities=_last(sums, count), outlays=_last(outlays, count))


def shared(found: Decided, quantities: Ints) -> Ints:
    """Pence of every member (P x N, int64), by largest remainder; 0 for who is not in.

    Each row adds up to its outlay. *quantities* are those that were decided on.
    """
    weights = np.where(found.members, quantities, 0)
    total = np.maximum(found.quantities, 1)[:, None]
    floor, rest = np.divmod(weights * found.outlays[:, None], total)
    odd = found.outlays - floor.sum(axis=1)
    rows = np.flatnonzero(odd)
    order = np.argsort(-rest[rows], axis=1, kind="stable")
    pennies = (np.arange(weights.shape[1]) < odd[rows, None]).astype(np.int64)
    more = np.zeros_like(order, dtype=np.int64)
    np.put_along_axis(more, order, pennies, axis=1)
    floor[rows] += more
    return np.asarray(floor, dtype=np.int64)


def _check(tariffs: Sequence[Tariff], quantities: Ints, caps: Ints) -> None:
    if quantities.shape != caps.shape or quantities.ndim != _TABLE:
        raise ValueError("caps must have the shape of quantities: pools x members")
    if len(tariffs) != len(quantities):
        raise ValueError("tariffs must be one for each row of quantities")
    if any(tariff.drop for tariff in tariffs):
        raise ValueError("tariffs with a drop must be cleared one by one")
    if quantities.min(initial=0) < 0 or caps.min(initial=0) < ANY:
        raise ValueError("quantities and caps must not be negative, but for ANY as a cap")
    units = int(quantities.sum(axis=1, dtype=np.float64).max(initial=0))
    pence = units * max((t.tiers[0][1] for t in tariffs), default=0)
    pence += max((tariff.fixed for tariff in tariffs), default=0)
    if max(pence, int(caps.max(initial=0))) * max(units, 1) > _GREATEST:
        raise ValueError("quantities and prices must stay within 64 bits when multiplied")


def _column(values: Iterable[int]) -> Ints:
    """One value a pool, to set beside its members."""
    return np.array([min(value, _GREATEST) for value in values], dtype=np.int64)[:, None]


def _places(wanted: Ints, caps: Ints) -> Ints:
    """Sort keys: those who join at any price, then by falling cap, then who is not served."""
    key = np.where(caps == ANY, -_GREATEST, -caps)
    return np.where(wanted > 0, key, 1)


def _outlays(tariffs: Sequence[Tariff], sums: Ints) -> Ints:
    """Pence for the units in *sums* (P x N), -1 where they are not sold."""
    goods = _goods(tariffs, sums)
    sold = sums >= _column(tariff.starts for tariff in tariffs)
    sold &= sums <= _column(tariff.most for tariff in tariffs)
    sold &= goods >= _column(tariff.least_pence for tariff in tariffs)
    if any(tariff.pack > 1 for tariff in tariffs):
        sold &= sums % _column(tariff.pack for tariff in tariffs) == 0
    return np.where(sold, goods + _column(tariff.fixed for tariff in tariffs), -1)


def _goods(tariffs: Sequence[Tariff], sums: Ints) -> Ints:
    """Tier by tier: how much less than at the first price the units cost."""
    goods = sums * _column(tariff.tiers[0][1] for tariff in tariffs)
    each = _column(tariff.incremental for tariff in tariffs)
    for tier in range(1, max((len(tariff.tiers) for tariff in tariffs), default=1)):
        start = _column(_start(tariff, tier) for tariff in tariffs)
        fall = _column(_fall(tariff, tier) for tariff in tariffs)
        over = np.where(each, sums - start + 1, sums)
        goods -= np.where(sums >= start, over * fall, 0)
    return goods


def _start(tariff: Tariff, tier: int) -> int:
    """The first quantity of the tier, out of reach where there is none."""
    return tariff.tiers[tier][0] if tier < len(tariff.tiers) else _GREATEST


def _fall(tariff: Tariff, tier: int) -> int:
    """By how many pence a unit costs less from this tier on than in the one before."""
    if tier >= len(tariff.tiers):
        return 0
    return tariff.tiers[tier - 1][1] - tariff.tiers[tier][1]


def _last(values: Ints, count: Ints) -> Ints:
    """The value of each row at its last member, 0 where it has none."""
    at = np.maximum(count - 1, 0)[:, None]
    return np.where(count > 0, np.take_along_axis(values, at, axis=1)[:, 0], 0)
