"""The tables of membership: who asks to join, what is to be checked, complaints, and letters."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from cypn_core.storage.tables import Long, metadata

registration = Table(
    "registration",
    metadata,
    Column("id", Text, primary_key=True),
    Column("email", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("created", Long, nullable=False),
    Column("body", Text, nullable=False),
    CheckConstraint("state IN ('unconfirmed', 'confirmed')", name="state"),
    Index("registration_email", "email"),
    Index("registration_state", "state", "created"),
    sqlite_strict=True,
)
"""Who asks to join; the row goes when that is decided. *email* is in small letters."""

registration_link = Table(
    "registration_link",
    metadata,
    Column("registration_id", Text, ForeignKey("registration.id"), primary_key=True),
    Column("digest", Text, nullable=False),
    sqlite_strict=True,
)
"""The digest of the link by which the address of a registration is confirmed."""

check_request = Table(
    "check_request",
    metadata,
    Column("organisation_id", Text, ForeignKey("organisation.id"), primary_key=True),
    Column("role", Text, primary_key=True),
    Column("asked", Long, nullable=False),
    Column("ready", Long, nullable=True),
    sqlite_strict=True,
)
"""Which checks an organisation wants, and since when it says that it is ready for one."""

contact_origin = Table(
    "contact_origin",
    metadata,
    Column("organisation_id", Text, ForeignKey("organisation.id"), primary_key=True),
    Column("contact", Text, primary_key=True),
    Column("how", Text, nullable=False),
    Column("at", Long, nullable=False),
    CheckConstraint("how IN ('self_registered', 'member', 'coordinator', 'import')", name="how"),
    sqlite_strict=True,
)
"""How the address of each present contact came to the hub."""

complaint = Table(
    "complaint",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", Text, nullable=False),
    Column("organisation_id", Text, ForeignKey("organisation.id"), nullable=True),
    Column("email", Text, nullable=True),
    Column("about", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("created", Long, nullable=False),
    Column("due", Text, nullable=False),
    Column("said", Text, nullable=False),
    Column("answered", Long, nullable=True),
    Column("answer", Text, nullable=False),
    CheckConstraint("about IN ('hub', 'member', 'data', 'coordinator')", name="about"),
    CheckConstraint("state IN ('open', 'answered', 'erased')", name="state"),
    UniqueConstraint("number"),
    Index("complaint_state", "state", "created"),
    Index("complaint_organisation", "organisation_id"),
    sqlite_strict=True,
)

letter = Table(
    "letter",
    metadata,
    Column("id", Text, primary_key=True),
    Column("address", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("said", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due", Long, nullable=False),
    Column("confirms", Text, ForeignKey("registration.id"), nullable=True),
    Index("letter_due", "due"),
    sqlite_strict=True,
)
"""Mail to whoever has no inbox; the row goes when it was sent. *address* is an e-mail address, or
``coordinator`` or ``trustees``; *confirms* is the registration whose link goes with it."""
