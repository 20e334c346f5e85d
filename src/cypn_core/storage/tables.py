"""The tables, declared once; the first migration makes them, and a test holds the two together.

Columns are what is queried or constrained; the rest of a thing is its JSON ``body``. Ids are 32
hexadecimal characters, instants are whole seconds since 1970 UTC, days are ISO dates, yes and no
are 1 and 0. SQLite's tables are STRICT, so that it refuses a wrong type as PostgreSQL does.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnElement

MAX_USE_SECONDS = 31 * 86_400 + 3_600
"""The longest Use: 31 days of wall time, one of which has 25 hours when the clocks go back.

A use from 1 October to 1 November is 31 days to everybody, and an hour more in UTC. The guard
needs some bound: with it, one look-back in the index (resource, start) finds all that overlap.
"""

LIVE = ("held", "confirmed")
"""The statuses of a Use that occupy."""

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pk",
        "fk": "%(table_name)s_%(column_0_name)s_fk",
        "uq": "%(table_name)s_%(column_0_name)s_uq",
        "ck": "%(table_name)s_%(constraint_name)s_ck",
    }
)

Long = BigInteger().with_variant(Integer, "sqlite")


class TransactionNumber(ColumnElement[int]):
    """The number of the running transaction: PostgreSQL's 64-bit one, 0 on SQLite.

    SQLite has one writer at a time, so the order of ``seq`` is the order of commits.
    """

    inherit_cache = True


@compiles(TransactionNumber, "postgresql")
def _postgresql_number(element: TransactionNumber, compiler: Any, **kw: Any) -> str:
    return "((pg_current_xact_id())::text)::bigint"


@compiles(TransactionNumber)
def _plain_number(element: TransactionNumber, compiler: Any, **kw: Any) -> str:
    return "0"


def _table(name: str, *parts: Any, **options: Any) -> Table:
    return Table(name, metadata, *parts, sqlite_strict=True, **options)


def _text(name: str, *more: Any, null: bool = False) -> Column[Any]:
    return Column(name, Text, *more, nullable=null)


def _long(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, Long, nullable=null)


def _id() -> Column[Any]:
    return Column("id", Text, primary_key=True)


def _key(name: str, *more: Any) -> Column[Any]:
    return Column(name, Text, *more, primary_key=True)


def _rev() -> Column[Any]:
    return Column("rev", Long, nullable=False, server_default=text("0"))


def _one_of(column: str, *values: str) -> CheckConstraint:
    said = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({said})", name=column)


organisation = _table(
    "organisation", _id(), _text("body"), _rev(), _long("created"), _long("erased", null=True)
)

opted_out = _table(
    "opted_out", _key("organisation_id", ForeignKey("organisation.id")), _key("exchange")
)

practice = _table(
    "practice",
    _key("organisation_id", ForeignKey("organisation.id")),
    _key("code"),
    _long("since"),
    Index("practice_code", "code", "since"),
)
"""Who has ever posted a code that may be rare; rows are added and never changed."""

standing = _table(
    "standing",
    _id(),
    _text("subject"),
    _text("role"),
    _text("version"),
    _text("outcome"),
    _text("checker"),
    _text("decided_on"),
    _text("expires_on", null=True),
    _one_of("outcome", "passed", "failed", "pending"),
    Index("standing_subject", "subject", "role"),
)

api_key = _table(
    "api_key",
    _id(),
    _text("organisation_id", ForeignKey("organisation.id"), null=True),
    _text("digest"),
    _text("scopes"),
    _text("label"),
    _long("created"),
    _long("expires"),
    _long("revoked", null=True),
    UniqueConstraint("digest"),
)

posting = _table(
    "posting",
    _id(),
    _text("organisation_id", ForeignKey("organisation.id")),
    _text("exchange"),
    _text("kind"),
    _text("side"),
    _text("role"),
    _text("state"),
    _long("created"),
    _long("fresh_until"),
    _rev(),
    _text("body"),
    Column("priority", Text, nullable=False, server_default=text("'ordinary'")),
    _text("leaves_on", null=True),
    _one_of("side", "need", "offer", "noted"),
    Index("posting_exchange", "exchange", "side", "state"),
    Index("posting_organisation", "organisation_id"),
)

resource = _table(
    "resource",
    _id(),
    _text("posting_id", ForeignKey("posting.id"), null=True),
    _text("organisation_id", ForeignKey("organisation.id")),
    Column("capacity", Integer, nullable=False),
    Column("timed", Integer, nullable=False),
    _rev(),
    CheckConstraint("capacity BETWEEN 0 AND 10000", name="capacity"),
    CheckConstraint("timed IN (0, 1)", name="timed"),
    Index("resource_posting", "posting_id"),
)

exchange_round = _table(
    "round",
    _id(),
    _text("exchange"),
    _text("offer_id", ForeignKey("posting.id")),
    _text("state"),
    _long("closes_at"),
    _text("body"),
    _one_of("state", "open", "closed"),
    Index("round_state", "state", "closes_at"),
)

deal = _table(
    "deal",
    _id(),
    _text("exchange"),
    _text("state"),
    _text("sub_state"),
    _long("deadline", null=True),
    _text("round_id", ForeignKey("round.id"), null=True),
    _rev(),
    _long("created"),
    _text("body"),
    Index("deal_exchange", "exchange", "state"),
    Index("deal_deadline", "deadline"),
)

deal_need = _table(
    "deal_need",
    _key("deal_id", ForeignKey("deal.id")),
    _key("posting_id", ForeignKey("posting.id")),
    Index("deal_need_posting", "posting_id"),
)

deal_offer = _table(
    "deal_offer",
    _key("deal_id", ForeignKey("deal.id")),
    _key("posting_id", ForeignKey("posting.id")),
    _key("role"),
    Index("deal_offer_posting", "posting_id"),
)

use = _table(
    "use",
    _id(),
    _text("resource_id", ForeignKey("resource.id")),
    _text("deal_id", ForeignKey("deal.id"), null=True),
    _long("start_ts", null=True),
    _long("end_ts", null=True),
    Column("qty", Integer, nullable=False),
    _text("status"),
    _text("purpose"),
    _long("expires", null=True),
    CheckConstraint(
        "(start_ts IS NULL AND end_ts IS NULL) OR (start_ts IS NOT NULL AND end_ts IS NOT NULL"
        f" AND end_ts > start_ts AND end_ts - start_ts <= {MAX_USE_SECONDS})",
        name="interval",
    ),
    CheckConstraint("qty BETWEEN 1 AND 10000", name="qty"),
    _one_of("status", *LIVE, "cancelled", "expired"),
    _one_of("purpose", "deal", "closure", "existing", "buffer"),
    Index("use_resource", "resource_id", "start_ts"),
    Index("use_deal", "deal_id"),
)

closure = _table(
    "closure",
    _id(),
    _text("offer_id", ForeignKey("posting.id")),
    _text("code"),
    _text("state"),
    _long("created"),
    _one_of("state", "closed", "reopened", "merged"),
    Index("closure_offer", "offer_id", "state"),
)

closure_span = _table(
    "closure_span",
    _key("closure_id", ForeignKey("closure.id")),
    _key("resource_id", ForeignKey("resource.id")),
    Column("start_ts", Long, primary_key=True, autoincrement=False),
    _long("end_ts"),
    CheckConstraint("end_ts > start_ts", name="interval"),
    Index("closure_span_resource", "resource_id", "start_ts"),
)
"""What is closed, whoever may still use it; `closure_use` tells what the closure itself takes."""

closure_use = _table(
    "closure_use",
    _key("closure_id", ForeignKey("closure.id")),
    _key("use_id", ForeignKey("use.id")),
)

diary = _table(
    "diary",
    _key("offer_id", ForeignKey("posting.id")),
    _text("state"),
    Column("rev", Integer, nullable=False),
    _long("at"),
    Column("events", Integer, nullable=False),
    Column("dates", Integer, nullable=False),
    _one_of("state", "imported", "ended"),
)

diary_span = _table(
    "diary_span",
    _key("offer_id", ForeignKey("diary.offer_id")),
    _key("resource_id", ForeignKey("resource.id")),
    Column("start_ts", Long, primary_key=True, autoincrement=False),
    _long("end_ts"),
    CheckConstraint("end_ts > start_ts", name="interval"),
    Index("diary_span_resource", "resource_id", "start_ts"),
)
"""When a diary says busy, whoever may still use it; `diary_use` tells what it takes itself."""

diary_use = _table(
    "diary_use",
    _key("offer_id", ForeignKey("diary.offer_id")),
    _key("use_id", ForeignKey("use.id")),
)

event = _table(
    "event",
    Column("seq", Long, primary_key=True, autoincrement=True),
    Column("xid", Long, nullable=False, server_default=TransactionNumber()),
    _text("id"),
    _long("at"),
    _text("actor"),
    _text("for_whom", null=True),
    _text("subject"),
    _text("fact"),
    _text("body"),
    UniqueConstraint("id"),
    Index("event_order", "xid", "seq"),
    Index("event_subject", "subject"),
    sqlite_autoincrement=True,
)

day_seal = _table(
    "day_seal",
    _key("day"),
    Column("events", Integer, nullable=False),
    _text("previous"),
    _text("digest"),
    _long("at"),
)
"""The digest of each past day of the log; a trigger lets nobody change or delete it."""

sealed_event = _table(
    "sealed_event",
    _key("event_id"),
    _text("day", ForeignKey("day_seal.day")),
    Column("place", Integer, nullable=False),
    _text("salt", null=True),
    _text("digest"),
    UniqueConstraint("day", "place"),
)
"""No foreign key holds the event: that one is gone must be seen, and not be prevented from here."""

seal_mail = _table(
    "seal_mail",
    _key("day", ForeignKey("day_seal.day")),
    _long("due"),
    _long("sent_at", null=True),
)

publication = _table("publication", _key("name"), _key("day"), _long("at"), _text("body"))
"""What left the hub as a table of counts, as it was told; kept, so that the next may follow it."""

cursor = _table("cursor", _key("reader"), _long("xid"), _long("seq"))

idempotency = _table(
    "idempotency",
    _key("organisation_id"),
    _key("key"),
    _text("digest"),
    Column("status", Integer, nullable=True),
    _text("body", null=True),
    _long("at"),
)

message = _table(
    "message",
    _id(),
    _text("event_id", ForeignKey("event.id")),
    _text("organisation_id", ForeignKey("organisation.id")),
    _text("subject"),
    _text("body"),
    _long("at"),
    _long("read_at", null=True),
    UniqueConstraint("event_id", "organisation_id"),
    Index("message_organisation", "organisation_id", "at"),
)

wake = _table(
    "wake",
    _id(),
    _text("exchange"),
    _text("need_id", ForeignKey("posting.id")),
    _text("offer_id", ForeignKey("posting.id")),
    _text("organisation_id", ForeignKey("organisation.id")),
    _text("occasion"),
    _text("state"),
    _long("due"),
    Column("place", Integer, nullable=False),
    Column("priority", Integer, nullable=False),
    _long("offer_revision"),
    _long("told", null=True),
    _text("after", null=True),
    _text("deal_id", ForeignKey("deal.id"), null=True),
    _one_of("state", "queued", "noticed", "asked", "yes", "no", "passed", "gone"),
    UniqueConstraint("occasion", "need_id", "offer_id"),
    Index("wake_state", "state", "due"),
    Index("wake_offer", "offer_id", "state"),
    Index("wake_organisation", "organisation_id", "told"),
)

renewal = _table(
    "renewal",
    _key("deal_id", ForeignKey("deal.id")),
    _text("exchange"),
    _text("state"),
    _long("ends"),
    _text("need_id", ForeignKey("posting.id"), null=True),
    _one_of("state", "offered", "notice", "renewed", "ended"),
    Index("renewal_state", "state", "ends"),
)

season = _table(
    "season",
    _id(),
    _text("exchange"),
    _text("state"),
    _text("first"),
    _text("until"),
    _text("opens_on"),
    _text("closes_on"),
    _long("created"),
    _text("proof", null=True),
    _one_of("state", "open", "closing", "closed"),
    Index("season_exchange", "exchange", "state"),
)

season_outcome = _table(
    "season_outcome",
    _key("season_id", ForeignKey("season.id")),
    _key("need_id", ForeignKey("posting.id")),
    _text("deal_id", ForeignKey("deal.id"), null=True),
    Column("place", Integer, nullable=False),
    Column("settled", Integer, nullable=False),
    _text("body"),
    CheckConstraint("settled IN (0, 1)", name="settled"),
    Index("season_outcome_need", "need_id"),
)

lease = _table("lease", _key("name"), _text("holder"), _long("until"))

hub_setting = _table("hub_setting", _key("key"), _text("value"))

mail = _table(
    "mail",
    _id(),
    _text("organisation_id", ForeignKey("organisation.id")),
    _text("message_id", ForeignKey("message.id"), null=True),
    _text("digest_id", ForeignKey("mail.id"), null=True),
    _text("state"),
    Column("attempts", Integer, nullable=False),
    Column("issue", Integer, nullable=False),
    _long("due"),
    _text("contact", null=True),
    _long("sent_at", null=True),
    _text("error"),
    UniqueConstraint("message_id"),
    _one_of("state", "weekly", "folded", "waiting", "sent", "dropped", "dead"),
    Index("mail_state", "state", "due"),
    Index("mail_organisation", "organisation_id"),
)
"""The outbox. A digest has no message: the rows that it was folded from name it."""

mail_link = _table(
    "mail_link",
    _id(),
    _text("mail_id", ForeignKey("mail.id")),
    _text("choice"),
    _text("salt"),
    _text("digest"),
    _text("contact"),
    _text("terms"),
    _long("expires"),
    _long("used", null=True),
    Column("told", Integer, nullable=False),
    CheckConstraint("told IN (0, 1)", name="told"),
    _one_of("choice", "yes", "no", "later", "unsubscribe"),
    Index("mail_link_mail", "mail_id"),
)

mail_stop = _table(
    "mail_stop",
    _key("organisation_id", ForeignKey("organisation.id")),
    _key("contact"),
    _text("reason"),
    _long("at"),
    _one_of("reason", "bounced", "unsubscribed"),
)

calendar_feed = _table(
    "calendar_feed",
    _id(),
    _text("organisation_id", ForeignKey("organisation.id")),
    _text("digest"),
    _text("label"),
    _long("created"),
    _long("revoked", null=True),
    UniqueConstraint("digest"),
    Index("calendar_feed_organisation", "organisation_id"),
)
