"""What a coordinator looks at: who waits for how long, who declines, what to ask around for.

Organisations stand here by their ids; a name is another, audited question.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from statistics import median
from typing import Any

from cypn_core.application.network import Caller, Work
from cypn_core.application.report_unmet import exact
from cypn_core.domain.deals import Deal
from cypn_core.domain.events import Event
from cypn_core.domain.ids import DealId, OrganisationId
from cypn_core.domain.marks import CLOSED, UNAVAILABLE
from cypn_core.domain.plans import REFERRED
from cypn_core.storage import events

Json = dict[str, Any]
DECLINED = ("deal_declined", "deal_displaced", "deal_dates_lost")


def coordinator(work: Work, caller: Caller) -> Json:
    """Waits by exchange in whole days, declines with their flags, what to agree to, and what lacks.

    :raises NotAllowed: unless the caller is a coordinator.
    """
    caller.must_have("coordinator")
    return {
        "on": work.today.isoformat(),
        "waits": [_waits(work, exchange) for exchange in sorted(work.hub.exchanges)],
        "declines": declines(work),
        "to_clear": list(_referred(work)),
        **exact(work, caller),
    }


def declines(work: Work) -> list[Json]:
    """How often each holder declined of late, most first; ``flag`` where it is often.

    Only a holder's own no counts, to a request or to what was agreed, and closing the time over
    either: to lose a round, or not to be answered, is nobody's decline.
    """
    limits = work.hub.region.settings
    said = Counter(holder for holder, _ in turned_away(work))
    ranked = sorted(said.items(), key=lambda each: (-each[1], each[0]))
    return [
        {"organisation": holder, "declines": count, "flag": count >= limits.decline_flag}
        for holder, count in ranked
    ]


def turned_away(work: Work) -> list[tuple[OrganisationId, Deal]]:
    """Who said no of late, with a key, by a link or through the coordinator, and to which deal."""
    since = work.now - dt.timedelta(days=work.hub.region.settings.decline_days)
    found = events.happened(work.connection, since, *DECLINED)
    deals = {deal.id: deal for deal in work.deals.some(DealId(each.subject) for each in found)}
    return [
        (OrganisationId(by), deals[DealId(event.subject)])
        for event in found
        if (by := _decliner(event, deals[DealId(event.subject)]))
    ]


def _decliner(event: Event, deal: Deal) -> str | None:
    """The holder whose no *event* tells of, if it was one's own."""
    because = event.body.get("reason", deal.reason)
    said = event.fact == "deal_declined" or because in {UNAVAILABLE, CLOSED}
    by = event.body.get("by")
    return by if said and by in {owner for _, owner in deal.holders} else None


def _referred(work: Work) -> Iterator[Json]:
    """The requests that a rule has referred to the coordinator, and why."""
    for deal in work.deals.waiting():
        if deal.referred:
            reasons = [part.sentence for part in deal.plan.missing if part.code == REFERRED]
            asked = deal.created.isoformat().replace("+00:00", "Z")
            yield {
                "deal": deal.id, "exchange": deal.exchange, "asked": asked, "reasons": reasons,
            }  # fmt: skip


def _waits(work: Work, exchange: str) -> Json:
    needs = work.postings.unanswered([exchange])
    days = sorted((work.now - need.created).days for need in needs)
    return {
        "exchange": exchange,
        "needs": len(days),
        "median_days": int(median(days)) if days else None,
        "longest_days": days[-1] if days else None,
    }
