"""One's own checks: what each list asks, what is passed until when, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response

from cypn_core.application import checklists
from cypn_site.pages import MEMBER, Page
from cypn_site.visits import Visit


def pages() -> Iterator[Page]:
    """The checklists, and the word that one is ready."""
    yield Page(rule="/checks", name="checks", who=MEMBER, show=_lists, send=_ready)


def _lists(visit: Visit) -> Response:
    found = visit.read(lambda work: checklists.own_checklists(work, visit.caller))
    begun = [each for each in found if each.decided_on or each.wanted]
    others = [each for each in found if each not in begun]
    return visit.show("membership/checks.html", begun=begun, others=others)


def _ready(visit: Visit) -> Response:
    role = visit.form.get("role", "")
    return visit.change(
        lambda work: checklists.tell_ready(work, visit.caller, role),
        lambda _: visit.url("checks"),
        visit.language.gettext("The coordinator has it on the desk and gets in touch with you."),
    )
