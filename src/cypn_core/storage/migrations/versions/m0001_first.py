"""The first schema: all tables, and the guard against double booking.

Revision ID: 0001
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

from cypn_core.storage.migrations import statements

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make everything; a table comes after those that it refers to."""
    _cursor()
    _event()
    _hub_setting()
    _idempotency()
    _lease()
    _organisation()
    _standing()
    _api_key()
    _message()
    _opted_out()
    _posting()
    _resource()
    _round()
    _deal()
    _deal_need()
    _deal_offer()
    _use()
    _guard()


def _guard() -> None:
    """The triggers; run as they are, since a colon in SQL is no parameter here."""
    dialect = op.get_bind().dialect.name
    for statement in statements(Path(__file__).with_name(f"m0001_guard_{dialect}.sql")):
        op.get_bind().exec_driver_sql(statement)


def _transaction_number() -> sa.TextClause:
    if op.get_bind().dialect.name == "sqlite":
        return sa.text("0")
    return sa.text("((pg_current_xact_id())::text)::bigint")


def _cursor() -> None:
    op.create_table(
        "cursor",
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("xid", LONG, nullable=False),
        sa.Column("seq", LONG, nullable=False),
        sa.PrimaryKeyConstraint("reader", name="cursor_pk"),
        sqlite_strict=True,
    )


def _event() -> None:
    op.create_table(
        "event",
        sa.Column("seq", LONG, autoincrement=True, nullable=False),
        sa.Column("xid", LONG, server_default=_transaction_number(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", LONG, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("for_whom", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="event_pk"),
        sa.UniqueConstraint("id", name="event_id_uq"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("event_order", "event", ["xid", "seq"])
    op.create_index("event_subject", "event", ["subject"])


def _hub_setting() -> None:
    op.create_table(
        "hub_setting",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="hub_setting_pk"),
        sqlite_strict=True,
    )


def _idempotency() -> None:
    op.create_table(
        "idempotency",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("at", LONG, nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "key", name="idempotency_pk"),
        sqlite_strict=True,
    )


def _lease() -> None:
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", LONG, nullable=False),
        sa.PrimaryKeyConstraint("name", name="lease_pk"),
        sqlite_strict=True,
    )


def _organisation() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("rev", LONG, server_default=sa.text("0"), nullable=False),
        sa.Column("created", LONG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="organisation_pk"),
        sqlite_strict=True,
    )


def _standing() -> None:
    op.create_table(
        "standing",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("checker", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('passed', 'failed', 'pending')", name="standing_outcome_ck"
        ),
        sa.PrimaryKeyConstraint("id", name="standing_pk"),
        sqlite_strict=True,
    )
    op.create_index("standing_subject", "standing", ["subject", "role"])


def _api_key() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created", LONG, nullable=False),
        sa.Column("expires", LONG, nullable=False),
        sa.Column("revoked", LONG, nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="api_key_organisation_id_fk"
        ),
        sa.PrimaryKeyConstraint("id", name="api_key_pk"),
        sa.UniqueConstraint("digest", name="api_key_digest_uq"),
        sqlite_strict=True,
    )


def _message() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", LONG, nullable=False),
        sa.Column("read_at", LONG, nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="message_event_id_fk"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="message_organisation_id_fk"
        ),
        sa.PrimaryKeyConstraint("id", name="message_pk"),
        sa.UniqueConstraint("event_id", "organisation_id", name="message_event_id_uq"),
        sqlite_strict=True,
    )
    op.create_index("message_organisation", "message", ["organisation_id", "at"])


def _opted_out() -> None:
    op.create_table(
        "opted_out",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="opted_out_organisation_id_fk"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "exchange", name="opted_out_pk"),
        sqlite_strict=True,
    )


def _posting() -> None:
    op.create_table(
        "posting",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created", LONG, nullable=False),
        sa.Column("fresh_until", LONG, nullable=False),
        sa.Column("rev", LONG, server_default=sa.text("0"), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.CheckConstraint("side IN ('need', 'offer', 'noted')", name="posting_side_ck"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="posting_organisation_id_fk"
        ),
        sa.PrimaryKeyConstraint("id", name="posting_pk"),
        sqlite_strict=True,
    )
    op.create_index("posting_exchange", "posting", ["exchange", "side", "state"])
    op.create_index("posting_organisation", "posting", ["organisation_id"])


def _resource() -> None:
    op.create_table(
        "resource",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("posting_id", sa.Text(), nullable=True),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("timed", sa.Integer(), nullable=False),
        sa.Column("rev", LONG, server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("capacity BETWEEN 0 AND 10000", name="resource_capacity_ck"),
        sa.CheckConstraint("timed IN (0, 1)", name="resource_timed_ck"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="resource_organisation_id_fk"
        ),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name="resource_posting_id_fk"),
        sa.PrimaryKeyConstraint("id", name="resource_pk"),
        sqlite_strict=True,
    )
    op.create_index("resource_posting", "resource", ["posting_id"])


def _round() -> None:
    op.create_table(
        "round",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.Column("offer_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("closes_at", LONG, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name="round_state_ck"),
        sa.ForeignKeyConstraint(["offer_id"], ["posting.id"], name="round_offer_id_fk"),
        sa.PrimaryKeyConstraint("id", name="round_pk"),
        sqlite_strict=True,
    )
    op.create_index("round_state", "round", ["state", "closes_at"])


def _deal() -> None:
    op.create_table(
        "deal",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sub_state", sa.Text(), nullable=False),
        sa.Column("deadline", LONG, nullable=True),
        sa.Column("round_id", sa.Text(), nullable=True),
        sa.Column("rev", LONG, server_default=sa.text("0"), nullable=False),
        sa.Column("created", LONG, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="deal_round_id_fk"),
        sa.PrimaryKeyConstraint("id", name="deal_pk"),
        sqlite_strict=True,
    )
    op.create_index("deal_deadline", "deal", ["deadline"])
    op.create_index("deal_exchange", "deal", ["exchange", "state"])


def _deal_need() -> None:
    op.create_table(
        "deal_need",
        sa.Column("deal_id", sa.Text(), nullable=False),
        sa.Column("posting_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name="deal_need_deal_id_fk"),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name="deal_need_posting_id_fk"),
        sa.PrimaryKeyConstraint("deal_id", "posting_id", name="deal_need_pk"),
        sqlite_strict=True,
    )
    op.create_index("deal_need_posting", "deal_need", ["posting_id"])


def _deal_offer() -> None:
    op.create_table(
        "deal_offer",
        sa.Column("deal_id", sa.Text(), nullable=False),
        sa.Column("posting_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name="deal_offer_deal_id_fk"),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name="deal_offer_posting_id_fk"),
        sa.PrimaryKeyConstraint("deal_id", "posting_id", "role", name="deal_offer_pk"),
        sqlite_strict=True,
    )
    op.create_index("deal_offer_posting", "deal_offer", ["posting_id"])


def _use() -> None:
    op.create_table(
        "use",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.Column("deal_id", sa.Text(), nullable=True),
        sa.Column("start_ts", LONG, nullable=True),
        sa.Column("end_ts", LONG, nullable=True),
        sa.Column("qty", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("expires", LONG, nullable=True),
        sa.CheckConstraint(
            "purpose IN ('deal', 'closure', 'existing', 'buffer')", name="use_purpose_ck"
        ),
        sa.CheckConstraint(
            "status IN ('held', 'confirmed', 'cancelled', 'expired')", name="use_status_ck"
        ),
        sa.CheckConstraint(
            "(start_ts IS NULL AND end_ts IS NULL)"
            " OR (start_ts IS NOT NULL AND end_ts IS NOT NULL"
            " AND end_ts > start_ts AND end_ts - start_ts <= 2682000)",
            name="use_interval_ck",
        ),
        sa.CheckConstraint("qty BETWEEN 1 AND 10000", name="use_qty_ck"),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name="use_deal_id_fk"),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name="use_resource_id_fk"),
        sa.PrimaryKeyConstraint("id", name="use_pk"),
        sqlite_strict=True,
    )
    op.create_index("use_deal", "use", ["deal_id"])
    op.create_index("use_resource", "use", ["resource_id", "start_ts"])
