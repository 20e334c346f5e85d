"""Where somebody is signed in: the list of one's own open sessions, and ending them."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response

from cypn_core.application import sessions
from cypn_core.application.network import Work
from cypn_core.domain.errors import Invalid
from cypn_core.domain.people import Session
from cypn_site.pages import SIGNED_IN, Page
from cypn_site.sign_in.opening import signed_out
from cypn_site.visits import Visit


def pages() -> Iterator[Page]:
    """The list, and signing out there or everywhere."""
    yield Page(rule="/sessions", name="sessions", who=SIGNED_IN, show=_listed, send=_ended)
    yield Page(rule="/sessions/all", name="sessions_all", who=SIGNED_IN, send=_all_ended)


def _listed(visit: Visit) -> Response:
    known = signed_in_as(visit)

    def found(work: Work) -> list[tuple[Session, str]]:
        return [(each, _as(work, each)) for each in sessions.listed(work, known)]

    return visit.show("sign_in/sessions.html", found=visit.read(found))


def _as(work: Work, session: Session) -> str:
    """The name of the group for which a session acts, or nothing."""
    if session.organisation is None:
        return ""
    return work.organisations.get(session.organisation).profile.name


def _ended(visit: Visit) -> Response:
    known, which = signed_in_as(visit), visit.form.get("which", "")
    _ = visit.language.gettext
    if not which:
        raise Invalid({"which": ["is not chosen: press a button of the list"]})
    visit.network.transact(lambda work: sessions.end(work, known, which))
    if which == known.id:
        return signed_out(visit, _("You are signed out."))
    return visit.go("sessions", _("That device is signed out."))


def _all_ended(visit: Visit) -> Response:
    visit.network.transact(lambda work: sessions.end_all(work, signed_in_as(visit)))
    return signed_out(visit, visit.language.gettext("You are signed out everywhere."))


def signed_in_as(visit: Visit) -> Session:
    """The session of a visit to a page that is for whoever is signed in."""
    assert visit.session is not None  # noqa: S101 - such pages are opened by nobody else
    return visit.session
