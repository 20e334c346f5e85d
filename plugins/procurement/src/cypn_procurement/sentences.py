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


def too_cheap(tariff: Tariff) -> Missing:
    """What an order must come to at least."""
    least = pounds(tariff.least_pence)
    return Missing("too_small", f"The order is still too small: it must come to {least}.")


def broken_packs(tariff: Tariff, unit: str) -> Missing:
    """What is wanted does not add up to whole packs."""
    return Missing(
        "broken_pack",
        f"It is sold in packs of {tariff.pack} ({unit}): what is wanted must add up to whole ones.",
    )


def unit_price(goods: int, quantity: int) -> str:
    """What one of *quantity* units costs that come to *goods* pence, rounded up.

    >>> unit_price(1000, 4), unit_price(1000, 3)
    ('£2.50', '£3.34 or less')
    """
    rounded = " or less" if goods % quantity else ""
    return f"{pounds(-(-goods // quantity))}{rounded}"


def fees(tariff: Tariff) -> str:
    """What is paid besides the units, as the end of a sentence.

    >>> fees(Tariff(tiers=((1, 100),), most=9, fixed=500, drop=250))
    ', and £5.00 once for the order, and £2.50 for each delivery'
    """
    once = f", and {pounds(tariff.fixed)} once for the order" if tariff.fixed else ""
    each = f", and {pounds(tariff.drop)} for each delivery" if tariff.drop else ""
    return f"{once}{each}"


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
