"""Who signs in: staff, mailed links, sessions.

Revision ID: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the four tables."""
    op.create_table(
        "staff",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("since", LONG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="staff_pk"),
        sa.UniqueConstraint("email", name="staff_email_uq"),
        sqlite_strict=True,
    )
    _sign_in_link()
    _session()


def _sign_in_link() -> None:
    op.create_table(
        "sign_in_link",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("asked", LONG, nullable=False),
        sa.Column("due", LONG, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("expires", LONG, nullable=False),
        sa.Column("used", LONG, nullable=True),
        sa.CheckConstraint("place BETWEEN 0 AND 4", name="sign_in_link_place_ck"),
        sa.CheckConstraint("attempts >= 0", name="sign_in_link_attempts_ck"),
        sa.PrimaryKeyConstraint("address", "place", name="sign_in_link_pk"),
        sa.UniqueConstraint("id", name="sign_in_link_id_uq"),
        sqlite_strict=True,
    )
    op.create_index("sign_in_link_due", "sign_in_link", ["due"])


def _session() -> None:
    op.create_table(
        "session",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=True),
        sa.Column("organisation_id", sa.Text(), nullable=True),
        sa.Column("acts_for", sa.Text(), nullable=True),
        sa.Column("opened", LONG, nullable=False),
        sa.Column("seen", LONG, nullable=False),
        sa.Column("ended", LONG, nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="session_staff_id_fk"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="session_organisation_id_fk"
        ),
        sa.ForeignKeyConstraint(["acts_for"], ["organisation.id"], name="session_acts_for_fk"),
        sa.PrimaryKeyConstraint("id", name="session_pk"),
        sa.UniqueConstraint("digest", name="session_digest_uq"),
        sqlite_strict=True,
    )
    op.create_index("session_address", "session", ["address"])
    op.create_index("session_seen", "session", ["seen"])
    op.create_table(
        "session_contact",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name="session_contact_session_id_fk"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="session_contact_organisation_id_fk"
        ),
        sa.PrimaryKeyConstraint("session_id", "organisation_id", name="session_contact_pk"),
        sqlite_strict=True,
    )
