"""Closures: times in which a holder gives an offer to nobody."""

from __future__ import annotations

import datetime as dt

from attrs import frozen

from cypn_core.domain.ids import PostingId
from cypn_core.domain.times import Window


@frozen(kw_only=True)
class Closure:
    """The *windows*, in order and apart, in which *offer* is closed to everybody; *code* says why.

    *state* is ``closed``, ``reopened``, or ``merged`` into a later one that overlapped it.
    """

    id: str
    offer: PostingId
    code: str
    windows: tuple[Window, ...]
    created: dt.datetime
    state: str = "closed"

    def meets(self, windows: tuple[Window, ...]) -> bool:
        """Whether it shares a moment with one of *windows*."""
        return any(mine.overlaps(each) for mine in self.windows for each in windows)
