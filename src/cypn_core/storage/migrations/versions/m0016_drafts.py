"""Drafts: answers that were not posted yet.

Revision ID: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "draft",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("posting_id", sa.Text(), nullable=True),
        sa.Column("posting_rev", sa.Integer(), nullable=True),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("changed", LONG, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="draft_organisation_id_fk"
        ),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name="draft_posting_id_fk"),
        sa.PrimaryKeyConstraint("id", name="draft_pk"),
        sqlite_strict=True,
    )
    op.create_index("draft_actor", "draft", ["actor", "organisation_id"])
    op.create_index("draft_changed", "draft", ["changed"])
