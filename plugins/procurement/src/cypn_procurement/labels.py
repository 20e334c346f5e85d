"""The heads of the lines in which a body is told, where a field's own name would not do."""

from __future__ import annotations

from collections.abc import Mapping

_HEADS = {
    "unit": "Counted by",
    "present_unit_pence": "Paid now for one",
    "limit_unit_pence": "At most for one",
    "insists": "Joins at any price",
    "notice_days": "Days' notice",
    "longest_term_months": "Bound for at most",
    "fixed_fee_pence": "Fee for each order",
    "incremental": "A lower price holds for further units alone",
    "delivery_pence": "Delivery to each member",
    "minimum_order": "Smallest order",
    "least_order_pence": "Order comes to at least",
    "pack": "Sold in packs of",
    "capacity": "Can deliver",
    "term_months": "Binds for",
    "commission_pence": "Commission for one",
    "tiers": "Price by quantity",
    "auto_accept": "The hub says yes by itself",
}

LABELS: Mapping[str, str] = {f"label.{name}": head for name, head in _HEADS.items()}
"""``label.`` and a field's name, to the head of its line."""
