"""The visit after an agreement: until it is confirmed the group may leave freely."""

from __future__ import annotations

from typing import Any

from cypn_core.exchange import Action, DealView, Outcome
from cypn_core.matching.rules import Context

VISIT_PENDING, CONFIRMED = "visit_pending", "confirmed"


def _confirm(deal: DealView, given: Any, context: Context) -> Outcome:
    return Outcome(
        sub_state=CONFIRMED,
        fact={"visit": CONFIRMED},
        tells="The group has seen the space and keeps the booking.",
    )


CONFIRM_VISIT = Action(
    name="confirm-visit",
    title="Confirm after the visit",
    who="seeker",
    from_states=frozenset({VISIT_PENDING}),
    handler=_confirm,
)
