"""The rule of packs and tolerance that many food co-ops know, for those who want to keep it.

The rule as food co-ops' ordering software (Foodsoft) defines it, in our words: as many whole packs
are ordered as the quantities fill; one pack more if quantities have started it and tolerances can
fill the rest; never a pack from tolerances alone. What comes is handed out first come, first
served: quantities in turn, then tolerances in turn.

It knows no prices and no caps. :func:`cypn_procurement.tolerance.award` spreads evenly instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen


@frozen(kw_only=True)
class Wish:
    """So many units wanted, and *tolerance* more that would be taken to fill a pack.

    :raises ValueError: on a number below 0.
    """

    id: str
    quantity: int
    tolerance: int = 0

    def __attrs_post_init__(self) -> None:
        for name in ("quantity", "tolerance"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must be 0 or more")


@frozen(kw_only=True)
class Handout:
    """So many *packs* are ordered; *units* by member are what each gets, 0 where nothing."""

    packs: int
    units: Mapping[str, int]


def packs(quantity: int, tolerance: int, pack: int) -> int:
    """How many packs to order for all quantities and tolerances together.

    :raises ValueError: on a pack of less than one unit.

    >>> packs(13, 4, 6), packs(13, 5, 6), packs(12, 9, 6)
    (2, 3, 2)
    """
    if pack < 1:
        raise ValueError("pack must be 1 or more")
    whole, started = divmod(quantity, pack)
    return whole + (started > 0 and started + tolerance >= pack)


def handed_out(wishes: Sequence[Wish], pack: int) -> Handout:
    """Who gets what of the packs ordered; *wishes* stand in the order in which they came.

    A member that raises its wish later has a second one, at its later turn.
    """
    number = packs(sum(w.quantity for w in wishes), sum(w.tolerance for w in wishes), pack)
    turns = [(w.id, w.quantity) for w in wishes] + [(w.id, w.tolerance) for w in wishes]
    left, units = number * pack, dict.fromkeys((w.id for w in wishes), 0)
    for member, wanted in turns:
        units[member] += min(wanted, left)
        left -= min(wanted, left)
    return Handout(packs=number, units=units)
