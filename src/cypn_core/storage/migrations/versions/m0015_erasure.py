"""What people wrote in the log may be erased, and nothing else of it.

Revision ID: 0015
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

from cypn_core.storage.migrations import statements

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the body of two sorts of event change, where no salted digest holds it any more."""
    dialect = op.get_bind().dialect.name
    for statement in statements(Path(__file__).with_name(f"m0015_erasure_{dialect}.sql")):
        op.get_bind().exec_driver_sql(statement)
