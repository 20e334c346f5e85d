"""What fits: one small function a reason. Unknown is never yes.

Sentences speak to the group that looks. What would tell the holder of the group's own limits
(budget, distance) is not for the holder's eyes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from cypn_core.domain.postings import Need, Offer
from cypn_core.matching.rules import (
    NEED,
    Context,
    Judge,
    Rule,
    Verdict,
    bars,
    passes,
)
from cypn_venue_bank.budget import affordable
from cypn_venue_bank.building import CO_USE, alone, enough_floor, starts_then, together
from cypn_venue_bank.codes import AGES, Conduct
from cypn_venue_bank.needs import SpaceNeed, StorageNeed
from cypn_venue_bank.offers import ROOM, STORE, SpaceOffer, StorageOffer
from cypn_venue_bank.prices import duration
from cypn_venue_bank.sentences import NOT_THE_HOLDERS, absent_words, unless_said, word, words_for
from cypn_venue_bank.storage_rules import enough_months, locked, reachable, roomy_enough


def right_type(need: Need, offer: Offer, context: Context) -> Verdict | None:
    """Storage for things, a space for people, and of the types that will do."""
    if isinstance(need, StorageNeed) and isinstance(offer, SpaceOffer):
        return bars(
            "space_type", f"It is a space to meet in ({word(offer.space_type)}), no storage."
        )
    if isinstance(need, SpaceNeed) and isinstance(offer, StorageOffer):
        return bars("space_type", "It is storage, no space to meet in.")
    if isinstance(need, SpaceNeed) and isinstance(offer, SpaceOffer):
        return _listed_type(need, offer)
    return None


def _listed_type(need: SpaceNeed, offer: SpaceOffer) -> Verdict | None:
    if offer.space_type in need.space_types:
        return None
    return bars(
        "space_type",
        f"It is of the type {word(offer.space_type)}, which is not what you look for.",
    )


def near_enough(need: SpaceNeed | StorageNeed, offer: Offer, context: Context) -> Verdict | None:
    """Within the need's own limit, as a straight line; told in bands."""
    if context.km is None:
        return None
    band = km_band(context.km, context.settings.km_bands)
    if context.km > need.max_km:
        return bars(
            "distance",
            f"It is {band}: further than your {need.max_km} km.",
            private=f"{context.km:.1f} > {need.max_km} km",
            audience=NOT_THE_HOLDERS,
        )
    return passes("distance", score=-context.km * context.settings.pence_per_km, sentence=f"{band}")


def km_band(km: float, ends: Iterable[int]) -> str:
    """The band in which *km* lies; *ends* are where bands end.

    >>> km_band(10.4, (2, 5, 10, 20)), km_band(0.4, (2, 5)), km_band(9, (2, 5))
    ('10 to 20 km away', 'up to 2 km away', 'more than 5 km away')
    """
    below = 0
    for end in sorted(ends):
        if km <= end:
            return f"{below} to {end} km away" if below else f"up to {end} km away"
        below = end
    return f"more than {below} km away"


def big_enough(need: SpaceNeed, offer: SpaceOffer, context: Context) -> Verdict:
    """Everybody fits, or nobody is sent there: a capacity is a fire limit."""
    if need.headcount > offer.capacity:
        return bars("capacity", f"It holds {offer.capacity} people; you are {need.headcount}.")
    return passes("capacity", sentence=f"{need.headcount} of its {offer.capacity} places")


def has_facilities(need: SpaceNeed, offer: SpaceOffer, context: Context) -> Verdict | None:
    """All that the group must have; what would be nice counts for the order only."""
    if absent := need.must - offer.facilities:
        return bars("facilities", absent_words(absent, offer.no_facilities))
    there, wished = need.nice & offer.facilities, len(need.nice)
    if not wished:
        return None
    worth = context.settings.pence_per_wish
    said = f"also has: {words_for(there)}" if there else ""
    return passes("facilities", score=-worth * (wished - len(there)), sentence=said)


def has_access(
    need: SpaceNeed | StorageNeed, offer: SpaceOffer | StorageOffer, context: Context
) -> Verdict | None:
    """Every access need is known to be met."""
    absent = need.access_needs - offer.access_features
    return bars("access", absent_words(absent, offer.no_access_features)) if absent else None


def quiet_enough(need: SpaceNeed, offer: SpaceOffer, context: Context) -> Verdict | None:
    """Quiet, where quiet is wanted and known."""
    if not need.quiet or offer.quiet:
        return None
    return bars("quiet", unless_said(offer.quiet, "It is not quiet.", "whether it is quiet"))


def right_age(need: SpaceNeed, offer: SpaceOffer, context: Context) -> Verdict | None:
    """The whole age band lies in the years that the holder has published."""
    youngest, oldest = AGES[need.age_group]
    low, high = offer.youngest or 0, offer.oldest
    if low <= youngest and (high is None or oldest <= high):
        return None
    years = f"from {low} to {high}" if high is not None else f"from {low} up"
    return bars("age", f"It is for ages {years}; your age band is {youngest} to {oldest}.")


def open_those_days(need: SpaceNeed, offer: SpaceOffer, context: Context) -> Verdict | None:
    """Shut on every date wanted, by its published closing days."""
    days = {day_of(window.start, context) for window in context.windows}
    for code in offer.closes_on:
        calendar = context.calendars.get(code)
        if days and calendar is not None and all(day in calendar for day in days):
            return bars("closed", f"It is shut then: {calendar.name}.")
    return None


def long_enough(need: SpaceNeed, offer: SpaceOffer, context: Context) -> Verdict | None:
    """Within the shortest and the longest hire."""
    minutes = {window.minutes for window in context.windows}
    if any(each < offer.minimum_minutes for each in minutes):
        return bars("minimum_hire", f"It is let for at least {duration(offer.minimum_minutes)}.")
    longest = offer.maximum_minutes
    if longest is not None and any(each > longest for each in minutes):
        return bars("maximum_hire", f"It is let for at most {duration(longest)}.")
    return None


def enough_notice(need: Need, offer: SpaceOffer | StorageOffer, context: Context) -> Verdict | None:
    """The first date is far enough off; a date that has begun never is."""
    first = min((window.start for window in context.windows), default=None)
    hours = offer.notice_hours
    if isinstance(offer, SpaceOffer):
        hours = max(hours, offer.caretaker_hours)
    if first is None or first >= context.now + dt.timedelta(hours=hours):
        return None
    if first < context.now:
        return bars("notice", "The first date has already begun.")
    return bars("notice", f"It needs {hours} hours' notice.")


def allowed(
    conduct: Conduct, need: SpaceNeed, offer: SpaceOffer, context: Context
) -> Verdict | None:
    """No house rule that has been published forbids what the need declares."""
    forbidden = forbids(offer, conduct, day_of(context.now, context))
    if conduct not in need.declares or not forbidden:
        return None
    return bars(f"rule:{conduct.value}", f"Its published house rules allow no {word(conduct)}.")


def forbids(offer: SpaceOffer, conduct: Conduct, day: dt.date) -> bool:
    """True when a house rule against *conduct* had been published by *day*."""
    return any(rule.forbids is conduct and rule.published <= day for rule in offer.house_rules)


def day_of(moment: dt.datetime, context: Context) -> dt.date:
    """The local date of *moment*."""
    return moment.astimezone(ZoneInfo(context.zone)).date()


def _only(kind: type[Need], judge: Judge) -> Judge:
    """*judge* for needs of *kind*; :func:`right_type` has spoken on the others."""

    def judged(need: Need, offer: Any, context: Context) -> Verdict | None:
        return judge(need, offer, context) if isinstance(need, kind) else None

    return judged


_SPACE: tuple[tuple[str, Judge], ...] = (
    ("distance", near_enough),
    ("capacity", big_enough),
    ("facilities", has_facilities),
    ("access", has_access),
    ("quiet", quiet_enough),
    ("age", right_age),
    ("closed", open_those_days),
    ("floor", enough_floor),
    ("sole_use", alone),
    ("starts_every", starts_then),
    (CO_USE, together),
    ("hire", long_enough),
    ("notice", enough_notice),
    *((f"rule:{each.value}", partial(allowed, each)) for each in Conduct),
    ("price", affordable),
)
_STORAGE: tuple[tuple[str, Judge], ...] = (
    ("distance", near_enough),
    ("area", roomy_enough),
    ("store_access", reachable),
    ("lockable", locked),
    ("access", has_access),
    ("hire", enough_months),
    ("notice", enough_notice),
    ("price", affordable),
)

RULES: tuple[Rule, ...] = (
    Rule("space_type", (NEED, ROOM), right_type),
    Rule("space_type", (NEED, STORE), right_type),
    *(Rule(code, (NEED, ROOM), _only(SpaceNeed, judge)) for code, judge in _SPACE),
    *(Rule(code, (NEED, STORE), _only(StorageNeed, judge)) for code, judge in _STORAGE),
)
