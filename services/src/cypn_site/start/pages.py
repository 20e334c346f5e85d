"""The front page, and what anybody may read about the hub."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flask import Response

from cypn_site.pages import PUBLIC, Page
from cypn_site.start import texts
from cypn_site.visits import Visit


def pages() -> Iterator[Page]:
    """The pages that need no session."""
    yield Page(rule="/", name="start", who=PUBLIC, show=_start)
    yield Page(rule="/how-it-works", name="how", who=PUBLIC, show=_text(texts.how))
    yield Page(rule="/privacy", name="privacy", who=PUBLIC, show=_text(texts.privacy))
    yield Page(
        rule="/accessibility", name="accessibility", who=PUBLIC, show=_text(texts.accessibility)
    )
    yield Page(rule="/developers", name="developers", who=PUBLIC, show=_developers)


def _start(visit: Visit) -> Response:
    return visit.show("start/start.html", demo=visit.settings.demo)


def _text(text: Callable[[Visit], texts.Text]) -> Callable[[Visit], Response]:
    def show(visit: Visit) -> Response:
        title, parts = text(visit)
        return visit.show("start/text.html", title=title, parts=parts)

    return show


def _developers(visit: Visit) -> Response:
    title, parts = texts.developers(visit)
    return visit.show("start/developers.html", title=title, parts=parts)
