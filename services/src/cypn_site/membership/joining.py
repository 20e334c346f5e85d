"""Joining: a group registers itself; the coordinator lets it join or turns it away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response

from cypn_core.application import register
from cypn_core.domain.errors import NotFound
from cypn_core.domain.organisations import RunBy
from cypn_core.domain.registrations import SAID, Application, Turned
from cypn_core.web.schemas import load
from cypn_site.pages import COORDINATOR, PUBLIC, Page
from cypn_site.visits import Visit


def pages() -> Iterator[Page]:
    """Registering, and what the coordinator decides of it."""
    yield Page(rule="/register", name="register", who=PUBLIC, show=_form, send=_registered)
    yield Page(rule="/register/sent", name="register_sent", who=PUBLIC, show=_sent)
    yield Page(
        rule="/desk/registrations", name="registrations", who=COORDINATOR, show=_registrations
    )
    yield Page(
        rule="/desk/registrations/<registration>",
        name="registration",
        who=COORDINATOR,
        show=_registration,
        send=_accepted,
    )
    yield Page(
        rule="/desk/registrations/<registration>/turn-away",
        name="registration_turn_away",
        who=COORDINATOR,
        show=_reasons,
        send=_turned_away,
    )


def _form(visit: Visit) -> Response:
    return visit.show("membership/register.html", ways=list(RunBy), roles=roles_of(visit))


def roles_of(visit: Visit) -> list[tuple[str, tuple[str, ...]]]:
    """Each role that has a checklist, with the titles of the exchanges that ask for it."""
    exchanges = visit.network.hub.exchanges.values()
    return [
        (
            each.role,
            tuple(visit.language.gettext(e.title) for e in exchanges if each.role in e.checklists),
        )
        for each in sorted(visit.region.checklists, key=lambda each: each.role)
    ]


def _registered(visit: Visit) -> Response:
    """The same page follows, whoever is a member already."""
    application = load(Application, _told(visit))
    visit.network.transact(lambda work: register.register(work, application))
    return visit.go("register_sent")


def _told(visit: Visit) -> dict[str, Any]:
    said = {name: visit.form.get(name, "").strip() for name in ("name", "run_by", "place")}
    given = {name: value for name, value in said.items() if value}
    return {**given, "contact": contact_of(visit, "contact"), "roles": visit.form.getlist("roles")}


def contact_of(visit: Visit, name: str) -> dict[str, str]:
    """The contact that the fields *name* of a form tell of; what is empty is left out."""
    fields = ((part, visit.form.get(f"{name}.{part}", "")) for part in ("name", "email", "phone"))
    return {part: said.strip() for part, said in fields if said.strip()}


def _sent(visit: Visit) -> Response:
    return visit.show("membership/register_sent.html", days=register.MOST_UNCONFIRMED_DAYS)


def _registrations(visit: Visit) -> Response:
    found = visit.read(lambda work: register.awaiting(work, visit.caller))
    return visit.show("membership/registrations.html", found=found)


def _one(visit: Visit) -> register.Awaiting:
    wanted = visit.path["registration"]
    found = visit.read(lambda work: register.awaiting(work, visit.caller))
    one = next((each for each in found if each.registration.id == wanted), None)
    if one is None:
        raise NotFound
    return one


def _registration(visit: Visit) -> Response:
    return visit.show("membership/registration.html", one=_one(visit))


def _accepted(visit: Visit) -> Response:
    wanted, name = visit.path["registration"], visit.form.get("name", "").strip() or None
    said = visit.language.gettext("The group has joined. Its checks are on your list.")
    return visit.change(
        lambda work: register.accept(work, visit.caller, wanted, name),
        lambda _: visit.url("registrations"),
        said,
    )


def _reasons(visit: Visit) -> Response:
    return visit.show("membership/turn_away.html", one=_one(visit), reasons=SAID)


def _turned_away(visit: Visit) -> Response:
    known = {each.value: each for each in Turned}
    reason = known.get(visit.form.get("reason", ""))
    if reason is None:
        return _reasons(visit.wrong({"reason": [visit.language.gettext("is to be chosen")]}))
    wanted = visit.path["registration"]
    return visit.change(
        lambda work: register.turn_away(work, visit.caller, wanted, reason),
        lambda _: visit.url("registrations"),
        visit.language.gettext("The group is told why. Nothing of its registration is kept."),
    )
