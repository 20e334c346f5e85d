"""The seals of the log's past days.

Revision ID: 0006
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

from cypn_core.storage.migrations import statements

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, and let what is sealed only grow; a salt may go with what it salted."""
    _day_seal()
    _sealed_event()
    _seal_mail()
    dialect = op.get_bind().dialect.name
    for statement in statements(Path(__file__).with_name(f"m0006_seals_{dialect}.sql")):
        op.get_bind().exec_driver_sql(statement)


def _day_seal() -> None:
    op.create_table(
        "day_seal",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", LONG, nullable=False),
        sa.PrimaryKeyConstraint("day", name="day_seal_pk"),
        sqlite_strict=True,
    )


def _sealed_event() -> None:
    op.create_table(
        "sealed_event",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["day"], ["day_seal.day"], name="sealed_event_day_fk"),
        sa.PrimaryKeyConstraint("event_id", name="sealed_event_pk"),
        sa.UniqueConstraint("day", "place", name="sealed_event_day_uq"),
        sqlite_strict=True,
    )


def _seal_mail() -> None:
    op.create_table(
        "seal_mail",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("due", LONG, nullable=False),
        sa.Column("sent_at", LONG, nullable=True),
        sa.ForeignKeyConstraint(["day"], ["day_seal.day"], name="seal_mail_day_fk"),
        sa.PrimaryKeyConstraint("day", name="seal_mail_pk"),
        sqlite_strict=True,
    )
