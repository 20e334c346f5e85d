"""Diaries: what the calendar of a holder's own says of when an offer is busy."""

from __future__ import annotations

import datetime as dt

from attrs import frozen

from cypn_core.domain.ids import PostingId


@frozen(kw_only=True)
class Diary:
    """The calendar that was last imported for *offer*, *at* that time, and how much it took.

    *state* is ``none`` before the first import, ``imported``, or ``ended``. *revision* counts the
    changes. Nothing of what the events are about is known.
    """

    offer: PostingId
    state: str = "none"
    revision: int = 0
    at: dt.datetime | None = None
    events: int = 0
    dates: int = 0
