"""The heads of the lines in which a body is told, where a field's own name would not do."""

from __future__ import annotations

from collections.abc import Mapping

_HEADS = {
    "on": "Day",
    "budget_pence": "Budget",
    "tank_litres": "Litres in the tank",
    "away": "Nights away",
    "flexible_minutes": "The time may move by",
    "own_permit": "Has a permit of its own",
    "classes": "Who rides along",
    "registered": "Year of registration",
    "mot_until": "MOT until",
    "midas_until": "MiDAS until",
    "midas_accessible_until": "MiDAS accessible until",
    "b_since": "Car licence since",
    "medical_at_70": "Medical check at 70",
    "barred_list_until": "Barred list check until",
    "categories": "Licence categories",
    "born": "Born in",
    "paid": "Is paid to drive",
    "furthest_km": "How far at most",
    "buffer_minutes": "Time between two outings",
    "lends_under_permit": "Lends under its permit",
    "auto_accept": "The hub says yes by itself",
}

LABELS: Mapping[str, str] = {f"label.{name}": head for name, head in _HEADS.items()}
"""``label.`` and a field's name, to the head of its line."""
