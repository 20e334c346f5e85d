"""Contenders to draw: few values, so that ties on every step of the turn order are common."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from cypn_core.domain.ids import PostingId
from cypn_core.domain.rounds import Contender, Priority

NOON = dt.datetime(2027, 1, 11, 12, tzinfo=dt.UTC)


@st.composite
def contenders(draw: st.DrawFn, most: int = 6) -> list[Contender]:
    """Up to *most*, each with a need of its own."""
    few = st.integers(0, 2)
    facts = st.tuples(few, few, few, st.sampled_from(Priority))
    drawn = draw(st.lists(facts, max_size=most))
    return [
        Contender(
            need=PostingId(f"need{at}"),
            posted=NOON + dt.timedelta(hours=hours),
            served=served,
            refusals=refusals,
            priority=priority,
        )
        for at, (served, refusals, hours, priority) in enumerate(drawn)
    ]
