"""The table of drafts."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from cypn_core.storage.tables import Long, metadata

draft = Table(
    "draft",
    metadata,
    Column("id", Text, primary_key=True),
    Column("actor", Text, nullable=False),
    Column("organisation_id", Text, ForeignKey("organisation.id"), nullable=False),
    Column("exchange", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("posting_id", Text, ForeignKey("posting.id"), nullable=True),
    Column("posting_rev", Integer, nullable=True),
    Column("answers", Text, nullable=False),
    Column("changed", Long, nullable=False),
    Index("draft_actor", "actor", "organisation_id"),
    Index("draft_changed", "changed"),
    sqlite_strict=True,
)
"""Answers to questions that were not posted yet; one person's, for one organisation."""
