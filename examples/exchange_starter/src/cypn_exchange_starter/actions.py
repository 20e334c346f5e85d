"""What the parties can do with an agreed deal, beyond what core knows of every deal."""

from __future__ import annotations

from cypn_core.domain.errors import Invalid
from cypn_core.domain.plans import Plan
from cypn_core.exchange import Action, DealView, Outcome
from cypn_core.matching.rules import Context
from cypn_exchange_starter.model import Attended

ARRANGED = "arranged"
TAUGHT = "taught"


def claimed(plan: Plan) -> int:
    """How many units the plan takes: seats, or groups taught. Measures what a deal serves."""
    return sum(claim.quantity for leg in plan.legs for claim in leg.claims)


def record(deal: DealView, attended: Attended, context: Context) -> Outcome:
    """A pure function: core stores what it returns, logs the fact and tells the other party."""
    seats = claimed(deal.plan)
    if len(deal.plan.needs) == 1 and attended.learners > seats:
        raise Invalid({"learners": [f"must be at most {seats}, the seats that were agreed"]})
    return Outcome(
        sub_state=TAUGHT,
        fact={"learners": attended.learners},
        tells=f"It took place; {attended.learners} came.",
    )


RECORD_ATTENDANCE = Action(
    name="record-attendance",
    title="Record attendance",
    who="holder",
    from_states=frozenset({ARRANGED}),
    handler=record,
    takes=Attended,
)
