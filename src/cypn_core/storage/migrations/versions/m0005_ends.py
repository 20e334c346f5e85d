"""Postings: their class in the turn order, and the day on which an offer ends.

Revision ID: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both columns; what is stored is of the ordinary class and has no end."""
    ordinary = sa.text("'ordinary'")
    op.add_column(
        "posting", sa.Column("priority", sa.Text(), nullable=False, server_default=ordinary)
    )
    op.add_column("posting", sa.Column("leaves_on", sa.Text(), nullable=True))
