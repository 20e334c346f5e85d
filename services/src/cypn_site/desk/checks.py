"""Checks one by one: what is asked for, the checklist, and what was found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from flask import Response

from cypn_core.application import check
from cypn_core.application.desk import desk
from cypn_core.application.network import Work
from cypn_core.domain.errors import Invalid, NotFound
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.organisations import Organisation
from cypn_core.domain.region import Checklist
from cypn_core.domain.standing import CheckOutcome
from cypn_site.desk.work_list import CHECKS, role_words, told
from cypn_site.language import marked
from cypn_site.pages import COORDINATOR, Page
from cypn_site.visits import Visit

OUTCOMES = {
    CheckOutcome.PASSED: marked("Passed"),
    CheckOutcome.FAILED: marked("Not passed"),
    CheckOutcome.PENDING: marked("Begun, not decided yet"),
}


def pages() -> Iterator[Page]:
    """The checks that wait, and the record of one."""
    yield Page(rule="/desk/checks", name="desk_checks", who=COORDINATOR, show=_waiting)
    yield Page(
        rule="/desk/checks/<organisation>/<role>",
        name="desk_check",
        who=COORDINATOR,
        show=_form,
        send=_recorded,
    )


def _waiting(visit: Visit) -> Response:
    found = visit.read(lambda work: desk(work, visit.caller))
    items = [told(visit, item) for item in found if item.kind in CHECKS]
    members = visit.read(lambda work: sorted(work.organisations.names(), key=lambda each: each[1]))
    roles = sorted((each.role, role_words(visit, each.role)) for each in visit.region.checklists)
    return visit.show("desk/checks.html", items=items, members=members, roles=roles)


def _form(visit: Visit) -> Response:
    member, checklist = visit.read(lambda work: _which(visit, work))
    on_record = visit.read(lambda work: work.organisations.checks([member.id])[member.id])
    mine = [each for each in on_record if each.role == checklist.role]
    return visit.show(
        "desk/check.html",
        member=member,
        checklist=checklist,
        role=role_words(visit, checklist.role),
        record=list(reversed(mine)),
        outcomes=[(each.value, visit.language.gettext(said)) for each, said in OUTCOMES.items()],
    )


def _recorded(visit: Visit) -> Response:
    outcome, until = _outcome(visit), _until(visit)

    def record(work: Work) -> None:
        member, checklist = _which(visit, work)
        if visit.form.get("version") != checklist.version:
            raise Invalid({"version": ["the checklist has changed: look at it again"]})
        check.record(work, visit.caller, member.id, checklist.role, outcome, until)

    said = visit.language.gettext("The check is recorded, and the group is told what changes.")
    return visit.change(record, lambda _: visit.url("desk_checks"), said)


def _which(visit: Visit, work: Work) -> tuple[Organisation, Checklist]:
    checklist = visit.region.checklist(visit.path["role"])
    member = work.organisations.get(OrganisationId(visit.path["organisation"]))
    if checklist is None or member.erased is not None:
        raise NotFound
    return member, checklist


def _outcome(visit: Visit) -> CheckOutcome:
    try:
        return CheckOutcome(visit.form.get("outcome", ""))
    except ValueError:
        raise Invalid({"outcome": ["choose what was found"]}) from None


def _until(visit: Visit) -> dt.date | None:
    return day_in(visit, "expires_on")


def day_in(visit: Visit, name: str) -> dt.date | None:
    """The day in a field of the form; None where it is empty.

    :raises Invalid: when it is none.
    """
    said = visit.form.get(name, "").strip()
    try:
        return dt.date.fromisoformat(said) if said else None
    except ValueError:
        raise Invalid({name: ["must be a day such as 2027-09-30"]}) from None
