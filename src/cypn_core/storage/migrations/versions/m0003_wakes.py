"""What remembered needs are told, and what becomes of terms that end.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make both tables; neither refers to the other."""
    _wake()
    _renewal()


def _wake() -> None:
    op.create_table(
        "wake",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.Column("need_id", sa.Text(), nullable=False),
        sa.Column("offer_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due", LONG, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("offer_revision", LONG, nullable=False),
        sa.Column("told", LONG, nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("deal_id", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'noticed', 'asked', 'yes', 'no', 'passed', 'gone')",
            name="wake_state_ck",
        ),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name="wake_deal_id_fk"),
        sa.ForeignKeyConstraint(["need_id"], ["posting.id"], name="wake_need_id_fk"),
        sa.ForeignKeyConstraint(["offer_id"], ["posting.id"], name="wake_offer_id_fk"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="wake_organisation_id_fk"
        ),
        sa.PrimaryKeyConstraint("id", name="wake_pk"),
        sa.UniqueConstraint("occasion", "need_id", "offer_id", name="wake_occasion_uq"),
        sqlite_strict=True,
    )
    op.create_index("wake_state", "wake", ["state", "due"])
    op.create_index("wake_offer", "wake", ["offer_id", "state"])
    op.create_index("wake_organisation", "wake", ["organisation_id", "told"])


def _renewal() -> None:
    op.create_table(
        "renewal",
        sa.Column("deal_id", sa.Text(), nullable=False),
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ends", LONG, nullable=False),
        sa.Column("need_id", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('offered', 'notice', 'renewed', 'ended')", name="renewal_state_ck"
        ),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name="renewal_deal_id_fk"),
        sa.ForeignKeyConstraint(["need_id"], ["posting.id"], name="renewal_need_id_fk"),
        sa.PrimaryKeyConstraint("deal_id", name="renewal_pk"),
        sqlite_strict=True,
    )
    op.create_index("renewal_state", "renewal", ["state", "ends"])
