"""The demo in words: what a need is, what answers it, and why not. Never whose it is."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from cypn_core.application.network import Work
from cypn_core.application.report import Answered
from cypn_core.domain.ids import PostingId
from cypn_core.domain.money import pounds
from cypn_core.domain.plans import Plan
from cypn_core.domain.postings import Need, Posting
from cypn_core.domain.times import Window
from cypn_core.matching.answer import Answer
from cypn_core.matching.candidates import Refusal
from cypn_core.matching.rules import Audience
from cypn_services.demo.data import Entry, demo
from cypn_services.demo.loader import posting_id

WHAT_IF = "*"
"""The mark of offers that are made up whole."""

SHOWN = 2
"""How many answers and how many reasons are shown of each need."""

_OTHER_THINGS = frozenset({"space_type", "other_category", "other_unit"})
"""Codes of reasons that only say that something else is on offer."""


@cache
def _entries() -> Mapping[PostingId, Entry]:
    return {posting_id(each.ref): each for each in (*demo().needs, *demo().offers)}


def title(posting: PostingId) -> str:
    """The short words of a need or an offer of the demo."""
    entry = _entries()[posting]
    return f"{entry.title}{WHAT_IF}" if entry.source == "what if" else entry.title


def facts(work: Work, posting: Posting) -> str:
    """Where, when and for how many."""
    body = posting.body
    if not isinstance(body, Need):
        return ""
    spot = None if body.place is None else work.hub.region.find(body.place)
    route = " to ".join((spot.label if spot else "", *body.stops()))
    times = when(body.windows(work.hub.region), work.hub.region.zone_name)
    return "; ".join(filter(None, (route, times, _entries()[posting.id].how_many)))


def when(windows: Sequence[Window], zone: str) -> str:
    """Times the way people say them; nothing where there are none.

    >>> start = dt.datetime(2027, 1, 5, 16, tzinfo=dt.UTC)
    >>> weekly = [start + dt.timedelta(weeks=week) for week in range(3)]
    >>> when([Window(each, each + dt.timedelta(hours=2)) for each in weekly], "Europe/London")
    'Tuesdays 16:00 to 18:00, 3 times from 5 Jan'
    """
    if not windows:
        return ""
    tz = ZoneInfo(zone)
    first, last = windows[0].start.astimezone(tz), windows[-1].end.astimezone(tz)
    if len(windows) > 1 and all(a.end == b.start for a, b in pairwise(windows)):
        return f"from {_day(first)} until {_day(last)}"
    hours = f"{first:%H:%M} to {last:%H:%M}"
    if len(windows) == 1:
        return f"{first:%a} {_day(first)}, {hours}"
    return f"{first:%A}s {hours}, {len(windows)} times from {_day(first)}"


def _day(moment: dt.datetime) -> str:
    return f"{moment.day} {moment:%b}"


def plan_line(plan: Plan, need: PostingId) -> str:
    """What would answer the need, at what price and why: one line."""
    things = _sentence(" and ".join(title(leg.offer) for leg in plan.legs))
    said = [each for each in (_price(plan, need), *map(_plain, plan.because[:2])) if each]
    return f"{things}: {'; '.join(said)}" if said else things


def _price(plan: Plan, need: PostingId) -> str:
    """The need's own share for the dates that there are; nothing while no price is stated."""
    share = next((share.pence for share in plan.shares if share.need == need), plan.pence)
    if share is None:
        return ""
    free = len(plan.legs[0].windows)
    times = f" for {free} dates" if free > 1 and plan.legs[0].role == "room" else ""
    return f"{pounds(share)}{times}" if share else "free of charge"


def _plain(because: str) -> str:
    """What the price has not said already."""
    repeats = because.startswith("£0.00") or because.endswith("in all.")
    return "" if repeats else because.rstrip(".")


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def shared_lines(plan: Plan) -> Iterator[str]:
    """A plan of several needs: what they would share, and each one's price beside that alone."""
    yield _sentence(" and ".join(title(leg.offer) for leg in plan.legs))
    for share in sorted(plan.shares, key=lambda each: title(each.need)):
        alone = "" if share.alone is None else f" (alone {pounds(share.alone)})"
        yield f"{title(share.need)}: {pounds(share.pence)}{alone}"
    yield from (each.sentence for each in plan.missing)


def missing_line(plan: Plan) -> str:
    """What a partial answer lacks."""
    return "; ".join(each.sentence.rstrip(".") for each in plan.missing)


def near_lines(answer: Answer) -> Iterator[str]:
    """What the group could give way on, and what it would then have."""
    for near in answer.near[:SHOWN]:
        things = " and ".join(title(leg.offer) for leg in near.plan.legs)
        yield f"{_sentence(near.relaxed.sentence.rstrip('.'))}: then there is {things}"


def why_not(answer: Answer) -> Iterator[str]:
    """Why the rest does not fit, counted; offers of other things altogether are left out."""
    counts = Counter(said for each in answer.refused if (said := _reason(each)))
    for sentence, count in counts.most_common(SHOWN):
        yield f"{count} {'offer' if count == 1 else 'offers'}: {sentence}"


def _reason(refusal: Refusal) -> str:
    """The first reason, as far as the group may read it."""
    if any(reason.code in _OTHER_THINGS for reason in refusal.reasons):
        return ""
    first = refusal.reasons[0]
    if Audience.SEEKER in first.audience:
        return first.sentence
    return f"the {refusal.role} fails a test; only its owner and the coordinator are told which"


def lines(each: Answered) -> Iterator[tuple[str, str]]:
    """(style, text) of everything to be said of one answered need, the best first."""
    answer = each.answer
    if answer is None:
        return
    for plan in answer.full[:SHOWN]:
        yield "full", plan_line(plan, each.posting.id)
    if not answer.full:
        yield from _second_best(each, answer)


def _second_best(each: Answered, answer: Answer) -> Iterator[tuple[str, str]]:
    for plan in answer.partial[:SHOWN]:
        yield "partial", plan_line(plan, each.posting.id)
        yield "missing", missing_line(plan)
    near, reasons = list(near_lines(answer)), list(why_not(answer))
    yield from (("near", line) for line in near)
    if not answer.partial:
        yield from (("why", line) for line in reasons)
        if not near and not reasons:
            yield "why", "Nobody offers this yet."
