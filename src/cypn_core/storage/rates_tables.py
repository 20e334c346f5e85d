"""The table of rates: how often somebody came, for limits that all workers share."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Table, Text

from cypn_core.storage.tables import Long, metadata

rate = Table(
    "rate",
    metadata,
    Column("id", Text, primary_key=True),
    Column("hits", Long, nullable=False),
    Column("until", Long, nullable=False),
    CheckConstraint("hits >= 0", name="hits"),
    Index("rate_until", "until"),
    sqlite_strict=True,
)
"""*id* is a keyed digest: no address and no name is stored. A row is void from *until* on."""
