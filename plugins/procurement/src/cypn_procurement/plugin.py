"""The hooks that this exchange answers."""

from __future__ import annotations

from cypn_core import hookimpl
from cypn_core.domain.plans import Plan
from cypn_core.exchange import Exchange
from cypn_procurement.model import PurchaseNeed, QuoteOffer
from cypn_procurement.planner import pools
from cypn_procurement.pool.declared import POOLS, RUNNING, STEPS
from cypn_procurement.pool.states import COMMITTED
from cypn_procurement.relaxations import relaxed
from cypn_procurement.rules import RULES
from cypn_procurement.settings import NAME, ProcurementSettings
from cypn_procurement.together import together
from cypn_procurement.words import WORDS


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
        together=together,
        settings=ProcurementSettings,
        rules=RULES,
        relaxations=relaxed,
        words=WORDS,
        served=pence_spent,
        actions=(*STEPS, *RUNNING),
        agreed_as=COMMITTED,
        gathering=POOLS,
    )
