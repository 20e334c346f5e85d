"""What the steps of a pool ask for."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from annotated_types import Ge, Le, MaxLen, MinLen
from attrs import frozen

from cypn_core.domain.constraints import Pattern, Pence, Quantity, constrained
from cypn_procurement.model import Months
from cypn_procurement.pool.book import GoesOnFor, Interest, Role

NoticeMonths = Annotated[int, Ge(0), Le(36)]
Hours = Annotated[int, Ge(1), Le(500)]
QuoteId = Annotated[
    str, MinLen(1), MaxLen(40), Pattern(r"[0-9a-f]{4,32}", "must be the id of a quote shown here")
]


@frozen(kw_only=True, field_transformer=constrained)
class CharterGiven:
    """What is agreed on before anybody commits."""

    budget_pence: Pence | None = None
    exit_months: NoticeMonths | None = None
    review_date: dt.date | None = None
    gather_until: dt.date | None = None
    target: Quantity | None = None


@frozen(kw_only=True, field_transformer=constrained)
class RoleTaken:
    """What one does for the pool."""

    pool_role: Role


@frozen(kw_only=True, field_transformer=constrained)
class Commitment:
    """A member's word to buy at its own limit or less."""

    signatory: bool = False
    """Somebody who may bind the organisation has confirmed it."""
    delegate_limit_pence: Pence | None = None
    """What whoever commits may spend without asking; None where there is no such limit."""
    insist: bool = False


@frozen(kw_only=True, field_transformer=constrained)
class Declared:
    """Whether one has an interest in a supplier."""

    interest: Interest


@frozen(kw_only=True, field_transformer=constrained)
class Vote:
    """The quote that one is for."""

    chosen_quote: QuoteId


@frozen(kw_only=True, field_transformer=constrained)
class Extension:
    """Until when it is gathered on."""

    gather_until: dt.date


@frozen(kw_only=True, field_transformer=constrained)
class NewTerms:
    """What the supplier says now."""

    new_unit_pence: Pence
    new_term_months: Months | None = None


@frozen(kw_only=True, field_transformer=constrained)
class Delivery:
    """How many units came."""

    units_delivered: Annotated[int, Ge(0), Le(10_000)]


@frozen(kw_only=True, field_transformer=constrained)
class Invoice:
    """What the supplier asks for."""

    invoice_pence: Pence


@frozen(kw_only=True, field_transformer=constrained)
class HoursSpent:
    """Hours that the pool took since they were told last."""

    hours: Hours


@frozen(kw_only=True, field_transformer=constrained)
class GoingOn:
    """What for the members go on though it does not pay."""

    going_on_for: GoesOnFor


@frozen(kw_only=True, field_transformer=constrained)
class NoticeGiven:
    """The amount that leaving costs at most, as it was read."""

    exit_cost_pence: Pence


@frozen(kw_only=True, field_transformer=constrained)
class TakenOver:
    """How many units somebody takes over, and from which month of the contract on."""

    units_taken_over: Quantity
    from_month: Months
