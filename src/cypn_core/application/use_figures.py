"""What the hub gave in a span of time, exactly: hours by group, hours offered, days to an answer.

Exact counts are for the coordinator; `report_use` withholds the small ones of what is passed on.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from attrs import frozen

from cypn_core.application.network import Work
from cypn_core.application.report_holder import offered_minutes
from cypn_core.domain.deals import Deal
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.times import Window
from cypn_core.storage import events

BANDS = (
    "nothing", "up to 10 hours", "10 to 40 hours", "more than 40 hours", "not by the hour",
)  # fmt: skip
"""What a group that asked has had; each group is in one."""
WAITS = ("the same day", "1 to 3 days", "4 to 7 days", "more than a week", "no answer")
"""How long the longest wait of a group took; each group is in one."""
ANSWERS = ("deal_agreed", "deal_declined")
FEW_HOURS, MANY_HOURS = 10 * 60, 40 * 60
FEW_DAYS, WEEK_DAYS = 3, 7


@frozen(kw_only=True)
class Had:
    """What the groups of one exchange had: minutes by group, and the holders that gave it."""

    minutes: Mapping[OrganisationId, int]
    """A group with something that is not by the hour has 0."""
    holders: frozenset[OrganisationId]


def agreed(work: Work) -> list[Deal]:
    """Every deal that was agreed and stands, or is done."""
    return [deal for deal in work.deals.all() if deal.state.revealed]


def had(deals: Iterable[Deal], exchange: str, span: Window) -> Had:
    """What *deals* of *exchange* gave inside *span*."""
    minutes: Counter[OrganisationId] = Counter()
    holders: set[OrganisationId] = set()
    for deal in deals:
        inside = _inside(deal, span)
        if deal.exchange == exchange and inside is not None:
            holders |= {owner for _, owner in deal.holders}
            for group in {owner for _, owner in deal.seekers}:
                minutes[group] += inside
    return Had(minutes=dict(minutes), holders=frozenset(holders))


def _inside(deal: Deal, span: Window) -> int | None:
    """Minutes of *deal* in *span*; 0 where it has no times and was made then; None for nothing."""
    if not deal.windows:
        return 0 if span.start <= deal.created < span.end else None
    inside = [
        Window(max(each.start, span.start), min(each.end, span.end))
        for each in deal.standing
        if each.overlaps(span)
    ]
    return sum(each.minutes for each in inside) or None


def bands(
    asked: Mapping[OrganisationId, object] | frozenset[OrganisationId], given: Had
) -> Counter[str]:
    """How many groups, of those that *asked* or had something, had how much."""
    groups = {*asked, *given.minutes}
    return Counter(_band(given.minutes.get(group)) for group in groups)


def _band(minutes: int | None) -> str:
    if minutes is None:
        return BANDS[0]
    if minutes == 0:
        return BANDS[4]
    if minutes <= FEW_HOURS:
        return BANDS[1]
    return BANDS[2] if minutes <= MANY_HOURS else BANDS[3]


def askers(work: Work, span: Window) -> Mapping[str, frozenset[OrganisationId]]:
    """Who posted a need in *span*, by exchange that is installed."""
    found: dict[str, set[OrganisationId]] = defaultdict(set)
    for need in work.postings.all("need", work.hub.exchanges):
        if span.start <= need.created < span.end:
            found[need.exchange].add(need.organisation)
    return {exchange: frozenset(groups) for exchange, groups in found.items()}


def waits(work: Work, span: Window) -> Mapping[str, Counter[str]]:
    """How many groups waited how long for an answer to what they asked in *span*, by exchange.

    A group is counted at its longest wait; a request that nobody answered is longer than any.
    """
    first: dict[str, dt.datetime] = {}
    for event in events.happened(work.connection, span.start, *ANSWERS):
        first.setdefault(event.subject, event.at)
    worst: dict[tuple[str, OrganisationId], int] = {}
    for deal in work.deals.all():
        if span.start <= deal.created < span.end:
            place = WAITS.index(_wait(deal, first.get(deal.id), span.end))
            for _, group in deal.seekers:
                key = (deal.exchange, group)
                worst[key] = max(worst.get(key, 0), place)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for (exchange, _), place in worst.items():
        found[exchange][WAITS[place]] += 1
    return found


def _wait(deal: Deal, answered: dt.datetime | None, end: dt.datetime) -> str:
    if answered is None or answered >= end:
        return WAITS[4]
    days = (answered - deal.created).days
    if days <= FEW_DAYS:
        return WAITS[0] if days == 0 else WAITS[1]
    return WAITS[2] if days <= WEEK_DAYS else WAITS[3]


def offered(work: Work, exchange: str, span: Window) -> Mapping[OrganisationId, int]:
    """Minutes that each holder gave to the hub in *span*, of those who gave any."""
    found: Counter[OrganisationId] = Counter()
    for posting in work.postings.all("offer", [exchange]):
        found[posting.organisation] += offered_minutes(work, posting, span)
    return {holder: minutes for holder, minutes in found.items() if minutes}


def weekly(deals: Iterable[Deal], exchange: str, weeks: Iterable[Window]) -> Iterator[int]:
    """Minutes agreed in each of *weeks*, of all groups together."""
    mine = [deal for deal in deals if deal.exchange == exchange]
    return (sum(had(mine, exchange, week).minutes.values()) for week in weeks)
