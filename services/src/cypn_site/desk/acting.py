"""Acting for a group that rings: choose it, do what it asks on its own pages, and stop."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, request

from cypn_core.application import sessions
from cypn_core.domain.errors import Invalid, NotAllowed
from cypn_core.domain.likeness import skeleton
from cypn_core.domain.people import Session
from cypn_site.pages import COORDINATOR, Page
from cypn_site.visits import Visit

MOST = 50


def pages() -> Iterator[Page]:
    """Choosing the group, and stopping."""
    yield Page(rule="/desk/act-for", name="desk_act", who=COORDINATOR, show=_choice, send=_chosen)
    yield Page(rule="/desk/act-for/stop", name="desk_act_stop", who=COORDINATOR, send=_stopped)


def _choice(visit: Visit) -> Response:
    said = request.args.get("name", "").strip()
    members = visit.read(lambda work: sorted(work.organisations.names(), key=lambda each: each[1]))
    found = [each for each in members if skeleton(said) in skeleton(each[1])]
    acted_for = dict(members).get(visit.caller.organisation or members[0][0]) if members else None
    return visit.show(
        "desk/act.html",
        said=said,
        groups=found[:MOST],
        more=max(0, len(found) - MOST),
        acting=acted_for if visit.caller.acts_for_another else None,
    )


def _chosen(visit: Visit) -> Response:
    wanted = visit.form.get("group", "")
    if not wanted:
        raise Invalid({"group": ["choose the group that you act for"]})
    session = _session(visit)
    return visit.change(
        lambda work: sessions.act_for(work, session, wanted), lambda _: visit.url("home")
    )


def _stopped(visit: Visit) -> Response:
    session = _session(visit)
    return visit.change(
        lambda work: sessions.act_for(work, session, ""),
        lambda _: visit.url("desk"),
        visit.language.gettext("You act for nobody now."),
    )


def _session(visit: Visit) -> Session:
    if visit.session is None:
        raise NotAllowed("Sign in first.")
    return visit.session
