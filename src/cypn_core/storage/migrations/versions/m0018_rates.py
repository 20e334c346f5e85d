"""Rates: how often somebody came, for limits that all workers share.

Revision ID: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "rate",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("hits", LONG, nullable=False),
        sa.Column("until", LONG, nullable=False),
        sa.CheckConstraint("hits >= 0", name="rate_hits_ck"),
        sa.PrimaryKeyConstraint("id", name="rate_pk"),
        sqlite_strict=True,
    )
    op.create_index("rate_until", "rate", ["until"])
