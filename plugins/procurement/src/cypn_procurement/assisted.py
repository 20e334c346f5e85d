"""The assisted mode: those who gain help those who would lose, and nobody loses by it.

Only where the members of a pool chose it. Who would pay above its cap pays just its cap; what is
lacking comes out of the others' savings, in proportion to them. No set of such rules can take
everybody's word and still reward none for shading it, hence the caveat.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen

from cypn_core.domain.money import apportion
from cypn_procurement.clearing import Member, Pool, least_willing_last, pooled
from cypn_procurement.tariffs import Tariff

CAVEAT = (
    "Help is worked out from what each member says it can pay. This could tempt members to "
    "understate that, so use it only among members who trust each other's figures."
)


@frozen(kw_only=True)
class Assisted:
    """The pool after the help. *received* and *given* are pence by member, equal in sum."""

    pool: Pool
    received: Mapping[str, int]
    given: Mapping[str, int]
    caveat: str = CAVEAT


def assisted(tariff: Tariff, members: Iterable[Member]) -> Assisted | None:
    """The largest pool, the most willing first, whose savings make good all of its losses.

    None where there is no such pool. A member without a cap neither gives nor receives.

    >>> retainer = Tariff(tiers=((1, 120_000), (4, 90_000)), most=100)
    >>> caps = [150_000, 130_000, 120_000, 100_000, 95_000, 85_000]
    >>> found = assisted(retainer, [Member(str(n), 1, cap) for n, cap in enumerate(caps)])
    >>> dict(found.received), sum(found.given.values()), found.given["0"], found.pool.shares["5"]
    ({'5': 5000}, 5000, 2069, 85000)
    """
    order = least_willing_last(tariff, members)
    for last in range(len(order), 0, -1):
        if found := _helped(tariff, order[:last]):
            return found
    return None


def _helped(tariff: Tariff, members: Sequence[Member]) -> Assisted | None:
    """The pool of just these *members*, or None where their savings do not suffice."""
    pool = pooled(tariff, members)
    if pool is None:
        return None
    savings = {member.id: member.saving(pool.shares[member.id]) for member in members}
    received = {each: -saving for each, saving in savings.items() if saving < 0}
    savers = {each: saving for each, saving in savings.items() if saving > 0}
    lacking = sum(received.values())
    if lacking > sum(savers.values()):
        return None
    given = apportion(lacking, savers) if lacking else {}
    return Assisted(pool=_moved(pool, received, given), received=received, given=given)


def _moved(pool: Pool, received: Mapping[str, int], given: Mapping[str, int]) -> Pool:
    shares = {
        each: pence - received.get(each, 0) + given.get(each, 0)
        for each, pence in pool.shares.items()
    }
    return Pool(quantity=pool.quantity, outlay=pool.outlay, shares=shares)
