"""Seeing who somebody is: for a coded purpose, in one sentence, and they are told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, request

from cypn_core.application import unmask
from cypn_core.application.network import Work
from cypn_core.application.unmask import SAID, Purpose
from cypn_core.domain.errors import Invalid, NotFound
from cypn_core.web.schemas import load
from cypn_core.web.unmask_api import UnmaskingAsked
from cypn_site.pages import COORDINATOR, Page
from cypn_site.visits import Visit


def pages() -> Iterator[Page]:
    """The question, and its answer, which is shown once and not kept."""
    yield Page(rule="/desk/unmask", name="unmask", who=COORDINATOR, show=_form, send=_shown)


def _form(visit: Visit) -> Response:
    say = visit.language.gettext
    purposes = [(each.value, say(SAID[each]).capitalize()) for each in Purpose]
    of = visit.form.get("of") or request.args.get("of", "")
    return visit.show("desk/unmask.html", purposes=purposes, of=of)


def _shown(visit: Visit) -> Response:
    given = ((name, visit.form.get(name, "").strip()) for name in ("of", "purpose", "because"))
    asked = load(UnmaskingAsked, {name: said for name, said in given if said})

    def answered(work: Work) -> dict[str, Any]:
        found = unmask.unmask(work, visit.caller, asked.of, asked.purpose, asked.because)
        return visit.faces(work).unmasked(found)

    try:
        found = visit.network.transact(answered)
    except NotFound:
        raise Invalid({"of": ["is not the id of a need, an offer or a deal of this hub"]}) from None
    return visit.show("desk/unmasked.html", found=found, because=asked.because)
