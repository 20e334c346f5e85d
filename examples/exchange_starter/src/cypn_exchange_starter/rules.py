"""What fits. A rule sees one pair and says no more than it must; core logs and ranks."""

from __future__ import annotations

from cypn_core.matching.rules import Context, Rule, Verdict, bars, lacks
from cypn_exchange_starter.model import CourseOffer, TeachingOffer, TrainingNeed


def same_subject(
    need: TrainingNeed, offer: TeachingOffer | CourseOffer, context: Context
) -> Verdict | None:
    """``bars`` takes the offer out; its sentence is what a volunteer reads as the reason."""
    if need.subject is not offer.subject:
        return bars("other_subject", "It is about something else.")
    return None


def not_too_many(need: TrainingNeed, offer: TeachingOffer, context: Context) -> Verdict | None:
    """``lacks`` keeps the offer in, as a part of what was wanted."""
    largest = context.settings.largest_group
    if need.learners > largest:
        return lacks("group_too_large", f"{largest} of {need.learners} learners at once")
    return None


RULES = (
    Rule("same_subject", ("need", TeachingOffer.role), same_subject),
    Rule("same_subject", ("need", CourseOffer.role), same_subject),
    Rule("not_too_many", ("need", TeachingOffer.role), not_too_many),
)
