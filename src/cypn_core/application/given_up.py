"""What a group gave up counts in its turn, as its exchange declares by the notice that it gave.

It counts what was said when it was given up, whatever the region sets later.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection

from cypn_core.application.network import Caller, Work
from cypn_core.domain.deals import Deal, DealState
from cypn_core.domain.failures import report
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.times import Window
from cypn_core.storage import events

log = logging.getLogger(__name__)

GIVEN_UP = "deal_given_up"


def would_count(work: Work, deal: Deal, windows: Collection[Window] | None = None) -> int:
    """What it counts in its seeker's turn to give up *windows* of *deal* now, or all of it.

    Nothing where it is not agreed, or may still be left freely; and where the measure raises.
    """
    if deal.state is not DealState.AGREED or deal.deadline is not None:
        return 0
    standing = deal.standing if windows is None else tuple(sorted(windows))
    ahead = [window for window in standing if window.start > work.now] or standing
    notice = max(min(w.start for w in ahead) - work.now, dt.timedelta(0)) if ahead else None
    if notice is None:
        return 0
    try:
        counts = work.hub.exchange(deal.exchange).counts_cancelled
        return counts(deal.plan.on(ahead), notice, work.context(deal.exchange))
    except Exception as error:  # noqa: BLE001 - a stranger's measure must not stop a cancellation
        report(log, error, "what %s counts of a cancellation failed: nothing", deal.exchange)
        return 0


def note(work: Work, caller: Caller, deal: Deal, windows: Collection[Window] | None = None) -> None:
    """Remember what the caller's giving up of *deal*, or of *windows* of it, counts."""
    counts = would_count(work, deal, windows)
    mine = [need for need, owner in deal.seekers if owner == caller.member]
    if counts and mine:
        work.log(caller, mine[0], GIVEN_UP, exchange=deal.exchange, deal=deal.id, counts=counts)


def counted(work: Work, party: OrganisationId, exchange: str, since: dt.datetime) -> int:
    """What *party* has given up since *since* counts."""
    told = events.told_of_postings(work.connection, party, GIVEN_UP, since)
    return sum(event.body["counts"] for event in told if event.body["exchange"] == exchange)
