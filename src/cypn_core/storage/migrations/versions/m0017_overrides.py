"""Overrides of the gate by two people.

Revision ID: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "gate_override",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed", LONG, nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("first", sa.Text(), nullable=True),
        sa.Column("last", sa.Text(), nullable=True),
        sa.Column("ended", LONG, nullable=True),
        sa.CheckConstraint("days BETWEEN 1 AND 14", name="gate_override_days_ck"),
        sa.CheckConstraint("confirmed_by <> proposed_by", name="gate_override_people_ck"),
        sa.CheckConstraint(
            "(confirmed_by IS NULL) = (first IS NULL) AND (first IS NULL) = (last IS NULL)",
            name="gate_override_confirmed_ck",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="gate_override_organisation_id_fk"
        ),
        sa.PrimaryKeyConstraint("id", name="gate_override_pk"),
        sqlite_strict=True,
    )
    op.create_index("gate_override_organisation", "gate_override", ["organisation_id", "role"])
