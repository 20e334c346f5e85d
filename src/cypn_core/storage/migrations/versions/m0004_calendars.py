"""The feeds of a calendar that a member has given out.

Revision ID: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created", LONG, nullable=False),
        sa.Column("revoked", LONG, nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="calendar_feed_organisation_id_fk"
        ),
        sa.PrimaryKeyConstraint("id", name="calendar_feed_pk"),
        sa.UniqueConstraint("digest", name="calendar_feed_digest_uq"),
        sqlite_strict=True,
    )
    op.create_index("calendar_feed_organisation", "calendar_feed", ["organisation_id"])
