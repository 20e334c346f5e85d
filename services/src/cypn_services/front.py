"""The front page of a network: what it has, and where."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from typing import NoReturn

from flask import Flask, Response, render_template_string, request

from cypn_core.application.network import Network
from cypn_core.domain.errors import NotFound
from cypn_core.exchange import Exchange
from cypn_core.web.service import create_app

POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"


def front(network: Network, exchanges: Sequence[Exchange]) -> Flask:
    """The app at ``/``: the page, its style, health; any other address says what there is."""
    app = create_app(network, network.hub.region.name, ())
    pages = resources.files("cypn_services") / "pages"
    page = (pages / "front.html").read_text(encoding="utf-8")
    style = (pages / "front.css").read_text(encoding="utf-8")

    def home() -> Response:
        shown = render_template_string(page, region=network.hub.region, exchanges=exchanges)
        return Response(shown, headers={"Content-Security-Policy": POLICY})

    app.add_url_rule("/", "home", home)
    app.add_url_rule("/front.css", "style", lambda: Response(style, mimetype="text/css"))

    def elsewhere(path: str) -> NoReturn:
        known = ", ".join(["/membership", *(f"/{each.slug}" for each in exchanges)])
        raise NotFound(f"There is no /{_first(path)} in this network; it has: {known}.")

    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    app.add_url_rule("/<path:path>", "elsewhere", elsewhere, methods=methods)
    return app


def _first(path: str) -> str:
    """The first part of *path*, short: it is repeated to whoever typed it."""
    return path.partition("/")[0][:40] or request.path[:40]
