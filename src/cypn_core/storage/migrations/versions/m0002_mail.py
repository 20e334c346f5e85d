"""Mail: the outbox, the links in what is sent, and the contacts that get none.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the three tables; a table comes after those that it refers to."""
    _mail()
    _mail_link()
    _mail_stop()


def _mail() -> None:
    op.create_table(
        "mail",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("digest_id", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("issue", sa.Integer(), nullable=False),
        sa.Column("due", LONG, nullable=False),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("sent_at", LONG, nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('weekly', 'folded', 'waiting', 'sent', 'dropped', 'dead')",
            name="mail_state_ck",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="mail_organisation_id_fk"
        ),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="mail_message_id_fk"),
        sa.ForeignKeyConstraint(["digest_id"], ["mail.id"], name="mail_digest_id_fk"),
        sa.PrimaryKeyConstraint("id", name="mail_pk"),
        sa.UniqueConstraint("message_id", name="mail_message_id_uq"),
        sqlite_strict=True,
    )
    op.create_index("mail_state", "mail", ["state", "due"])
    op.create_index("mail_organisation", "mail", ["organisation_id"])


def _mail_link() -> None:
    op.create_table(
        "mail_link",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("mail_id", sa.Text(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("expires", LONG, nullable=False),
        sa.Column("used", LONG, nullable=True),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.CheckConstraint("told IN (0, 1)", name="mail_link_told_ck"),
        sa.CheckConstraint(
            "choice IN ('yes', 'no', 'later', 'unsubscribe')", name="mail_link_choice_ck"
        ),
        sa.ForeignKeyConstraint(["mail_id"], ["mail.id"], name="mail_link_mail_id_fk"),
        sa.PrimaryKeyConstraint("id", name="mail_link_pk"),
        sqlite_strict=True,
    )
    op.create_index("mail_link_mail", "mail_link", ["mail_id"])


def _mail_stop() -> None:
    op.create_table(
        "mail_stop",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", LONG, nullable=False),
        sa.CheckConstraint("reason IN ('bounced', 'unsubscribed')", name="mail_stop_reason_ck"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="mail_stop_organisation_id_fk"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "contact", name="mail_stop_pk"),
        sqlite_strict=True,
    )
