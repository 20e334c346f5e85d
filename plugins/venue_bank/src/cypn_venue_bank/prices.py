"""Prices in whole pence. Each session is rounded by itself, half a penny up, then multiplied."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from annotated_types import Ge, Le, MaxLen
from attrs import frozen

from cypn_core.domain.constraints import Pence, constrained
from cypn_core.domain.money import pounds
from cypn_core.domain.plans import PriceLine
from cypn_venue_bank.codes import Basis, ChargeFor

_UNIT = {Basis.PER_SESSION: "a session", Basis.PER_HOUR: "an hour", Basis.PER_MONTH: "a month"}
CERTIFIED = "concession certified by the hub"


@frozen(kw_only=True, field_transformer=constrained)
class Charge:
    """What is charged each time (each session; each month of storage) beside the price."""

    what: ChargeFor
    pence: Annotated[int, Ge(1), Le(1_000_000)]


@frozen(kw_only=True, field_transformer=constrained)
class Price:
    """What using a space costs. An offer without a price has not stated it, which is not free.

    *at_cost* is its charges and no more. *concession_pence* replaces *pence* for whoever the hub
    certifies; the holder learns that there is a certificate, and not why.
    """

    basis: Basis
    pence: Pence = 0
    concession_pence: Pence | None = None
    charges: Annotated[tuple[Charge, ...], MaxLen(5)] = ()

    def __attrs_post_init__(self) -> None:
        if problem := _clash(self):
            raise ValueError(problem)


def _clash(price: Price) -> str | None:
    """What the parts of *price* may not be together, or None."""
    rated = price.basis in _UNIT
    if rated and price.pence == 0:
        return "pence must be at least 1 for this basis; choose the basis free if it costs nothing"
    if not rated and price.pence:
        return "pence must be left out where the basis is free or at_cost"
    if price.basis is Basis.FREE and price.charges:
        return "charges must be left out where the basis is free; choose at_cost"
    if price.basis is Basis.AT_COST and not price.charges:
        return "charges must say what it costs where the basis is at_cost"
    if price.concession_pence is not None and price.concession_pence > price.pence:
        return "concession_pence must be at most pence"
    return None


def once(price: Price, minutes: int, *, concession: bool) -> tuple[PriceLine, ...]:
    """The lines of one session of *minutes*, or of one month of storage.

    >>> hourly = Price(basis=Basis.PER_HOUR, pence=1200, concession_pence=500)
    >>> once(hourly, 90, concession=False)
    (PriceLine(label='1 h 30 min at £12.00 an hour', pence=1800),)
    >>> once(hourly, 120, concession=True)[0].label
    '2 h at £5.00 an hour, concession certified by the hub'
    """
    charges = [PriceLine(charge.what.value, charge.pence) for charge in price.charges]
    if price.basis is Basis.FREE:
        return (PriceLine("free", 0),)
    if price.basis is Basis.AT_COST:
        return tuple(charges)
    return (_rated(price, minutes, concession=concession), *charges)


def total(lines: Iterable[PriceLine]) -> int:
    """The sum in pence."""
    return sum(line.pence for line in lines)


def repeated(lines: Iterable[PriceLine], times: int) -> tuple[PriceLine, ...]:
    """Each of *lines* as often as it falls due.

    >>> repeated([PriceLine("caretaker", 1000)], 3)
    (PriceLine(label='3 x caretaker', pence=3000),)
    """
    if times == 1:
        return tuple(lines)
    return tuple(PriceLine(f"{times} x {line.label}", line.pence * times) for line in lines)


def half_up(numerator: int, denominator: int) -> int:
    """The quotient to the nearest whole, a half going up; both must be at least 0.

    >>> half_up(5, 2), half_up(4, 3)
    (3, 1)
    """
    return (2 * numerator + denominator) // (2 * denominator)


def duration(minutes: int) -> str:
    """A length the way people write it.

    >>> duration(120), duration(90), duration(45)
    ('2 h', '1 h 30 min', '45 min')
    """
    hours, rest = divmod(minutes, 60)
    parts = ([f"{hours} h"] if hours else []) + ([f"{rest} min"] if rest else [])
    return " ".join(parts)


def _rated(price: Price, minutes: int, *, concession: bool) -> PriceLine:
    lower = price.concession_pence if concession else None
    rate = price.pence if lower is None else lower
    note = "" if lower is None else f", {CERTIFIED}"
    said = f"{pounds(rate)} {_UNIT[price.basis]}{note}"
    if price.basis is Basis.PER_HOUR:
        return PriceLine(f"{duration(minutes)} at {said}", half_up(rate * minutes, 60))
    return PriceLine(said, rate)
