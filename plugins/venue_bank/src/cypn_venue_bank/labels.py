"""The heads of the lines in which a body is told, where a field's own name would not do."""

from __future__ import annotations

from collections.abc import Mapping

_HEADS = {
    "must": "It must have",
    "nice": "Good to have",
    "quiet": "A quiet place",
    "declares": "What is to be known of the activity",
    "max_km": "How far at most",
    "budget_per": "The budget is for",
    "may_split": "May be in several places",
    "alternate_weeks": "Every other week would do",
    "minimum_dates": "Dates at least",
    "or_when": "Or at another time",
    "closes_on": "Shut on",
    "existing_hours": "In use already",
    "beside": "Others there at the time",
    "youngest": "Youngest age",
    "oldest": "Oldest age",
    "minimum_minutes": "Shortest booking",
    "maximum_minutes": "Longest booking",
    "starts_every": "Starts every",
    "notice_hours": "Ask so long before",
    "caretaker_hours": "The caretaker is there",
    "set_up_minutes": "Time to set up",
    "clear_up_minutes": "Time to clear up",
    "minimum_months": "Shortest time",
    "auto_accept": "The hub says yes by itself",
}

LABELS: Mapping[str, str] = {f"label.{name}": head for name, head in _HEADS.items()}
"""``label.`` and a field's name, to the head of its line."""
