"""The operations of reports, fixed tables, and the coordinator's desk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

from cypn_core.application.desk import desk
from cypn_core.application.desk_items import Item
from cypn_core.application.network import Caller, Work
from cypn_core.application.publish import unmet, use
from cypn_core.application.report_ahead import ahead
from cypn_core.application.report_coordinator import coordinator
from cypn_core.application.report_holder import holder
from cypn_core.domain.people import OVERSEERS
from cypn_core.web.operations import Asked, Json, Operation, Reply

Report = Callable[[Work, Caller], Json]
COORDINATOR = frozenset({"coordinator"})


def operations() -> Iterator[Operation]:
    """Every report, each a table that takes no parameter."""
    yield Operation(
        name="report_holder",
        method="GET",
        path="/v1/reports/holder",
        summary="Your hours: offered, used by others, and your own use",
        run=partial(_reported, holder),
    )
    yield Operation(
        name="report_coordinator",
        method="GET",
        path="/v1/reports/coordinator",
        summary="Who waits, who declines and how often, and what is worth asking around for",
        scopes=COORDINATOR,
        run=partial(_reported, coordinator),
    )
    yield Operation(
        name="report_unmet",
        method="GET",
        path="/v1/reports/unmet",
        summary="Gaps and overlaps by area, time and kind, to be passed on: small counts withheld",
        scopes=OVERSEERS,
        run=partial(_reported, unmet),
    )
    yield Operation(
        name="report_use",
        method="GET",
        path="/v1/reports/use",
        summary="Hours used and offered by month, who had how much: small counts withheld",
        scopes=OVERSEERS,
        run=partial(_reported, use),
    )
    yield Operation(
        name="report_ahead",
        method="GET",
        path="/v1/reports/ahead",
        summary="Offers and hours in each of the next 26 weeks, beside the dates that are wanted",
        scopes=COORDINATOR,
        run=partial(_reported, ahead),
    )
    yield Operation(
        name="read_desk",
        method="GET",
        path="/v1/desk",
        summary="All that waits for a coordinator, what most groups wait for first",
        scopes=COORDINATOR,
        run=_desk,
    )


def _desk(asked: Asked) -> Reply:
    items = desk(asked.work, asked.caller)
    counts = Counter(item.kind.value for item in items)
    return Reply(body={"items": list(map(_item, items)), "counts": dict(sorted(counts.items()))})


def _item(item: Item) -> Json:
    return {
        "kind": item.kind.value,
        "about": item.about,
        "exchange": item.exchange or None,
        "role": item.role or None,
        "groups": item.groups,
        "day": item.day.isoformat(),
        "sentence": item.sentence,
        "unlocks": item.unlocks,
    }


def _reported(report: Report, asked: Asked) -> Reply:
    return Reply(body=report(asked.work, asked.caller))
