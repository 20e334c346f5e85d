"""Leaving an agreed pool on the terms that all signed, in pounds before one confirms (P04)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from attrs import frozen

from cypn_core.domain.money import pounds
from cypn_procurement.pool.book import Replacement

MONTHS = 12


@frozen(kw_only=True)
class Contract:
    """What the pool is bound to: *minimum* units at *unit_pence* a month for *months*."""

    months: int
    minimum: int
    unit_pence: int
    exit_months: int

    def short(self, units: int) -> int:
        """How much *units* are below the least order."""
        return max(0, self.minimum - units)


@frozen(kw_only=True)
class Leaving:
    """What leaving comes to: the units that stay, those that are short, and what that costs.

    *until* is the month of the contract with which the notice is over; *missing* are the units to
    be paid in each later month.
    """

    left: int
    short: int
    until: int
    missing: Mapping[int, int]
    unit_pence: int

    @property
    def months(self) -> int:
        """The months of the contract after the notice."""
        return len(self.missing)

    @property
    def pence(self) -> int:
        """All that it costs at most."""
        return self.unit_pence * sum(self.missing.values())

    @property
    def sentence(self) -> str:
        """The same in plain words."""
        if not self.short or not self.months:
            return f"{self.left} would be left, which is enough: leaving costs you nothing."
        return (
            f"{self.left} would be left, {self.short} short of the least order, for "
            f"{self.months} months: you would pay {pounds(self.pence)} at most, and less from the "
            "month on in which somebody takes the place."
        )


def month_of(begun: dt.date, day: dt.date) -> int:
    """How many whole months of a contract that began on *begun* are over on *day*.

    >>> month_of(dt.date(2027, 1, 1), dt.date(2027, 10, 1))
    9
    """
    whole = (day.year - begun.year) * MONTHS + day.month - begun.month
    return max(0, whole - (day.day < begun.day))


def leaving(
    contract: Contract, *, units: int, all_units: int, after: int,
    gone: int = 0, replaced: Sequence[Replacement] = (),
) -> Leaving:  # fmt: skip
    """What a member with *units* of *all_units* pays that gives notice *after* so many months.

    It is gone when its notice is over, and pays for each month what falls below the least order
    by its leaving, after those *gone* before it; less what others have taken over from the month
    named. They take the places of those gone before it first.

    >>> phones = Contract(months=24, minimum=20, unit_pence=600, exit_months=3)
    >>> leaving(phones, units=4, all_units=23, after=9).pence
    7200
    >>> leaving(phones, units=4, all_units=23, after=9,
    ...     replaced=[Replacement(units=1, from_month=16)]).pence
    1800
    >>> leaving(phones, units=3, all_units=23, after=9, gone=4).short
    3
    """
    left = all_units - gone - units
    earlier = contract.short(all_units - gone) - contract.short(all_units)
    short = contract.short(left) - contract.short(all_units - gone)
    until = after + contract.exit_months
    return Leaving(
        left=left,
        short=short,
        until=until,
        missing={
            month: max(0, short - max(0, taken_over(replaced, month) - earlier))
            for month in range(until + 1, contract.months + 1)
        },
        unit_pence=contract.unit_pence,
    )


def taken_over(replaced: Sequence[Replacement], month: int) -> int:
    """The units that new members have taken by the start of *month*."""
    return sum(each.units for each in replaced if each.from_month <= month)
