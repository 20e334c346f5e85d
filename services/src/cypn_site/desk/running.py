"""Whether the hub runs: its last tick, its mail, and whom mail does not reach."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from flask import Response

from cypn_core.application import bounces, last_tick
from cypn_core.domain.errors import Invalid, NotFound
from cypn_site.language import marked
from cypn_site.pages import COORDINATOR, Page
from cypn_site.visits import Visit

LATE = dt.timedelta(minutes=15)
STATES = {
    "waiting": marked("waiting"),
    "weekly": marked("kept for the weekly mail"),
    "folded": marked("sent inside a weekly mail"),
    "sent": marked("sent"),
    "dropped": marked("not needed any more"),
    "dead": marked("given up"),
}


def pages() -> Iterator[Page]:
    """The clock, the outbox and the addresses that do not work."""
    yield Page(rule="/desk/running", name="desk_running", who=COORDINATOR, show=_running)
    yield Page(rule="/desk/mail", name="desk_mail", who=COORDINATOR, show=_unreached, send=_bounced)


def _running(visit: Visit) -> Response:
    found = visit.read(lambda work: last_tick.running(work, visit.caller))
    now = visit.read(lambda work: work.now)
    return visit.show(
        "desk/running.html",
        found=found,
        late=found.tick is None or now - found.tick.at > LATE,
        mails=[(STATES.get(state, state), n) for state, n in sorted(found.mails.items())],
        carried=visit.network.mailing is not None,
    )


def _unreached(visit: Visit) -> Response:
    found = visit.read(lambda work: bounces.unreached(work, visit.caller))
    return visit.show("desk/mail.html", found=found)


def _bounced(visit: Visit) -> Response:
    what = visit.form.get("what", "").strip()
    try:
        return visit.change(
            lambda work: bounces.bounce(work, visit.caller, what),
            lambda _: visit.url("desk_mail"),
            visit.language.gettext("Noted: what went there goes to the next contact."),
        )
    except NotFound:
        raise Invalid({"what": ["no contact of a member has that address"]}) from None
