"""Marks: why single windows of an agreed deal do not simply stand."""

from __future__ import annotations

import datetime as dt

from attrs import frozen

from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.times import Window

CHECKS = "checks"
"""A party's check is not in force; which party's is nobody else's business (V07)."""
UNAVAILABLE = "unavailable"
"""The holder cannot give it, to anybody: the time closes for all."""
CLOSED = "closed"
"""The holder has closed this time for everybody after it was agreed."""
WITHDRAWN = "withdrawn"
"""The offer has an end, and this lies behind it (V13)."""
UNFILLED = "unfilled"
"""Nobody was found for a part that was sought."""
RULES = "rules"
"""What was agreed breaks a rule that has to hold until all is over; which is for its holder."""


@frozen(kw_only=True)
class Mark:
    """One window of a deal that is suspended until an instant or, without one, lost.

    *reason* is a code. What is suspended still occupies; what is lost does not. *own* says that
    a seeker's own check was out of date when the hold was last looked at, and *blamed* whose.
    """

    window: Window
    reason: str
    until: dt.datetime | None = None
    own: bool = False
    blamed: tuple[OrganisationId, ...] = ()

    @property
    def lost(self) -> bool:
        """True when this window will not come back."""
        return self.until is None
