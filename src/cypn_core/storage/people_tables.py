"""The tables of who signs in: staff, mailed links, sessions; and what two people let through."""

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

staff = Table(
    "staff",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("since", Long, nullable=False),
    UniqueConstraint("email"),
    sqlite_strict=True,
)
"""Who works for the hub. *email* is in small letters; who has no *roles* left cannot sign in."""

sign_in_link = Table(
    "sign_in_link",
    metadata,
    Column("address", Text, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),
    Column("asked", Long, nullable=False),
    Column("due", Long, nullable=True),
    Column("attempts", Integer, nullable=False),
    Column("people", Text, nullable=False),
    Column("salt", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("expires", Long, nullable=False),
    Column("used", Long, nullable=True),
    CheckConstraint("place BETWEEN 0 AND 4", name="place"),
    CheckConstraint("attempts >= 0", name="attempts"),
    UniqueConstraint("id"),
    Index("sign_in_link_due", "due"),
    sqlite_strict=True,
)
"""Who asked to sign in. Each address has five places, and each is free again after an hour.

*address* is a keyed digest: what a stranger typed is never stored. *due* is when the letter is to
be tried, and null once it is gone. *people* are the marks of those whom it was sent to.
"""

session = Table(
    "session",
    metadata,
    Column("id", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("staff_id", Text, ForeignKey("staff.id"), nullable=True),
    Column("organisation_id", Text, ForeignKey("organisation.id"), nullable=True),
    Column("acts_for", Text, ForeignKey("organisation.id"), nullable=True),
    Column("opened", Long, nullable=False),
    Column("seen", Long, nullable=False),
    Column("ended", Long, nullable=True),
    UniqueConstraint("digest"),
    Index("session_address", "address"),
    Index("session_seen", "seen"),
    sqlite_strict=True,
)
"""Who is signed in; the cookie's token is kept as a digest only."""

gate_override = Table(
    "gate_override",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organisation_id", Text, ForeignKey("organisation.id"), nullable=False),
    Column("role", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("days", Integer, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed", Long, nullable=False),
    Column("confirmed_by", Text, nullable=True),
    Column("first", Text, nullable=True),
    Column("last", Text, nullable=True),
    Column("ended", Long, nullable=True),
    CheckConstraint("days BETWEEN 1 AND 14", name="days"),
    CheckConstraint("confirmed_by <> proposed_by", name="people"),
    CheckConstraint(
        "(confirmed_by IS NULL) = (first IS NULL) AND (first IS NULL) = (last IS NULL)",
        name="confirmed",
    ),
    Index("gate_override_organisation", "organisation_id", "role"),
    sqlite_strict=True,
)
"""Who may take part for some days without a check, because two people said so: see the two."""

session_contact = Table(
    "session_contact",
    metadata,
    Column("session_id", Text, ForeignKey("session.id"), primary_key=True),
    Column("organisation_id", Text, ForeignKey("organisation.id"), primary_key=True),
    Column("contact", Text, nullable=False),
    sqlite_strict=True,
)
"""The mark of the contact as whom somebody signed in, for each organisation."""
