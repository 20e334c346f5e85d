"""The hooks that this exchange answers."""

from __future__ import annotations

from cypn_core import hookimpl
from cypn_core.domain.plans import Plan
from cypn_core.exchange import Exchange
from cypn_procurement.model import PurchaseNeed, QuoteOffer
from cypn_procurement.planner import pools
from cypn_procurement.relaxations import relaxed
from cypn_procurement.rules import RULES

NAME = "procurement"

WORDS = {
    "quote": "quote",
    "seeker": "member that buys",
    "supplier": "supplier that quotes",
    "hr_services": "HR services",
    "it_services": "IT services",
    "insurance": "insurance",
    "phone_contracts": "phone contracts",
    "office_supplies": "office supplies",
    "gdpr_policy": "GDPR policies",
    "legal": "legal advice",
    "advisory": "advice",
    "payroll": "payroll",
    "consultancy": "consultants",
    "bookkeeping": "bookkeeping",
    "energy": "energy",
    "other_services": "other specialist services",
    "purchase_need": "something to buy together",
    "quote_offer": "a supplier's quote",
}


def pence_spent(plan: Plan) -> int:
    """What a deal serves, in pence: whoever bought least through the hub comes first."""
    return plan.pence or 0


@hookimpl
def cypn_exchange() -> Exchange:
    return Exchange(
        name=NAME,
        title="Shared procurement",
        summary="Buy together what each of you buys now; nobody is enrolled at a loss.",
        needs=(PurchaseNeed,),
        offers=(QuoteOffer,),
        planner=pools,
        rules=RULES,
        relaxations=relaxed,
        words=WORDS,
        served=pence_spent,
        agreed_as="committed",
    )
