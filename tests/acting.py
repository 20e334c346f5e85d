"""An exchange with actions of every sort, for the tests of what core makes of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from attrs import evolve, frozen
from tests.sample_exchange import plugin

import cypn_region_northshire.plugin as northshire
from cypn_core.domain.errors import Invalid
from cypn_core.domain.plans import Plan
from cypn_core.exchange import Action, DealView, Outcome
from cypn_core.hub import Hub
from cypn_core.matching.rules import Context
from cypn_venue_bank import plugin as venue_bank
from cypn_venue_bank.offers import ROOM

ARRANGED, OPENED, BROKEN, TOLD = "arranged", "opened", "broken", "told"
EVERY = frozenset({ARRANGED, OPENED, BROKEN, TOLD})
TWO_DAYS = dt.timedelta(hours=48)


@frozen
class Count:
    """How many."""

    people: int


def _open(deal: DealView, given: Any, context: Context) -> Outcome:
    return Outcome(sub_state=OPENED, tells="The doors are open.")


def _fault(deal: DealView, given: Any, context: Context) -> Outcome:
    return Outcome(
        sub_state=BROKEN,
        fact={"points": ["heating"]},
        tells="Something is broken.",
        closes=frozenset({ROOM}),
        closes_as="defect",
    )


def _count(deal: DealView, given: Count, context: Context) -> Outcome:
    if given.people < 0:
        raise Invalid({"people": ["must be at least 0"]})
    return Outcome(sub_state=TOLD, fact={"people": given.people})


def counts(plan: Plan, notice: dt.timedelta, context: Context) -> int:
    """100 for each window that is given up less than two days ahead."""
    windows = {window for leg in plan.legs for window in leg.windows}
    return 100 * len(windows) if notice < TWO_DAYS else 0


ACTIONS = (
    Action(name="open-up", title="Open up", who="holder", roles=(ROOM,),
           from_states=frozenset({ARRANGED, OPENED}), handler=_open),
    Action(name="report-fault", title="Report a fault", who="seeker",
           from_states=EVERY, handler=_fault, after_end=True),
    Action(name="count", title="Say how many came", who="seeker", from_states=EVERY,
           handler=_count, takes=Count, after_end=True, within=TWO_DAYS),
)  # fmt: skip
EXCHANGE = evolve(
    venue_bank.cypn_exchange(),
    actions=ACTIONS,
    agreed_as=ARRANGED,
    settles_as="",
    counts_cancelled=counts,
    words={
        **venue_bank.cypn_exchange().words,
        "defect": "Something is broken",
        "heating": "Heating",
        "label.people": "Who came",
        "counts.100": "a hundred minutes",
    },
)
HUB = Hub.of(plugin(cypn_exchange=EXCHANGE), northshire)
