"""Membership: registrations, wanted checks, origins of addresses, complaints, letters, erasure.

Revision ID: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the six tables, and let an organisation be one that was erased."""
    op.add_column("organisation", sa.Column("erased", LONG, nullable=True))
    _registration()
    _registration_link()
    _check_request()
    _contact_origin()
    _complaint()
    _letter()


def _registration() -> None:
    op.create_table(
        "registration",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created", LONG, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('unconfirmed', 'confirmed')", name="registration_state_ck"),
        sa.PrimaryKeyConstraint("id", name="registration_pk"),
        sqlite_strict=True,
    )
    op.create_index("registration_email", "registration", ["email"])
    op.create_index("registration_state", "registration", ["state", "created"])


def _registration_link() -> None:
    op.create_table(
        "registration_link",
        sa.Column("registration_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name="registration_link_registration_id_fk"
        ),
        sa.PrimaryKeyConstraint("registration_id", name="registration_link_pk"),
        sqlite_strict=True,
    )


def _check_request() -> None:
    op.create_table(
        "check_request",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("asked", LONG, nullable=False),
        sa.Column("ready", LONG, nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="check_request_organisation_id_fk"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "role", name="check_request_pk"),
        sqlite_strict=True,
    )


def _contact_origin() -> None:
    op.create_table(
        "contact_origin",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("at", LONG, nullable=False),
        sa.CheckConstraint(
            "how IN ('self_registered', 'member', 'coordinator', 'import')",
            name="contact_origin_how_ck",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="contact_origin_organisation_id_fk"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "contact", name="contact_origin_pk"),
        sqlite_strict=True,
    )


def _complaint() -> None:
    op.create_table(
        "complaint",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created", LONG, nullable=False),
        sa.Column("due", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("answered", LONG, nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "about IN ('hub', 'member', 'data', 'coordinator')", name="complaint_about_ck"
        ),
        sa.CheckConstraint("state IN ('open', 'answered', 'erased')", name="complaint_state_ck"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="complaint_organisation_id_fk"
        ),
        sa.PrimaryKeyConstraint("id", name="complaint_pk"),
        sa.UniqueConstraint("number", name="complaint_number_uq"),
        sqlite_strict=True,
    )
    op.create_index("complaint_state", "complaint", ["state", "created"])
    op.create_index("complaint_organisation", "complaint", ["organisation_id"])


def _letter() -> None:
    op.create_table(
        "letter",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due", LONG, nullable=False),
        sa.Column("confirms", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["confirms"], ["registration.id"], name="letter_confirms_fk"),
        sa.PrimaryKeyConstraint("id", name="letter_pk"),
        sqlite_strict=True,
    )
    op.create_index("letter_due", "letter", ["due"])
