"""Plain words for the codes of this exchange, and the questions of its forms."""

from __future__ import annotations

from collections.abc import Mapping

from cypn_procurement.labels import LABELS
from cypn_procurement.pool import words as pool

_PRICE, _TERMS, _DELIVERY = "Price", "Contract", "Delivery"

_CODES = {
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

_QUESTIONS = {
    "hint.purchase_need": "What you buy now or want to buy, to be bought with others for less.",
    "hint.quote_offer": "What a supplier would charge a group of members.",
    "purchase_need.category": "What do you want to buy?",
    "quote_offer.category": "What do you quote for?",
    "purchase_need.place": "Where is it needed?",
    "quote_offer.place": "Where do you deliver from?",
    "purchase_need.unit": "What is counted?",
    "quote_offer.unit": "What is counted?",
    "hint.unit": (
        "A short code such as member, line or ream; only what is counted alike is bought together. "
        "For a service that is paid by the year, count its yearly price."
    ),
    "quantity": "How many?",
    "present_unit_pence": "What do you pay for one now?",
    "hint.present_unit_pence": "Nobody but you sees it; you never join at a higher price.",
    "limit_unit_pence": "What would you pay for one at most?",
    "hint.limit_unit_pence": "Nobody but you sees it.",
    "insists": "Do you join at any price?",
    "hint.insists": "Then what you pay now and your limit count no more.",
    "wanted_by": "By which day do you need it?",
    "contract_ends": "When does your present contract end?",
    "purchase_need.notice_days": "How many days' notice must you give on it?",
    "longest_term_months": "For how many months would you bind yourself at most?",
    "tiers": "What does one cost, by how many are ordered?",
    "tiers.from_quantity": "From how many on?",
    "tiers.unit_pence": "What does one cost then?",
    "incremental": "Does a lower price hold only for the units from its number on?",
    "hint.incremental": "If not, it holds for the whole order.",
    "fixed_fee_pence": "Is there a fee for each order?",
    "delivery_pence": "What does each member's own delivery cost?",
    "least_order_pence": "What must an order come to at least?",
    "pack": "In packs of how many is it sold?",
    "minimum_order": "How many must be ordered at least?",
    "capacity": "How many can you deliver at most?",
    "available_from": "From which day on?",
    "valid_until": "Until which day does the quote hold?",
    "term_months": "For how many months does it bind?",
    "quote_offer.notice_days": "How many days' notice end it?",
    "commission_pence": "What does anybody earn by bringing about the sale of one?",
    "auto_accept": "Shall the hub say yes for you when enough members join?",
}

_GROUPS = {
    _PRICE: (
        "present_unit_pence", "limit_unit_pence", "insists", "tiers", "incremental",
        "fixed_fee_pence", "delivery_pence", "commission_pence",
    ),
    _TERMS: (
        "contract_ends", "notice_days", "longest_term_months", "term_months", "valid_until",
    ),
    _DELIVERY: (
        "unit", "quantity", "wanted_by", "minimum_order", "least_order_pence", "pack", "capacity",
        "available_from",
    ),
}  # fmt: skip

WORDS: Mapping[str, str] = {
    **_CODES,
    **_QUESTIONS,
    **LABELS,
    **pool.WORDS,
    **{f"group.{name}": group for group, names in _GROUPS.items() for name in names},
}
"""A code, kind or field to plain words; a field's are the question that a form asks."""
