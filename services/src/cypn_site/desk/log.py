"""The log for those who oversee, and whether it is still what was sealed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from flask import Response, request

from cypn_core.application import audit
from cypn_core.application.journal import Asked, journal, known_facts
from cypn_core.application.network import Work
from cypn_core.domain.errors import Invalid
from cypn_core.domain.people import OVERSEERS
from cypn_site.pages import Page
from cypn_site.visits import Visit

LINES = 50


def pages() -> Iterator[Page]:
    """The log and its seals."""
    yield Page(rule="/log", name="log", who=OVERSEERS, show=_log)
    yield Page(rule="/log/seals", name="seals", who=OVERSEERS, show=_seals)


def _log(visit: Visit) -> Response:
    said = {name: request.args.get(name, "").strip() for name in ("fact", "subject", "day")}
    try:
        asked = _asked(said)
    except Invalid as error:
        return visit.wrong(error.fields).show("desk/log.html", said=said, **_found(visit, Asked()))
    return visit.show("desk/log.html", said=said, **_found(visit, asked))


def _found(visit: Visit, asked: Asked) -> dict[str, Any]:
    def found(work: Work) -> dict[str, Any]:
        lines = journal(work, visit.caller, asked)
        facts = known_facts(work, visit.caller)
        return {"lines": lines[:LINES], "more": len(lines) > LINES, "facts": facts}

    return visit.read(found)


def _asked(said: dict[str, str]) -> Asked:
    before = request.args.get("before", "0")
    if not before.isascii() or not before.isdigit():
        before = "0"
    try:
        day = dt.date.fromisoformat(said["day"]) if said["day"] else None
    except ValueError:
        raise Invalid({"day": ["must be a day such as 2027-02-09"]}) from None
    return Asked(
        fact=said["fact"],
        subject=said["subject"],
        day=day,
        before=int(before[:18]),
        limit=LINES + 1,
    )


def _seals(visit: Visit) -> Response:
    found = visit.read(lambda work: audit.verify(work, visit.caller, {}))
    return visit.show("desk/seals.html", found=found)
