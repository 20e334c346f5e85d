"""Who shares a code that may be rare.

Revision ID: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table, empty: until enough have posted again, each code counts as rare."""
    op.create_table(
        "practice",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("since", LONG, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="practice_organisation_id_fk"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "code", name="practice_pk"),
        sqlite_strict=True,
    )
    op.create_index("practice_code", "practice", ["code", "since"])
