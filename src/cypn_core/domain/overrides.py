"""Overrides of the gate: for one organisation in one role, for some days, by two people."""

from __future__ import annotations

import datetime as dt
from enum import Enum
from typing import Annotated

from annotated_types import Ge, Le
from attrs import frozen

from cypn_core.domain.constraints import Code, constrained
from cypn_core.domain.ids import OrganisationId

MOST_DAYS = 14
PROPOSED_DAYS = 7
"""How long a proposal waits for the second person."""


class Reason(Enum):
    """Why somebody may take part without a check in date."""

    CHECKER_AWAY = "checker_away"
    RENEWAL_UNDER_WAY = "renewal_under_way"
    RECORD_MISSING = "record_missing"
    EMERGENCY = "emergency"


SAID = {
    Reason.CHECKER_AWAY: "whoever checks was not there in time",
    Reason.RENEWAL_UNDER_WAY: "the renewal of your check is under way",
    Reason.RECORD_MISSING: "your check was passed and its record is missing",
    Reason.EMERGENCY: "somebody would be in need otherwise",
}
"""The reasons in words, after "though no check of yours is in date: "."""


@frozen(kw_only=True, field_transformer=constrained)
class OverrideWanted:
    """What one person proposes and another confirms; *days* count from the confirmation on."""

    role: Code
    reason: Reason
    days: Annotated[int, Ge(1), Le(MOST_DAYS)] = MOST_DAYS


@frozen(kw_only=True)
class Override:
    """An override: in force from *first* to *last*, both included, once somebody confirmed it."""

    id: str
    organisation: OrganisationId
    role: str
    reason: Reason
    days: int
    proposed_by: str
    proposed: dt.datetime
    confirmed_by: str | None = None
    first: dt.date | None = None
    last: dt.date | None = None
    ended: dt.datetime | None = None

    def waits(self, now: dt.datetime) -> bool:
        """Whether it still may be confirmed."""
        young = now < self.proposed + dt.timedelta(days=PROPOSED_DAYS)
        return self.confirmed_by is None and self.ended is None and young

    def in_force(self, day: dt.date) -> bool:
        """Whether it lets somebody through on *day*."""
        if self.ended is not None or self.first is None or self.last is None:
            return False
        return self.first <= day <= self.last
