"""Diaries: calendars that holders import, when they say busy, and the uses that stand for that.

Revision ID: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "diary",
        sa.Column("offer_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("at", LONG, nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("dates", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('imported', 'ended')", name="diary_state_ck"),
        sa.ForeignKeyConstraint(["offer_id"], ["posting.id"], name="diary_offer_id_fk"),
        sa.PrimaryKeyConstraint("offer_id", name="diary_pk"),
        sqlite_strict=True,
    )
    op.create_table(
        "diary_span",
        sa.Column("offer_id", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.Column("start_ts", LONG, nullable=False),
        sa.Column("end_ts", LONG, nullable=False),
        sa.CheckConstraint("end_ts > start_ts", name="diary_span_interval_ck"),
        sa.ForeignKeyConstraint(["offer_id"], ["diary.offer_id"], name="diary_span_offer_id_fk"),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name="diary_span_resource_id_fk"),
        sa.PrimaryKeyConstraint("offer_id", "resource_id", "start_ts", name="diary_span_pk"),
        sqlite_strict=True,
    )
    op.create_index("diary_span_resource", "diary_span", ["resource_id", "start_ts"])
    op.create_table(
        "diary_use",
        sa.Column("offer_id", sa.Text(), nullable=False),
        sa.Column("use_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["offer_id"], ["diary.offer_id"], name="diary_use_offer_id_fk"),
        sa.ForeignKeyConstraint(["use_id"], ["use.id"], name="diary_use_use_id_fk"),
        sa.PrimaryKeyConstraint("offer_id", "use_id", name="diary_use_pk"),
        sqlite_strict=True,
    )
