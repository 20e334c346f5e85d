"""Overrides: one person proposes to let a group take part without a check, another confirms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import Response

from cypn_core.application import override
from cypn_core.application.journal import staff_names
from cypn_core.application.network import Caller, Work
from cypn_core.domain.errors import NotFound
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.overrides import MOST_DAYS, SAID, OverrideWanted, Reason
from cypn_core.domain.people import ACCOUNTABLE
from cypn_core.web.schemas import load
from cypn_site.desk.work_list import role_words
from cypn_site.pages import COORDINATOR, Page
from cypn_site.visits import Visit


def _changing(
    use_case: Callable[[Work, Caller, str], object], said: str
) -> Callable[[Visit], Response]:
    def send(visit: Visit) -> Response:
        return visit.change(
            lambda work: use_case(work, visit.caller, visit.path["override"]),
            lambda _: visit.url("overrides"),
            visit.language.gettext(said),
        )

    return send


def pages() -> Iterator[Page]:
    """The list, the proposal, and the second person's word."""
    yield Page(rule="/desk/overrides", name="overrides", who=ACCOUNTABLE, show=_list)
    yield Page(
        rule="/desk/overrides/new/<organisation>/<role>",
        name="override_new",
        who=COORDINATOR,
        show=_form,
        send=_proposed,
    )
    yield Page(
        rule="/desk/overrides/<override>/confirm",
        name="override_confirm",
        who=ACCOUNTABLE,
        send=_changing(override.confirm, "Confirmed: it is in force from today."),
    )
    yield Page(
        rule="/desk/overrides/<override>/end",
        name="override_end",
        who=ACCOUNTABLE,
        send=_changing(override.end, "It is over, and the group is told."),
    )


def _list(visit: Visit) -> Response:
    found = visit.read(lambda work: _told(visit, work))
    return visit.show("desk/overrides.html", found=found)


def _told(visit: Visit, work: Work) -> list[dict[str, Any]]:
    names = dict(work.organisations.names())
    staff = staff_names(work, visit.caller)
    return [
        {
            "id": each.id,
            "name": names.get(each.organisation, ""),
            "role": role_words(visit, each.role),
            "because": visit.language.gettext(SAID[each.reason]),
            "days": each.days,
            "proposed": each.proposed,
            "by": staff.get(each.proposed_by, ""),
            "own": each.proposed_by == visit.caller.actor,
            "confirmed_by": staff.get(each.confirmed_by or "", ""),
            "last": each.last,
            "waits": each.waits(work.now),
            "in_force": each.in_force(work.today),
        }
        for each in override.listed(work, visit.caller)
    ]


def _form(visit: Visit) -> Response:
    wanted = OrganisationId(visit.path["organisation"])
    member = visit.read(lambda work: work.organisations.get(wanted))
    if visit.region.checklist(visit.path["role"]) is None:
        raise NotFound
    reasons = [(each.value, visit.language.gettext(SAID[each]).capitalize()) for each in Reason]
    return visit.show(
        "desk/override.html",
        member=member,
        role=role_words(visit, visit.path["role"]),
        reasons=reasons,
        most=MOST_DAYS,
    )


def _proposed(visit: Visit) -> Response:
    days = visit.form.get("days", "").strip()
    told: dict[str, Any] = {"role": visit.path["role"]}
    told |= {"reason": visit.form["reason"]} if visit.form.get("reason") else {}
    told |= {"days": int(days) if days.isascii() and days.isdigit() else days} if days else {}
    wanted, organisation = load(OverrideWanted, told), OrganisationId(visit.path["organisation"])
    return visit.change(
        lambda work: override.propose(work, visit.caller, organisation, wanted),
        lambda _: visit.url("overrides"),
        visit.language.gettext("Proposed. Nothing is let through until somebody else confirms it."),
    )
