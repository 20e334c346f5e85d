"""The gate: who has passed, in-date checks, in which role, on which day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from enum import Enum

from attrs import frozen


class CheckOutcome(Enum):
    """What a checker found. Never a certificate's number or text."""

    PASSED = "passed"
    FAILED = "failed"
    PENDING = "pending"


@frozen(kw_only=True)
class Check:
    """The outcome of one checklist for one subject: an organisation, or a pseudonymous resource.

    *override*: nobody has checked; two people let it through for some days.
    """

    subject: str
    role: str
    version: str
    outcome: CheckOutcome
    checker: str
    decided_on: dt.date
    expires_on: dt.date | None = None
    override: bool = False

    def __attrs_post_init__(self) -> None:
        if self.expires_on is not None and self.expires_on < self.decided_on:
            raise ValueError("expires_on must not be before decided_on")

    def holds_on(self, day: dt.date) -> bool:
        """True when this check is a pass that is in date on *day*, its last day included."""
        in_date = self.expires_on is None or day <= self.expires_on
        return self.outcome is CheckOutcome.PASSED and self.decided_on <= day and in_date


_STRICT = (CheckOutcome.PASSED, CheckOutcome.PENDING, CheckOutcome.FAILED)


def latest(checks: Iterable[Check], role: str, day: dt.date) -> Check | None:
    """The decision that counts for *role* on *day*: the last one taken by then.

    Of one day's decisions the strictest counts, and of two passes the one that lasts longer. An
    override is no decision: it stands beside them, and leaves them as they are.
    """
    own = [check for check in checks if check.role == role and not check.override]
    taken = [check for check in own if check.decided_on <= day]
    return max(taken, key=_weight, default=None)


def overridden(checks: Iterable[Check], role: str, day: dt.date) -> Check | None:
    """The override by which the subject stands in *role* on *day* whatever was decided, if any."""
    held = [c for c in checks if c.override and c.role == role and c.holds_on(day)]
    return max(held, key=_weight, default=None)


def _weight(check: Check) -> tuple[dt.date, int, dt.date]:
    return (check.decided_on, _STRICT.index(check.outcome), check.expires_on or dt.date.max)


def stands(checks: Iterable[Check], role: str, day: dt.date) -> str | None:
    """None when the subject stands in *role* on *day*, else what is missing, in plain words."""
    found = list(checks)
    if overridden(found, role, day) is not None:
        return None
    check = latest(found, role, day)
    if check is None:
        return f"{role}: not checked yet"
    if check.holds_on(day):
        return None
    if check.outcome is not CheckOutcome.PASSED:
        return f"{role}: {check.outcome.value}"
    return f"{role}: out of date since {check.expires_on}"


@frozen
class Passport:
    """What a stranger may know of a party: the roles in which it stands, and until when."""

    roles: frozenset[str] = frozenset()
    until: dt.date | None = None
    """Last day on which the role that counts here is in date; None is without end."""

    @classmethod
    def of(cls, checks: Iterable[Check], role: str, day: dt.date) -> Passport:
        """What *checks* let be said on *day* of a subject that takes part in *role*."""
        found = list(checks)
        standing = {c.role for c in found if stands(found, c.role, day) is None}
        by = (latest(found, role, day), overridden(found, role, day))
        ends = [each.expires_on for each in by if each is not None and each.holds_on(day)]
        dated = [end for end in ends if end is not None]
        until = max(dated, default=None) if len(dated) == len(ends) else None
        return cls(frozenset(standing), until)

    def covers(self, day: dt.date) -> bool:
        """True when the checks are still in date on *day*."""
        return self.until is None or day <= self.until
