"""One's own checks: what each list asks, what is passed and until when, and what is missing."""

from __future__ import annotations

import datetime as dt

from attrs import frozen

from cypn_core.application.network import Caller, Work
from cypn_core.domain.errors import Conflict, Invalid
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.region import Checklist
from cypn_core.domain.standing import Check, CheckOutcome, latest
from cypn_core.storage.belongings import CheckRequests


@frozen(kw_only=True)
class OwnChecklist:
    """A checklist as one organisation stands to it.

    *state*: ``passed``, ``runs_out`` (within the days of warning), ``out_of_date``, ``failed``,
    ``pending`` or ``missing``; *wanted* since when the check is asked for, *ready* since when the
    organisation says that it is ready; *serves* the exchanges that ask for it.
    """

    checklist: Checklist
    state: str
    decided_on: dt.date | None
    until: dt.date | None
    wanted: dt.datetime | None
    ready: dt.datetime | None
    serves: tuple[str, ...]

    @property
    def due(self) -> bool:
        """Whether something is to be done about it, by an organisation that wants it."""
        return self.state != "passed" and (self.wanted is not None or self.decided_on is not None)


@frozen(kw_only=True)
class ReadyForCheck:
    """An organisation that told the coordinator that it is ready to be checked in *role*."""

    organisation: OrganisationId
    name: str
    role: str
    since: dt.datetime
    ready: bool


def own_checklists(work: Work, caller: Caller) -> list[OwnChecklist]:
    """Every checklist of the region as the caller's organisation stands to it, by role."""
    wanted = {each.role: each for each in CheckRequests(work.connection).of(caller.member)}
    checks = work.organisations.checks([caller.member])[caller.member]
    found = []
    for checklist in sorted(work.hub.region.checklists, key=lambda each: each.role):
        check, asked = latest(checks, checklist.role, work.today), wanted.get(checklist.role)
        found.append(
            OwnChecklist(
                checklist=checklist,
                state="missing" if check is None else _state(work, check),
                decided_on=None if check is None else check.decided_on,
                until=None if check is None else check.expires_on,
                wanted=None if asked is None else asked.asked,
                ready=None if asked is None else asked.ready,
                serves=_serves(work, checklist.role),
            )
        )
    return found


def tell_ready(work: Work, caller: Caller, role: str) -> None:
    """Tell the coordinator that the caller's organisation is ready to be checked in *role*.

    :raises Invalid: when the region has no such checklist.
    :raises Conflict: when that was told before, and the coordinator has not decided.
    """
    if work.hub.region.checklist(role) is None:
        known = ", ".join(sorted(each.role for each in work.hub.region.checklists))
        raise Invalid({"role": [f"there is no checklist for {role}; there is: {known}"]})
    if not CheckRequests(work.connection).ready(caller.member, role, work.now):
        raise Conflict("You have told this already: the coordinator has it on the desk.")
    work.log(caller, caller.member, "check_asked_for", role=role)


def wanted_checks(work: Work, caller: Caller) -> list[ReadyForCheck]:
    """The checks that organisations want: those that are ready longest first.

    :raises NotAllowed: unless the caller is a coordinator.
    """
    caller.must_have("coordinator")
    names = dict(work.organisations.names())
    return [
        ReadyForCheck(
            organisation=each.organisation,
            name=names[each.organisation],
            role=each.role,
            since=each.ready or each.asked,
            ready=each.ready is not None,
        )
        for each in CheckRequests(work.connection).of()
        if each.organisation in names
    ]


def _state(work: Work, check: Check) -> str:
    if check.outcome is not CheckOutcome.PASSED:
        return str(check.outcome.value)
    if not check.holds_on(work.today):
        return "out_of_date"
    warning = dt.timedelta(days=work.hub.region.settings.lapse_warning_days)
    return "passed" if check.holds_on(work.today + warning) else "runs_out"


def _serves(work: Work, role: str) -> tuple[str, ...]:
    exchanges = work.hub.exchanges.values()
    return tuple(each.title for each in exchanges if role in each.checklists)
