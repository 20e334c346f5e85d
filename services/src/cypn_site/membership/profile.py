"""The group's own profile: its place, its two contacts, and the exchanges that it leaves out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import Response

from cypn_core.application import bounces, join
from cypn_core.application.contacts import marked
from cypn_core.application.network import Work
from cypn_core.domain.organisations import Organisation, Profile, RunBy
from cypn_core.storage.belongings import Origins
from cypn_core.web.schemas import load
from cypn_site.membership.joining import contact_of
from cypn_site.pages import MEMBER, Page
from cypn_site.revisions import revision_in
from cypn_site.visits import Visit

Json = dict[str, Any]


def pages() -> Iterator[Page]:
    """The profile, its three forms, and mail to its contacts."""
    yield Page(rule="/organisation", name="organisation", who=MEMBER, show=_profile)
    yield Page(
        rule="/organisation/details",
        name="organisation_details",
        who=MEMBER,
        show=_form("membership/details.html"),
        send=_changes(_details),
    )
    yield Page(
        rule="/organisation/contacts",
        name="organisation_contacts",
        who=MEMBER,
        show=_form("membership/contacts.html"),
        send=_changes(_contacts),
    )
    yield Page(
        rule="/organisation/exchanges",
        name="organisation_exchanges",
        who=MEMBER,
        show=_form("membership/exchanges.html"),
        send=_changes(_exchanges),
    )
    yield Page(rule="/organisation/mail", name="organisation_mail", who=MEMBER, send=_mail)


def _own(visit: Visit, work: Work) -> Organisation:
    return work.organisations.get(visit.caller.member)


def _profile(visit: Visit) -> Response:
    return visit.show("membership/organisation.html", **visit.read(lambda w: _told(visit, w)))


def _told(visit: Visit, work: Work) -> Json:
    own = _own(visit, work)
    stops = {each.contact: each for each in work.mails.stops(own.id)}
    origins = Origins(work.connection).of(own.id)
    contacts = [
        (contact, stops.get(known), origins.get(known)) for known, contact in marked(work, own.id)
    ]
    return {"organisation": own, "contacts": contacts, "exchanges": _exchanges_of(visit)}


def _exchanges_of(visit: Visit) -> list[Any]:
    return list(visit.network.hub.exchanges.values())


def _form(template: str) -> Callable[[Visit], Response]:
    def show(visit: Visit) -> Response:
        own = visit.read(lambda work: _own(visit, work))
        return visit.show(
            template, organisation=own, ways=list(RunBy), exchanges=_exchanges_of(visit)
        )

    return show


def _changes(changed: Callable[[Visit, Json], Json]) -> Callable[[Visit], Response]:
    """A form's sending: the profile as it stands, with what *changed* makes of it."""

    def send(visit: Visit) -> Response:
        revision = revision_in(visit)

        def revise(work: Work) -> None:
            known = visit.network.converter.write(_own(visit, work).profile)
            profile = load(Profile, changed(visit, known))
            join.revise(work, visit.caller, profile, revision)

        said = visit.language.gettext("Your profile is changed.")
        return visit.change(revise, lambda _: visit.url("organisation"), said)

    return send


def _details(visit: Visit, known: Json) -> Json:
    numbers = visit.form.get("numbers", "").replace(",", " ").split()
    said = {name: visit.form.get(name, "").strip() for name in ("run_by", "place")}
    return {**known, **{name: value for name, value in said.items() if value}, "numbers": numbers}


def _contacts(visit: Visit, known: Json) -> Json:
    second = contact_of(visit, "second_contact")
    return {**known, "contact": contact_of(visit, "contact"), "second_contact": second or None}


def _exchanges(visit: Visit, known: Json) -> Json:
    """The form names those that are taken part in; every other one is left out."""
    taking = set(visit.form.getlist("exchanges"))
    return {**known, "exchanges_off": sorted(set(visit.network.hub.exchanges) - taking)}


def _mail(visit: Visit) -> Response:
    return visit.change(
        lambda work: bounces.resume(work, visit.caller),
        lambda _: visit.url("organisation"),
        visit.language.gettext("Mail goes to both contacts again."),
    )
