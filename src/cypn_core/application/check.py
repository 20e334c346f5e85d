"""Checks: a coordinator records what was found; everybody may see what falls due."""

from __future__ import annotations

import datetime as dt

from attrs import frozen
from dateutil.relativedelta import relativedelta

from cypn_core.application import override
from cypn_core.application.network import Caller, Work
from cypn_core.application.review import review_all
from cypn_core.domain.errors import Invalid
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.standing import Check, CheckOutcome, latest
from cypn_core.storage.belongings import CheckRequests


@frozen(kw_only=True)
class Due:
    """A check that is missing, failed, or out of date by the day asked about."""

    organisation: OrganisationId
    name: str
    role: str
    because: str


def record(
    work: Work,
    caller: Caller,
    organisation: OrganisationId,
    role: str,
    outcome: CheckOutcome,
    expires_on: dt.date | None,
) -> Check:
    """Record the outcome of the region's present checklist for *role*.

    A pass without an end is given the checklist's own length.

    :raises NotAllowed: unless the caller is a coordinator.
    :raises Invalid: when the region has no such checklist, or the end lies before today.
    """
    caller.must_have("coordinator")
    work.organisations.get(organisation)
    checklist = work.hub.region.checklist(role)
    if checklist is None:
        known = ", ".join(sorted(c.role for c in work.hub.region.checklists))
        raise Invalid({"role": [f"there is no checklist for {role}; there is: {known}"]})
    if expires_on is not None and expires_on < work.today:
        raise Invalid({"expires_on": ["must not be before today"]})
    check = Check(
        subject=organisation,
        role=role,
        version=checklist.version,
        outcome=outcome,
        checker=caller.actor,
        decided_on=work.today,
        expires_on=expires_on or work.today + relativedelta(months=checklist.valid_months),
    )
    work.organisations.record(work.new_id(), check)
    CheckRequests(work.connection).answered(organisation, role)
    if outcome is CheckOutcome.FAILED:
        override.fail(work, caller, organisation, role)
    work.log(caller, organisation, "check_recorded", role=role, outcome=outcome.value)
    review_all(work, organisation)
    return check


def due(work: Work, within_days: int) -> list[Due]:
    """What every organisation has on record that is not good for *within_days* more."""
    day = work.today + dt.timedelta(days=within_days)
    members = work.organisations.all()
    checks = work.organisations.checks(member.id for member in members)
    found = []
    for member in members:
        for role in sorted({check.role for check in checks[member.id]}):
            check = latest(checks[member.id], role, work.today)
            if check is not None and not check.holds_on(day):
                because = f"{check.outcome.value}, until {check.expires_on}"
                found.append(
                    Due(
                        organisation=member.id, name=member.profile.name, role=role, because=because
                    )
                )
    return found
