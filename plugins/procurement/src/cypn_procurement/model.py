"""What is bought together, and what is quoted for it."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, ClassVar

from annotated_types import Ge, Le, MaxLen
from attrs import frozen

from cypn_core.domain.constraints import Code, Pence, Quantity, Shown, constrained
from cypn_core.domain.postings import Claim, Need, Offer, Unit

MEMBER = "member"
"""The unit of what is paid for once by each member, such as a retainer."""
MOST = 10_000
"""What a quote that states no capacity can deliver."""

Days = Annotated[int, Ge(0), Le(730)]
Months = Annotated[int, Ge(1), Le(120)]


class Category(StrEnum):
    """What is bought."""

    HR_SERVICES = "hr_services"
    IT_SERVICES = "it_services"
    INSURANCE = "insurance"
    PHONE_CONTRACTS = "phone_contracts"
    OFFICE_SUPPLIES = "office_supplies"
    GDPR_POLICY = "gdpr_policy"
    LEGAL = "legal"
    ADVISORY = "advisory"
    PAYROLL = "payroll"
    CONSULTANCY = "consultancy"
    BOOKKEEPING = "bookkeeping"
    ENERGY = "energy"
    OTHER_SERVICES = "other_services"


@frozen(kw_only=True, field_transformer=constrained)
class PurchaseNeed(Need):
    """So many units of one thing; a service paid by the year is counted at its yearly price."""

    kind: ClassVar[str] = "purchase_need"
    checklist: ClassVar[str] = "seeker"

    category: Category
    unit: Code = MEMBER
    """What is counted: ``member``, ``line``, ``ream`` … Only equal units are pooled."""
    quantity: Annotated[Quantity, Shown.SEALED] = 1
    present_unit_pence: Annotated[Pence, Shown.OWNER] | None = None
    limit_unit_pence: Annotated[Pence, Shown.OWNER] | None = None
    insists: Annotated[bool, Shown.OWNER] = False
    """Joins at the pool's price, whatever it is; the limit and the present price count no more."""
    wanted_by: dt.date | None = None
    contract_ends: Annotated[dt.date, Shown.OWNER] | None = None
    notice_days: Annotated[Days, Shown.OWNER] = 0
    longest_term_months: Months | None = None

    @property
    def cap(self) -> int | None:
        """The highest price of a unit in pence at which nothing is lost; None: any price."""
        known = [p for p in (self.present_unit_pence, self.limit_unit_pence) if p is not None]
        return None if self.insists else min(known, default=None)

    @property
    def notice_by(self) -> dt.date | None:
        """The last day on which the present contract can be left at its end."""
        ends = self.contract_ends
        return None if ends is None else ends - dt.timedelta(days=self.notice_days)


@frozen(field_transformer=constrained)
class Tier:
    """From this quantity on, every unit of the order costs so much."""

    from_quantity: Quantity
    unit_pence: Pence


@frozen(kw_only=True, field_transformer=constrained)
class QuoteOffer(Offer):
    """One quote. What it leaves out is to be asked for, never taken as free."""

    kind: ClassVar[str] = "quote_offer"
    checklist: ClassVar[str] = "supplier"
    role: ClassVar[str] = "quote"

    category: Category
    unit: Code = MEMBER
    tiers: Annotated[tuple[Tier, ...], MaxLen(20)] = ()
    incremental: bool = False
    """The price of a tier holds for the units from its quantity on alone, not for all."""
    fixed_fee_pence: Pence | None = None
    delivery_pence: Pence = 0
    """For each member that it is brought to; nothing where one of them takes it all in."""
    minimum_order: Quantity = 1
    least_order_pence: Pence = 0
    """What an order must come to without fees."""
    pack: Quantity = 1
    """The units of a pack; nothing is sold but whole packs."""
    capacity: Quantity | None = None
    available_from: dt.date | None = None
    valid_until: dt.date | None = None
    term_months: Months | None = None
    notice_days: Days | None = None
    commission_pence: Pence | None = None
    """What somebody earns by bringing about one unit of the sale."""

    def __attrs_post_init__(self) -> None:
        for low, high in pairwise(self.tiers):
            if high.from_quantity <= low.from_quantity:
                raise ValueError("tiers must each start at a higher quantity than the one before")
            if high.unit_pence > low.unit_pence:
                raise ValueError("tiers must not cost more a unit than the one before")
        if self.capacity is not None and self.capacity < self.minimum_order:
            raise ValueError("capacity must not be below minimum_order")

    def units(self) -> tuple[Unit, ...]:
        """Its capacity, which is used up."""
        return (Unit(capacity=self.capacity or MOST, timed=False),)

    def claims(self, need: Need) -> tuple[Claim, ...]:
        """As many units as *need* buys."""
        return self.order(need.quantity if isinstance(need, PurchaseNeed) else 1)

    def order(self, quantity: int) -> tuple[Claim, ...]:
        """An order of *quantity* units, of however many members."""
        return tuple(Claim(unit, quantity) for unit in self.units())
