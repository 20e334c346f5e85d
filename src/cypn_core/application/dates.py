"""Single dates of a series: a party gives one up, and the rest goes on."""

from __future__ import annotations

import datetime as dt

from cypn_core.application import closures, given_up, settle
from cypn_core.application.lose import lose
from cypn_core.application.network import Caller, Work
from cypn_core.domain.deals import Deal, DealState
from cypn_core.domain.errors import Conflict, Invalid
from cypn_core.domain.marks import UNAVAILABLE
from cypn_core.domain.times import Window

LEFT = "cancelled_by_seeker"


def give_up(work: Work, caller: Caller, deal: Deal, on: dt.date) -> Deal:
    """A seeker does without the local day *on*; it is free again, and not remembered for them.

    :raises Invalid: when nothing that still stands begins on that day.
    """
    windows = on_day(work, deal, on)
    given_up.note(work, caller, deal, windows)
    if set(windows) == set(deal.standing):
        return settle.end(work, caller, deal, DealState.CANCELLED, LEFT)
    lost = lose(work, caller, deal, windows, LEFT, but=caller.member)
    return lost.deal


def close(work: Work, caller: Caller, deal: Deal, on: dt.date | None = None) -> Deal:
    """A holder cannot give the local day *on*, or anything of *deal* from now on.

    It is closed for everybody, and whoever had it comes first elsewhere.

    :raises Conflict: when nothing of it lies ahead.
    :raises Invalid: when nothing that still stands begins on that day.
    """
    windows = _ahead(work, deal) if on is None else on_day(work, deal, on)
    if not windows:
        raise Conflict("Nothing of this lies ahead: there is nothing to decline.")
    lost = lose(work, caller, deal, windows, UNAVAILABLE)
    closures.shut_declined(work, caller, deal, windows)
    return lost.deal


def _ahead(work: Work, deal: Deal) -> list[Window]:
    return [window for window in deal.standing if window.start > work.now]


def on_day(work: Work, deal: Deal, day: dt.date) -> list[Window]:
    """What of *deal* still stands, lies ahead and begins on the local *day*.

    :raises Invalid: on ``on``, when that is nothing.
    """
    found = [w for w in _ahead(work, deal) if work.hub.region.today(w.start) == day]
    if not found:
        raise Invalid({"on": ["must be one of the dates that still stand and lie ahead"]})
    return found
