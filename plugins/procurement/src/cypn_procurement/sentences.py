"""What members are told of a pool: addressed to the one who asks, about its own figures only."""

from __future__ import annotations

from collections.abc import Iterator

from cypn_core.domain.money import pounds
from cypn_core.domain.plans import Missing
from cypn_procurement.clearing import Member, Step
from cypn_procurement.model import MEMBER, QuoteOffer
from cypn_procurement.tariffs import Tariff

CAPACITY = Missing("capacity", "The quote cannot deliver so much; those who save most come first.")


def loss(member: Member, pence: int, present: int | None) -> Missing:
    """What *member* would lose by paying *pence*, in pounds.

    *present* is what it pays for a unit today: a loss against that is told as one.
    """
    lost = pounds(-member.saving(pence))
    if present is not None and pence > present * member.quantity:
        return Missing("would_lose", f"You would lose {lost}; insist if you want to join even so.")
    return Missing("above_limit", f"It is {lost} above your limit.")


def too_small(tariff: Tariff, unit: str) -> Missing:
    """How large an order must be at least."""
    return Missing(
        "too_small",
        f"The order is still too small: this quote starts at {tariff.starts} ({unit}).",
    )


def progress(step: Step | None, unit: str) -> Iterator[str]:
    """How near a better price is. Units other than members are not counted out loud.

    A number of units would give away what the few others buy; where each buys one, it does not.
    """
    if step is None:
        return
    price = pounds(step.unit_pence)
    if unit != MEMBER:
        yield f"From {step.start} ({unit}) on, everybody would pay {price} a unit."
        return
    joined = f", with {step.joining} not in yet," if step.joining else ""
    verb = "brings" if step.more == 1 else "bring"
    yield f"{_count(step.more, 'more member')}{joined} {verb} everybody to {price}."


def disclosures(quote: QuoteOffer) -> Iterator[str]:
    """Term, notice and commission as the quote states them; what it leaves out is to be asked."""
    term = None if quote.term_months is None else _count(quote.term_months, "month")
    yield _stated(term, "It binds for {}.", "For how long it binds")
    yield _stated(quote.notice_days, "It can be left with {} days' notice.", "The notice")
    commission = None if quote.commission_pence is None else pounds(quote.commission_pence)
    yield _stated(
        commission, "Commission of {} a unit is paid on it.", "Whether commission is paid"
    )


def _stated(value: object, sentence: str, unknown: str) -> str:
    return f"{unknown} is not stated: ask." if value is None else sentence.format(value)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
