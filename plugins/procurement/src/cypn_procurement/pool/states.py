"""The states of a pool, in the order in which it goes through them."""

from __future__ import annotations

DRAFT, GATHERING, TARGET_MET, QUOTING = "draft", "gathering", "target_met", "quoting"
DECISION, EXTENDED = "decision", "extended"
COMMITTED, ORDERING, DELIVERED, SETTLED = "committed", "ordering", "delivered", "settled"
DISPUTED = "disputed"

OPEN = frozenset({GATHERING, TARGET_MET, EXTENDED})
"""In which members come and commit."""
DECIDING = frozenset({QUOTING, DECISION})
"""In which the quotes lie open to whoever has declared its interests."""
BEFORE = frozenset({DRAFT, *OPEN, *DECIDING})
AFTER = frozenset({COMMITTED, ORDERING, DELIVERED, DISPUTED})
"""Agreed, and not settled."""
