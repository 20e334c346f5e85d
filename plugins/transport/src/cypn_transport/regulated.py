"""Regulated activity: who drives or rides with children so often that barred people may not.

The hub knows the dates of one need, and judges those; what somebody does for several groups
together is for the coordinator, or for a region that asks for the check from all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from cypn_core.matching.rules import Audience, Context, Verdict, bars
from cypn_transport.escorts import EscortOffer
from cypn_transport.needs import Every, TripNeed
from cypn_transport.offers import DriverOffer
from cypn_transport.pack import days_used, last_day
from cypn_transport.settings import TransportSettings

SPAN = dt.timedelta(days=30)
_OWN = frozenset({Audience.HOLDER, Audience.COORDINATOR})


def is_regulated(need: TripNeed, days: Sequence[dt.date], settings: TransportSettings) -> bool:
    """Whether children are driven weekly, or on so many in 30 days; *days* are in order."""
    if not need.children:
        return False
    if need.repeats is not None and need.repeats.every is Every.WEEKLY:
        return True
    pairs = zip(days, days[settings.regulated_days - 1 :], strict=False)
    return any(last - first < SPAN for first, last in pairs)


def driving(need: TripNeed, driver: DriverOffer, context: Context) -> Verdict | None:
    """Who drives children often has an enhanced check with the barred list, at the last return."""
    return _checked("regulated", need, driver.barred_list_until, context)


def escorting(need: TripNeed, escort: EscortOffer, context: Context) -> Verdict | None:
    """Who rides with children often has the same check."""
    return _checked("escort_regulated", need, escort.barred_list_until, context)


def _checked(code: str, need: TripNeed, until: dt.date | None, context: Context) -> Verdict | None:
    if not is_regulated(need, days_used(context), context.settings):
        return None
    if until is not None and last_day(context) <= until:
        return None
    sentence = (
        "So often with children is regulated activity: an enhanced check with the children's "
        "barred list must be in date at the last return."
    )
    return bars(code, sentence, audience=_OWN)
