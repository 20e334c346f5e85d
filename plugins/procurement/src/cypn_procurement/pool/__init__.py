"""A buying pool from its draft to its last bill: what members put down, decide, order and pay."""
