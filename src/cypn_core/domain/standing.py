"""The gate: who has passed, in-date checks, in which role, on which day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from enum import Enum

from attrs import frozen


class CheckOutcome(Enum):
    """What a checker found. Never a certificate's number or text (R13 of the study)."""

    PASSED = "passed"
    FAILED = "failed"
    PENDING = "pending"


@frozen(kw_only=True)
class Check:
    """The outcome of one checklist for one subject: an organisation, or a pseudonymous resource."""

    subject: str
    role: str
    version: str
    outcome: CheckOutcome
    checker: str
    decided_on: dt.date
    expires_on: dt.date | None = None

    def __attrs_post_init__(self) -> None:
        if self.expires_on is not None and self.expires_on < self.decided_on:
            raise ValueError("expires_on must not be before decided_on")

    def holds_on(self, day: dt.date) -> bool:
        """True when this check is a pass that is in date on *day*, its last day included."""
        in_date = self.expires_on is None or day <= self.expires_on
        return self.outcome is CheckOutcome.PASSED and self.decided_on <= day and in_date


def latest(checks: Iterable[Check], role: str) -> Check | None:
    """The decision that counts for *role*: the last one taken, and of one day the strictest."""
    strict = [CheckOutcome.PASSED, CheckOutcome.PENDING, CheckOutcome.FAILED]
    found = [check for check in checks if check.role == role]
    return max(found, key=lambda c: (c.decided_on, strict.index(c.outcome)), default=None)


def stands(checks: Iterable[Check], role: str, day: dt.date) -> str | None:
    """None when the subject stands in *role* on *day*, else what is missing, in plain words."""
    check = latest(checks, role)
    if check is None:
        return f"{role}: not checked yet"
    if check.holds_on(day):
        return None
    if check.outcome is not CheckOutcome.PASSED:
        return f"{role}: {check.outcome.value}"
    if check.expires_on is not None and check.expires_on < day:
        return f"{role}: out of date since {check.expires_on}"
    return f"{role}: in force from {check.decided_on}"


@frozen
class Passport:
    """What a stranger may know of a party: the roles in which it stands, and until when."""

    roles: frozenset[str] = frozenset()
    until: dt.date | None = None
    """Last day on which the role that counts here is in date; None is without end."""

    def covers(self, day: dt.date) -> bool:
        """True when the checks are still in date on *day*."""
        return self.until is None or day <= self.until
