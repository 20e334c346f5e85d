"""What stands on the desk of deals that are held, and of those that a rule failed to judge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from cypn_core.application.desk_items import Item, Kind
from cypn_core.application.desk_seen import Seen
from cypn_core.application.network import Caller
from cypn_core.domain.deals import Deal
from cypn_core.storage import events

SOON = dt.timedelta(days=7)
"""How long before its end a deal that is held should be looked at by a person."""


def held(seen: Seen, _caller: Caller) -> Iterator[Item]:
    """The deals that are given up soon, unless somebody is found for what they lack."""
    work = seen.work
    for deal in work.deals.held():
        if deal.deadline is not None and deal.deadline <= work.now + SOON:
            day = work.hub.region.today(deal.deadline)
            yield Item(
                kind=Kind.HELD,
                about=deal.id,
                says="An agreement is held and lacks a part: it is given up on %(day)s.",
                opens="Ring who could play it. Groups that wait for it: %(groups)s.",
                groups=_groups(deal),
                facts={"day": day.isoformat()},
                exchange=deal.exchange,
                day=day,
            )


def unjudged(seen: Seen, _caller: Caller) -> Iterator[Item]:
    """The deals that stand although a rule failed when it was to judge them again."""
    work = seen.work
    deals: dict[str, Deal] = {deal.id: deal for deal in work.deals.kept()}
    for event in events.told_of_all(work.connection, list(deals), "deal_not_judged"):
        deal, day = deals[event.subject], work.hub.region.today(event.at)
        yield Item(
            kind=Kind.UNJUDGED,
            about=deal.id,
            says="The rule %(rule)s failed on %(day)s, so that nobody knows whether it holds.",
            opens="Look whether the agreement may stand. Groups in it: %(groups)s.",
            groups=_groups(deal),
            facts={"rule": str(event.body["rule"]), "day": day.isoformat()},
            exchange=deal.exchange,
            day=day,
        )


def _groups(deal: Deal) -> int:
    return len({owner for _, owner in deal.seekers})
