"""The rule of the budget: the whole price of one session or month, all charges counted."""

from __future__ import annotations

from cypn_core.domain.money import pounds
from cypn_core.domain.plans import PRICE
from cypn_core.matching.rules import Context, Verdict, bars, lacks, passes
from cypn_venue_bank.codes import BudgetPer
from cypn_venue_bank.needs import SpaceNeed, StorageNeed
from cypn_venue_bank.offers import SpaceOffer, StorageOffer
from cypn_venue_bank.prices import CERTIFIED, once, total
from cypn_venue_bank.sentences import NOT_THE_HOLDERS

ASK_LAST = 1_000_000_00
"""What an unstated price weighs, in pence: more than any that is stated."""


def affordable(
    need: SpaceNeed | StorageNeed, offer: SpaceOffer | StorageOffer, context: Context
) -> Verdict:
    """Within budget, all charges counted. A price that is not stated is to be asked for."""
    if offer.price is None:
        return lacks(PRICE, "Its price is not stated: ask before you agree.", score=-ASK_LAST)
    certified = context.settings.concession_role in context.first.roles
    minutes = max((window.minutes for window in context.windows), default=0)
    pence = total(once(offer.price, minutes, concession=certified))
    unit = "a month" if isinstance(need, StorageNeed) else "a session"
    budget = budget_of(need, minutes)
    if budget is not None and pence > budget:
        return _over_budget(pence, budget, unit)
    lower = certified and offer.price.concession_pence is not None
    note = f", {CERTIFIED}" if lower else ""
    return passes("price", score=-pence, sentence=f"{pounds(pence)} {unit}{note}")


def budget_of(need: SpaceNeed | StorageNeed, minutes: int) -> int | None:
    """Pence for one session of *minutes* or one month; a budget by the hour is rounded down."""
    if need.budget_pence is None or isinstance(need, StorageNeed):
        return need.budget_pence
    if need.budget_per is BudgetPer.HOUR:
        return need.budget_pence * minutes // 60
    return need.budget_pence


def _over_budget(pence: int, budget: int, unit: str) -> Verdict:
    return bars(
        "price",
        f"It costs {pounds(pence)} {unit}, {pounds(pence - budget)} over your budget.",
        private=f"{pounds(pence)} > {pounds(budget)}",
        audience=NOT_THE_HOLDERS,
        over_pence=pence - budget,
    )
