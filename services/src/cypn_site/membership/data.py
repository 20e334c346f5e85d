"""Data protection: what is held, an archive of it, and erasure in two steps."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, session

from cypn_core.application import erase, own_data
from cypn_core.domain.errors import Conflict
from cypn_site.pages import MEMBER, Page
from cypn_site.visits import Visit


def pages() -> Iterator[Page]:
    """What is held, the archive, and the two pages of erasure."""
    yield Page(rule="/your-data", name="your_data", who=MEMBER, show=_held)
    yield Page(rule="/your-data/archive.zip", name="archive", who=MEMBER, show=_archive)
    yield Page(rule="/your-data/erase", name="erase", who=MEMBER, show=_explained)
    yield Page(
        rule="/your-data/erase/confirm",
        name="erase_confirm",
        who=MEMBER,
        show=_confirm,
        send=_erased,
    )


def _held(visit: Visit) -> Response:
    found = visit.read(lambda work: own_data.held(work, visit.caller, visit.network.converter))
    return visit.show("membership/data.html", found=found)


def _archive(visit: Visit) -> Response:
    packed = visit.read(lambda work: own_data.archive(work, visit.caller, visit.network.converter))
    response = Response(packed, content_type="application/zip")
    response.headers["Content-Disposition"] = 'attachment; filename="our-data.zip"'
    return response


def _explained(visit: Visit) -> Response:
    return visit.show("membership/erase.html", ahead=_ahead(visit))


def _ahead(visit: Visit) -> list[tuple[str, erase.Ahead]]:
    """What has to be cancelled first, each with the slug of its exchange."""
    found = visit.read(lambda work: erase.ahead(work, visit.caller))
    return [(visit.network.hub.exchange(each.exchange).slug, each) for each in found]


def _confirm(visit: Visit) -> Response:
    own = visit.read(lambda work: work.organisations.get(visit.caller.member))
    return visit.show("membership/erase_confirm.html", organisation=own)


def _erased(visit: Visit) -> Response:
    """There is nothing to go back to: whoever erased it is signed out with it."""
    name = visit.form.get("name", "").strip()
    try:
        visit.network.transact(lambda work: erase.erase(work, visit.caller, name))
    except Conflict:
        if _ahead(visit):
            return visit.go("erase")
        raise
    erase.settle_store(visit.network)
    session.clear()
    return visit.go("start", visit.language.gettext("Your group is erased. Goodbye."))
