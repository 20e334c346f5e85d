"""The member's deals: what waits, the coming weeks as a list, and a month as a calendar."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from babel.dates import get_day_names
from flask import Response, request

from cypn_core.application.network import Work
from cypn_core.domain.deals import DealState
from cypn_core.domain.errors import NotFound
from cypn_site.member.telling import told_deal
from cypn_site.pages import Page
from cypn_site.visits import Visit

Dated = tuple[str, dict[str, Any], dict[str, Any]]
MOST = 200
ON = {DealState.AGREED.value, DealState.DONE.value, DealState.SUSPENDED.value}


def pages() -> Iterator[Page]:
    """The list of deals, and their dates."""
    yield Page(rule="/deals", name="deals", show=_deals)
    yield Page(rule="/calendar", name="calendar", show=_month)


def _deals(visit: Visit) -> Response:
    found = visit.read(lambda work: _all(visit, work))
    live = [deal for deal in found if DealState(deal["state"]).live]
    over = [deal for deal in found if not DealState(deal["state"]).live]
    today = visit.read(lambda work: work.today)
    ahead = [each for each in _dated(found) if _day(visit, each).isoformat() >= today.isoformat()]
    return visit.show("member/deals.html", live=live, over=over, weeks=_weeks(visit, ahead))


def _all(visit: Visit, work: Work) -> list[dict[str, Any]]:
    """Every deal of the member, over all exchanges, the newest first."""
    mine = visit.caller.member
    found = [
        told_deal(visit, work, exchange, deal)
        for exchange in work.hub.exchanges.values()
        for deal in work.deals.of(mine, exchange.name, "", MOST)
    ]
    return sorted(found, key=lambda deal: (deal["created"], deal["id"]), reverse=True)


def _dated(deals: list[dict[str, Any]]) -> list[Dated]:
    """Each date that stands or is on hold, in order."""
    dated = [
        (date["window"]["start"], deal, date)
        for deal in deals
        if deal["state"] in ON
        for date in deal["dates"]
        if date["state"] != "lost"
    ]
    return sorted(dated, key=lambda each: (each[0], each[1]["id"]))


def _day(visit: Visit, dated: Dated) -> dt.date:
    return visit.region.today(dt.datetime.fromisoformat(dated[0]))


def _weeks(visit: Visit, dated: list[Dated]) -> list[tuple[dt.date, list[Dated]]]:
    """The dates by the Monday of their week."""
    weeks: dict[dt.date, list[Dated]] = defaultdict(list)
    for each in dated:
        day = _day(visit, each)
        weeks[day - dt.timedelta(days=day.weekday())].append(each)
    return list(weeks.items())


def _month(visit: Visit) -> Response:
    today = visit.read(lambda work: work.today)
    year, month = _asked(today)
    found = visit.read(lambda work: _all(visit, work))
    days: dict[dt.date, list[Dated]] = defaultdict(list)
    for each in _dated(found):
        days[_day(visit, each)].append(each)
    weeks = calendar.Calendar().monthdatescalendar(year, month)
    first = dt.date(year, month, 1)
    return visit.show(
        "member/calendar.html",
        first=first,
        before=f"{first - dt.timedelta(days=1):%Y-%m}",
        after=f"{first + dt.timedelta(days=31):%Y-%m}",
        weeks=weeks,
        days=days,
        empty=not any((day.year, day.month) == (year, month) for day in days),
        today=today,
        names=get_day_names("abbreviated", locale=visit.language.locale),
    )


def _asked(today: dt.date) -> tuple[int, int]:
    """The month that is asked for as ``2027-02``; this one where none is."""
    said = request.args.get("month", f"{today:%Y-%m}")
    found = re.fullmatch(r"(20\d\d|21\d\d)-(0[1-9]|1[0-2])", said)
    if found is None:
        raise NotFound
    return int(found[1]), int(found[2])
