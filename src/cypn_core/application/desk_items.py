"""What stands on the coordinator's desk: a kind of item for each thing that waits for a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import Enum

from attrs import field, frozen


class Kind(Enum):
    """What an item is about; among those that unlock as much, the earlier kind comes first."""

    OVERRIDE = "override"
    CLEARANCE = "clearance"
    HELD = "held"
    UNJUDGED = "unjudged"
    CHECK_READY = "check_ready"
    CHECK_LAPSED = "check_lapsed"
    CHECK_PENDING = "check_pending"
    CHECK_EXPIRING = "check_expiring"
    CHECK_WANTED = "check_wanted"
    SEASON = "season"
    DISPLACED = "displaced"
    ROUND = "round"
    COMPLAINT = "complaint"
    REGISTRATION = "registration"
    UNREACHED = "unreached"
    OVERDUE = "overdue"
    FLAG = "flag"
    STALE = "stale"


_RANK = {kind: rank for rank, kind in enumerate(Kind)}


@frozen(kw_only=True)
class Item:
    """One thing to do.

    *about* is the id of what it is about: an organisation, a deal, a need, an offer, a round, a
    season, a registration, a complaint or an override. *groups* is how many groups wait for it.
    *says* and *opens* are sentences with ``%(name)s`` for what *facts* holds, so that they can be
    translated before they are filled; an organisation's name stands among the facts only where a
    coordinator may read it without un-masking anybody. *day* is when it is due, or since when it
    waits.
    """

    kind: Kind
    about: str
    says: str
    opens: str
    groups: int = 0
    facts: Mapping[str, str | int] = field(factory=dict)
    exchange: str = ""
    role: str = ""
    day: dt.date

    @property
    def sentence(self) -> str:
        """What there is to do."""
        return self.says % self.facts

    @property
    def unlocks(self) -> str:
        """What doing it opens, and for how many."""
        return self.opens % {**self.facts, "groups": self.groups}


def in_order(items: list[Item]) -> list[Item]:
    """*items* by how many groups wait for each, then by kind, then the earliest day first."""
    return sorted(
        items, key=lambda i: (-i.groups, _RANK[i.kind], i.day, i.exchange, i.role, i.about)
    )
