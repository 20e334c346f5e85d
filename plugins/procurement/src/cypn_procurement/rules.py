"""Which quotes fit a purchase: small pure functions of the two bodies and the day."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from cypn_core.matching.rules import Audience, Context, Rule, Verdict, bars
from cypn_procurement.model import PurchaseNeed, QuoteOffer

_OWN = frozenset({Audience.SEEKER, Audience.COORDINATOR})


def day_words(day: dt.date) -> str:
    """A date as people write it.

    >>> day_words(dt.date(2027, 3, 1))
    '1 March 2027'
    """
    return f"{day.day} {day:%B %Y}"


def same_thing(need: PurchaseNeed, quote: QuoteOffer, context: Context) -> Verdict | None:
    """Only what is substitutable is pooled."""
    if need.category is not quote.category:
        return bars("other_category", "It is a quote for something else.")
    if need.unit != quote.unit:
        return bars("other_unit", f"It is quoted by {quote.unit}, not by {need.unit}.")
    return None


def still_valid(need: PurchaseNeed, quote: QuoteOffer, context: Context) -> Verdict | None:
    """A lapsed quote binds nobody."""
    today = context.now.astimezone(ZoneInfo(context.zone)).date()
    if quote.valid_until is not None and quote.valid_until < today:
        return bars("lapsed", f"The quote was valid until {day_words(quote.valid_until)}.")
    return None


def in_time(need: PurchaseNeed, quote: QuoteOffer, context: Context) -> Verdict | None:
    """It must begin by the day on which it is wanted."""
    first = quote.available_from
    if need.wanted_by is not None and first is not None and first > need.wanted_by:
        return bars("too_late", f"It starts on {day_words(first)}, later than you want it.")
    return None


def not_bound(need: PurchaseNeed, quote: QuoteOffer, context: Context) -> Verdict | None:
    """Nobody is to pay twice: the present contract must have ended."""
    ends, notice = need.contract_ends, need.notice_by
    if ends is None or notice is None or need.wanted_by is None or ends <= need.wanted_by:
        return None
    return bars(
        "under_contract",
        f"Your present contract runs until {day_words(ends)}, after the day on which you want "
        f"this; notice for it is due by {day_words(notice)}.",
        audience=_OWN,
    )


def short_enough(need: PurchaseNeed, quote: QuoteOffer, context: Context) -> Verdict | None:
    """It must not bind longer than is accepted; a term that is not stated is asked for."""
    longest, term = need.longest_term_months, quote.term_months
    if longest is not None and term is not None and term > longest:
        return bars("too_long", f"It binds for {term} months; you accept {longest}.")
    return None


BETWEEN = ("need", QuoteOffer.role)
RULES = (
    Rule("same_thing", BETWEEN, same_thing),
    Rule("still_valid", BETWEEN, still_valid),
    Rule("in_time", BETWEEN, in_time),
    Rule("not_bound", BETWEEN, not_bound),
    Rule("short_enough", BETWEEN, short_enough),
)
