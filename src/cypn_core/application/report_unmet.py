"""Unmet need by area, time and kind, and what is given that nobody needs.

Two readers: the coordinator gets exact counts; what goes to a funder or the public withholds small
ones, so that they cannot be had by subtraction. Groups are counted, each once in a kind and
area, and never named.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from attrs import frozen

from cypn_core.application.demand import Wish, a_week, ask, kept_to, wanted_on
from cypn_core.application.match import boards_for
from cypn_core.application.network import Caller, Work
from cypn_core.application.report import noted
from cypn_core.application.withheld import Kind, counted, following, named, small, told, total
from cypn_core.domain.disclosure import Row, publish
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.plans import Plan
from cypn_core.domain.postings import Need, Noted, Offer, Posting
from cypn_core.domain.times import Window
from cypn_core.matching.planner import Board, ranked

Json = dict[str, Any]

PARTS = ("weekday morning", "weekday afternoon", "weekday evening", "weekend", "any time")
"""The times that needs are counted by; each need is in one."""
UNMET = "unmet"
NOON, EVENING, SATURDAY, DAY_MINUTES = 12, 17, 5, 24 * 60


@frozen(kw_only=True)
class Planned:
    """An open need with all its plans, whole or partial.

    *over_pence* is by how much the least dear of what its price alone bars is above what the need
    can pay; None where nothing is.
    """

    need: Posting
    plans: tuple[Plan, ...]
    over_pence: int | None


@frozen(kw_only=True)
class Lack:
    """One group's unmet need of a kind. *groups* is more than 1 where it stands for others too.

    *days* are the first and the last on which it wants it. With *over_pence* it is priced out:
    something would do if it cost so much less.
    """

    kind: Kind
    group: OrganisationId
    groups: int
    time: str
    sessions: int
    minutes: int
    people: int
    weekdays: frozenset[int] = frozenset()
    weekly_minutes: int = 0
    days: tuple[dt.date, ...] = ()
    over_pence: int | None = None


@frozen(kw_only=True)
class Evidence:
    """What was found: unmet needs, and who offers something that no need wants."""

    lacks: tuple[Lack, ...]
    idle: frozenset[tuple[Kind, OrganisationId]]


def evidence(work: Work) -> Evidence:
    """All that waits unmet or expired of late (a region setting), and all that nobody needs."""
    found = {name: _planned(work, name) for name in work.hub.exchanges}
    unmet = [each for planned in found.values() for each in planned if not each.plans]
    since = work.now - dt.timedelta(days=work.hub.region.settings.evidence_days)
    expired = work.postings.expired(work.hub.exchanges, since)
    lacks = [
        *(_lack(work, each.need, each.over_pence) for each in unmet),
        *(_lack(work, each) for each in (*expired, *(each.posting for each in noted(work)))),
    ]
    idle = chain(*(_idle(work, name, planned) for name, planned in found.items()))
    return Evidence(lacks=tuple(lacks), idle=frozenset(idle))


def _planned(work: Work, exchange: str) -> list[Planned]:
    """Every open need of *exchange* that passed the gate, with all its plans, whole or partial."""
    needs = work.postings.open(exchange, "need", work.today, work.now)
    offers = work.postings.open(exchange, "offer", work.today, work.now)
    boards = boards_for(work, UNMET, needs, offers)
    planner = work.hub.exchange(exchange).planner
    return [
        Planned(
            need=need,
            plans=ranked(boards[need.id], planner),
            over_pence=_over_budget(boards[need.id], work.hub.exchange(exchange).roles),
        )
        for need in needs
    ]


def _over_budget(board: Board, roles: Iterable[str]) -> int | None:
    """By how much the least dear of what nothing but its price bars is above the need's budget."""
    refused = chain(*(board.refused(role) for role in roles))
    over = ([reason.over_pence for reason in each.reasons] for each in refused)
    dear = (max(found) for each in over if len(found := [p for p in each if p]) == len(each))
    return min(dear, default=None)


def exact(work: Work, caller: Caller) -> Json:
    """What nobody offers, exactly: for the coordinator alone.

    ``demand`` is what is worth asking around for, most wanted first, one sentence each; ``unmet``
    is every unmet need by its days, people and area, the first day first, with what it is priced
    out by.

    :raises NotAllowed: unless the caller is a coordinator.
    """
    caller.must_have("coordinator")
    lacks = evidence(work).lacks
    counts = {kind: sum(parts.values()) for kind, parts in by_time(lacks).items()}
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    first = sorted(lacks, key=lambda lack: (lack.days, lack.kind, lack.people))
    return {
        "demand": [
            {**named(kind), "groups": n, "sentence": _wants(work, kind, n)} for kind, n in ranked
        ],
        "unmet": [_one(lack) for lack in first],
    }


def _one(lack: Lack) -> Json:
    return {
        **named(lack.kind),
        "days": [day.isoformat() for day in lack.days],
        "sessions": lack.sessions,
        "people": lack.people,
        "over_pence": lack.over_pence,
    }


def unmet_table(work: Work, was: Json | None) -> Json:
    """The tables that may leave the hub: ``gaps`` with hours, and ``overlaps``; after *was*."""
    found, settings = evidence(work), work.hub.region.settings
    givers = Counter(kind for kind, _ in found.idle)
    gaps = publish(by_time(found.lacks), PARTS, settings.small_count)
    told_gaps = [_gap(work, row, found.lacks) for row in gaps]
    told_gaps = [kept_to(row) for row in following(work, was, "gaps", told_gaps)]
    overlaps = following(work, was, "overlaps", counted(work, givers))
    dear = {(lack.kind, lack.group) for lack in found.lacks if lack.over_pence}
    priced_out = counted(work, Counter(kind for kind, _ in dear))
    return {
        "days": settings.evidence_days,
        "small": small(work),
        "gaps": told_gaps,
        "gap_of_those_shown": total(told_gaps),
        "overlaps": overlaps,
        "overlap_of_those_shown": total(overlaps),
        "priced_out": following(work, was, "priced_out", priced_out),
    }


def holders_table(work: Work, was: Json | None) -> Json:
    """How many members offer what, of those who are not listed by name; after *was*."""
    holders = {
        (_kind(work, offer), offer.organisation)
        for exchange in work.hub.exchanges
        for offer in work.postings.open(exchange, "offer", work.today, work.now)
        if isinstance(offer.body, Offer) and not offer.body.named_listing
    }
    counts = counted(work, Counter(kind for kind, _ in holders))
    return {"counts": following(work, was, "counts", counts)}


def by_time(lacks: Iterable[Lack]) -> dict[Kind, dict[str, int]]:
    """How many groups lack each kind, each group counted once, at the time that it wants most."""
    times: dict[tuple[Kind, OrganisationId], Counter[str]] = defaultdict(Counter)
    groups: Counter[tuple[Kind, OrganisationId]] = Counter()
    for lack in lacks:
        group = (lack.kind, lack.group)
        times[group][lack.time] += 1
        groups[group] = max(groups[group], lack.groups)
    counts: dict[Kind, dict[str, int]] = defaultdict(dict)
    for (kind, owner), wanted in times.items():
        time = _most(wanted)
        counts[kind][time] = counts[kind].get(time, 0) + groups[kind, owner]
    return counts


def _most(times: Counter[str]) -> str:
    """The time that is wanted most."""
    return min(times, key=lambda each: (-times[each], PARTS.index(each)))


def _wishes(lacks: Iterable[Lack]) -> Iterator[Wish]:
    """What each group of *lacks*, all of one kind, wants at the time that it is counted at."""
    mine = list(lacks)
    times: dict[OrganisationId, Counter[str]] = defaultdict(Counter)
    for lack in mine:
        times[lack.group][lack.time] += 1
    for lack in mine:
        if lack.time == _most(times[lack.group]):
            yield Wish(
                group=lack.group,
                time=lack.time,
                weekdays=lack.weekdays,
                weekly_minutes=lack.weekly_minutes,
            )


def part_of(windows: tuple[Window, ...], zone: ZoneInfo) -> str:
    """Which of :data:`PARTS` most of *windows* start in; those of a day or more are any time."""
    parts = Counter(_part(window, zone) for window in windows)
    return min(parts, key=lambda each: (-parts[each], PARTS.index(each)), default="any time")


def _part(window: Window, zone: ZoneInfo) -> str:
    start = window.start.astimezone(zone)
    if window.minutes >= DAY_MINUTES:
        return "any time"
    if start.weekday() >= SATURDAY:
        return "weekend"
    if start.hour < NOON:
        return "weekday morning"
    return "weekday afternoon" if start.hour < EVENING else "weekday evening"


def _lack(work: Work, posting: Posting, over_pence: int | None = None) -> Lack:
    body = posting.body
    if not isinstance(body, Need):
        raise TypeError(f"{posting.id} is no need")
    windows, zone = body.windows(work.hub.region), ZoneInfo(work.hub.region.zone_name)
    return Lack(
        kind=_kind(work, posting),
        group=posting.organisation,
        groups=body.groups if isinstance(body, Noted) else 1,
        time=part_of(windows, zone),
        sessions=len(windows),
        minutes=sum(window.minutes for window in windows),
        people=body.people,
        weekdays=wanted_on(windows, zone),
        weekly_minutes=a_week(windows, zone),
        days=_ends(window.start.astimezone(zone).date() for window in windows),
        over_pence=over_pence,
    )


def _ends(days: Iterable[dt.date]) -> tuple[dt.date, ...]:
    """The first and the last of *days*, or the only one."""
    known = sorted({*days})
    return tuple(dict.fromkeys((*known[:1], *known[-1:])))


def _idle(
    work: Work, exchange: str, found: Iterable[Planned]
) -> Iterator[tuple[Kind, OrganisationId]]:
    """Who offers what no open need has a use for and no live deal takes."""
    wanted = {leg.offer for each in found for plan in each.plans for leg in plan.legs}
    for offer in work.postings.open(exchange, "offer", work.today, work.now):
        if offer.id not in wanted and not work.deals.live_with(offer.id):
            yield _kind(work, offer), offer.organisation


def _kind(work: Work, posting: Posting) -> Kind:
    body, region = posting.body, work.hub.region
    area = "the whole region" if body.place is None else region.zone_label(body.place)
    return Kind(posting.exchange, body.category, area)


def _gap(work: Work, row: Row[Kind], lacks: Iterable[Lack]) -> Json:
    """A row of the gaps with its amounts, and with what may be asked for because of it."""
    mine = [lack for lack in lacks if lack.kind == row.key]
    shown = told(work, row)
    return {**shown, **_amounts(mine, row), "ask": ask(shown, _wishes(mine))}


def _amounts(mine: Iterable[Lack], row: Row[Kind]) -> Json:
    """Hours and person-sessions wanted in a row whose count is told."""
    if row.count is None:
        return {"hours": None, "person_sessions": None}
    lacks = list(mine)
    return {
        "hours": sum(lack.minutes for lack in lacks) // 60,
        "person_sessions": sum(lack.people * lack.sessions for lack in lacks),
    }


def _wants(work: Work, kind: Kind, groups: int) -> str:
    exchange = work.hub.exchanges.get(kind.exchange)
    words: Mapping[str, str] = exchange.words if exchange else {}
    thing = words.get(kind.category, kind.category.replace("_", " "))
    who = "1 group wants" if groups == 1 else f"{groups} groups want"
    return f"{who} {thing} in {kind.area}."
