"""Closures: what a holder closes of its own offer, and the uses that stand for it.

Revision ID: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "closure",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("offer_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created", LONG, nullable=False),
        sa.CheckConstraint("state IN ('closed', 'reopened', 'merged')", name="closure_state_ck"),
        sa.ForeignKeyConstraint(["offer_id"], ["posting.id"], name="closure_offer_id_fk"),
        sa.PrimaryKeyConstraint("id", name="closure_pk"),
        sqlite_strict=True,
    )
    op.create_index("closure_offer", "closure", ["offer_id", "state"])
    op.create_table(
        "closure_span",
        sa.Column("closure_id", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.Column("start_ts", LONG, nullable=False),
        sa.Column("end_ts", LONG, nullable=False),
        sa.CheckConstraint("end_ts > start_ts", name="closure_span_interval_ck"),
        sa.ForeignKeyConstraint(["closure_id"], ["closure.id"], name="closure_span_closure_id_fk"),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name="closure_span_resource_id_fk"
        ),
        sa.PrimaryKeyConstraint("closure_id", "resource_id", "start_ts", name="closure_span_pk"),
        sqlite_strict=True,
    )
    op.create_index("closure_span_resource", "closure_span", ["resource_id", "start_ts"])
    op.create_table(
        "closure_use",
        sa.Column("closure_id", sa.Text(), nullable=False),
        sa.Column("use_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["closure_id"], ["closure.id"], name="closure_use_closure_id_fk"),
        sa.ForeignKeyConstraint(["use_id"], ["use.id"], name="closure_use_use_id_fk"),
        sa.PrimaryKeyConstraint("closure_id", "use_id", name="closure_use_pk"),
        sqlite_strict=True,
    )
