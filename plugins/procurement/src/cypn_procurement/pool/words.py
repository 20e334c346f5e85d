"""Plain words for the states, roles, steps and facts of a pool."""

from __future__ import annotations

from collections.abc import Mapping

from cypn_procurement.pool import states
from cypn_procurement.pool.book import Interest, Role

_CODES = {
    states.DRAFT: "a draft: roles, budget and a way out are still written down",
    states.GATHERING: "open for commitments",
    states.TARGET_MET: "open for commitments, and its target is met",
    states.EXTENDED: "open for commitments for some more days",
    states.QUOTING: "closed; interests are declared, and the quotes are voted on",
    states.DECISION: "decided; everybody in it is asked for a yes",
    states.COMMITTED: "agreed; it can be ordered",
    states.ORDERING: "ordered",
    states.DELIVERED: "delivered",
    states.SETTLED: "paid and settled",
    states.DISPUTED: "in dispute",
    Role.LEAD.value: "lead buyer",
    Role.TREASURER.value: "treasurer",
    Role.EVALUATOR.value: "evaluator of quotes",
    Role.STEWARD.value: "steward of the rules",
    Interest.NONE.value: "no interest in any supplier",
    Interest.CONFLICT.value: "an interest in a supplier: we stand aside in the vote",
    "gather": "Begin a buying pool",
}

_QUESTIONS = {
    "budget_pence": "What may the pool spend together?",
    "exit_months": "How many months' notice does a member give who leaves later?",
    "hint.exit_months": (
        "Whoever leaves pays for what falls below the supplier's least order until somebody takes "
        "its place."
    ),
    "review_date": "On which day do all look again whether it pays?",
    "gather_until": "Until which day may others join?",
    "hint.gather_until": "Before the last day on which a member could leave its present contract.",
    "target": "How many do you want to buy together?",
    "hint.target": "What others read of it is rough, and changes once a day at most.",
    "pool_role": "What do you do for the pool?",
    "hint.pool_role": "Each role has one holder; everything else is decided by one vote a member.",
    "signatory": "Has somebody who may sign for your group confirmed this?",
    "hint.signatory": "Without it your commitment does not count when the pool closes.",
    "delegate_limit_pence": "How much may you spend without asking?",
    "hint.delegate_limit_pence": "Leave it out if there is no such limit. Nobody else sees it.",
    "insist": "Do you join even if it costs you more than now?",
    "interest": "Has anybody in your group an interest in one of the suppliers?",
    "hint.interest": "Say it before you see the quotes. Who has one stands aside in the vote.",
    "chosen_quote": "Which quote are you for?",
    "hint.chosen_quote": "The first letters of its id, as it stands on the pool's page.",
    "new_unit_pence": "What does one cost now?",
    "new_term_months": "For how many months does it bind now?",
    "hint.new_term_months": "Leave it out where that is as before.",
}

_LABELS = {
    "bought": "Bought together",
    "budget_pence": "Budget of the pool",
    "exit_months": "Months' notice to leave",
    "review_date": "Day of review",
    "gather_until": "Others may join until",
    "target": "Wanted together",
    "pool_role": "Role",
    "roles_taken": "Roles that are taken",
    "progress": "How far it is",
    "your_roles": "Your roles",
    "you_committed": "You have committed",
    "you_signed": "A signatory of yours has confirmed",
    "you_are_told": "For you",
    "your_vote": "Your vote",
    "quotes": "Quotes",
    "quotes.quote": "Id",
    "quotes.terms": "Terms",
    "quotes.disclosed": "Disclosed",
    "quotes.for_you": "For you",
    "changed_terms": "Terms that the supplier has changed",
    "entered_at": "Entered at",
    "entered_by": "Entered by",
    "was": "Before",
    "now": "Now",
    "hint": "Good to know",
    "signatory": "A signatory has confirmed",
    "delegate_limit_pence": "Limit of whoever commits",
    "insist": "Joins at any price",
    "interest": "Interest declared",
    "chosen_quote": "Quote",
    "new_unit_pence": "New price of one",
    "new_term_months": "Binds for months now",
}

WORDS: Mapping[str, str] = {
    **_CODES,
    **_QUESTIONS,
    **{f"label.{name}": head for name, head in _LABELS.items()},
}
"""They are part of the words of the exchange."""
