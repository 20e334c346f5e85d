"""PostgreSQL: whoever takes a resource queues for it before anything else touches its row.

Revision ID: 0009
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

from cypn_core.storage.migrations import statements

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the turn before the foreign key is checked; SQLite has one writer and needs no more."""
    if op.get_bind().dialect.name == "postgresql":
        for statement in statements(Path(__file__).with_name("m0009_turns_postgresql.sql")):
            op.get_bind().exec_driver_sql(statement)
