"""What was used, who had how much, and how fast answers came: to be passed on, and exact.

What is passed on is told of whole months and quarters, once each: a period never overlaps another,
and what was told of it stays. So two reports cannot be subtracted. Small counts are withheld.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise
from typing import Any

from dateutil.relativedelta import relativedelta

from cypn_core.application import use_figures
from cypn_core.application.network import Caller, Work
from cypn_core.application.use_figures import BANDS, WAITS
from cypn_core.application.withheld import small
from cypn_core.domain.deals import Deal
from cypn_core.domain.disclosure import limit_of, publish
from cypn_core.domain.times import Window

Json = dict[str, Any]

USE = "use"
MONTHS, QUARTERS = 12, 8
"""How many periods back are told of."""
WEEKS = 13
"""How many weeks back and ahead the coordinator sees."""


def use_table(work: Work, was: Json | None) -> Json:
    """The months and quarters that are over, with what was told of earlier ones as it stands."""
    deals = use_figures.agreed(work)
    months, quarters = _starts(work.today, 1, MONTHS), _starts(work.today, 3, QUARTERS)
    return {
        "small": small(work),
        "until": {"months": months[-1].isoformat(), "quarters": quarters[-1].isoformat()},
        "months": _rows(work, was, "months", months, lambda span: _month(work, deals, span)),
        "had": _rows(work, was, "had", quarters, lambda span: _had(work, deals, span)),
        "answered": _rows(work, was, "answered", quarters, lambda span: _answered(work, span)),
    }


def exact(work: Work, caller: Caller) -> Json:
    """The same of this moment, for the coordinator: a year back, and thirteen weeks each way.

    :raises NotAllowed: unless the caller is a coordinator.
    """
    caller.must_have("coordinator")
    deals, region = use_figures.agreed(work), work.hub.region
    monday = work.today - dt.timedelta(days=work.today.weekday())
    days = [monday + dt.timedelta(weeks=n) for n in range(-WEEKS, WEEKS + 1)]
    weeks = [Window(region.midnight(a), region.midnight(b)) for a, b in pairwise(days)]
    year = dt.timedelta(days=region.settings.turn_days)
    past = Window(work.now - year, work.now + dt.timedelta(seconds=1))  # this moment is in it
    around = Window(work.now - year, work.now + year)
    asked, waited = use_figures.askers(work, past), use_figures.waits(work, past)
    return {
        "weeks": [day.isoformat() for day in days[:-1]],
        "exchanges": [
            {
                "exchange": name,
                "hours": [minutes / 60 for minutes in use_figures.weekly(deals, name, weeks)],
                "had": _all(
                    BANDS,
                    use_figures.bands(
                        asked.get(name, frozenset()), use_figures.had(deals, name, around)
                    ),
                ),
                "answered": _all(WAITS, waited.get(name, Counter())),
            }
            for name in sorted(work.hub.exchanges)
        ],
    }


def _all(parts: Collection[str], counts: Mapping[str, int]) -> dict[str, int]:
    return {part: counts.get(part, 0) for part in parts}


def _starts(today: dt.date, months: int, periods: int) -> list[dt.date]:
    """The first days of the last *periods* of so many months, and of the one that it is now."""
    now = today.replace(day=1, month=(today.month - 1) // months * months + 1)
    return [now - relativedelta(months=months * n) for n in range(periods, -1, -1)]


def _rows(work: Work, was: Json | None, table: str, starts: list[dt.date], row: Any) -> list[Json]:
    """What was told of the periods that begin on *starts*, and *row* of those not told of yet."""
    until = "months" if table == "months" else "quarters"
    since = was["until"][until] if was else ""
    first = starts[0].isoformat()
    told = [each for each in was[table] if each["period"] >= first] if was else []
    for start, end in pairwise(starts):
        if start.isoformat() >= since:
            span = Window(work.hub.region.midnight(start), work.hub.region.midnight(end))
            told += [{"period": start.isoformat(), **each} for each in row(span)]
    return told


def _month(work: Work, deals: list[Deal], span: Window) -> Iterator[Json]:
    """Groups served with their hours, and holders with the hours that they offered.

    The hours that were used are told only where those who gave them are no small count either.
    """
    least = limit_of(work.hub.region.settings.small_count)
    for name in sorted(work.hub.exchanges):
        had = use_figures.had(deals, name, span)
        given = use_figures.offered(work, name, span)
        groups, holders = len(had.minutes), len(given)
        if groups or holders:
            both = not groups or min(groups, len(had.holders)) >= least
            yield {
                "exchange": name,
                "groups": _told(groups, least),
                "hours": sum(had.minutes.values()) // 60 if both else None,
                "holders": _told(holders, least),
                "hours_offered": sum(given.values()) // 60 if holders >= least else None,
            }


def _told(count: int, least: int) -> int | None:
    """*count*, or None where it is withheld. Nobody is told as 0: that names no group."""
    return count if count == 0 or count >= least else None


def _had(work: Work, deals: list[Deal], span: Window) -> Iterator[Json]:
    asked = use_figures.askers(work, span)
    for name in sorted(work.hub.exchanges):
        had = use_figures.had(deals, name, span)
        yield from _divided(work, name, use_figures.bands(asked.get(name, frozenset()), had), BANDS)


def _answered(work: Work, span: Window) -> Iterator[Json]:
    found = use_figures.waits(work, span)
    for name in sorted(work.hub.exchanges):
        yield from _divided(work, name, found.get(name, Counter()), WAITS)


def _divided(
    work: Work, exchange: str, counts: Mapping[str, int], parts: Collection[str]
) -> Iterator[Json]:
    """One row, with the parts that may be told; none where nobody is counted."""
    for row in publish({exchange: counts}, parts, work.hub.region.settings.small_count):
        said = small(work) if row.count is None else str(row.count)
        yield {"exchange": exchange, "groups": row.count, "said": said, "parts": dict(row.parts)}
