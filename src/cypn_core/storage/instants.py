"""Instants as the stores keep them: whole seconds since 1970, UTC, in both."""

from __future__ import annotations

from datetime import UTC, datetime


def to_epoch(instant: datetime) -> int:
    """Whole seconds since 1970 UTC; a naive *instant* is refused with ``ValueError``.

    >>> to_epoch(datetime(2026, 3, 1, 12, tzinfo=UTC))
    1772366400
    """
    if instant.tzinfo is None:
        raise ValueError("An instant needs its time zone.")
    return int(instant.timestamp())


def from_epoch(seconds: int) -> datetime:
    """The aware UTC instant of a stored number.

    >>> from_epoch(1772366400).isoformat()
    '2026-03-01T12:00:00+00:00'
    """
    return datetime.fromtimestamp(seconds, UTC)
