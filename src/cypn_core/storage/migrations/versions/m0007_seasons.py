"""Seasons, and what each need came out of them with.

Revision ID: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "season",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=False),
        sa.Column("opens_on", sa.Text(), nullable=False),
        sa.Column("closes_on", sa.Text(), nullable=False),
        sa.Column("created", LONG, nullable=False),
        sa.Column("proof", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'closing', 'closed')", name="season_state_ck"),
        sa.PrimaryKeyConstraint("id", name="season_pk"),
        sqlite_strict=True,
    )
    op.create_index("season_exchange", "season", ["exchange", "state"])
    op.create_table(
        "season_outcome",
        sa.Column("season_id", sa.Text(), nullable=False),
        sa.Column("need_id", sa.Text(), nullable=False),
        sa.Column("deal_id", sa.Text(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.CheckConstraint("settled IN (0, 1)", name="season_outcome_settled_ck"),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name="season_outcome_deal_id_fk"),
        sa.ForeignKeyConstraint(["need_id"], ["posting.id"], name="season_outcome_need_id_fk"),
        sa.ForeignKeyConstraint(["season_id"], ["season.id"], name="season_outcome_season_id_fk"),
        sa.PrimaryKeyConstraint("season_id", "need_id", name="season_outcome_pk"),
        sqlite_strict=True,
    )
    op.create_index("season_outcome_need", "season_outcome", ["need_id"])
