"""The app at ``/embed``: pages, fragments and feeds that other sites may show.

It reads only, knows no session and sets no cookie. Its answers depend on nothing but what everybody
may read, so they may be kept by whoever carries them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import frozen
from flask import Flask, Response, g, render_template, request

from cypn_core.application.network import Network
from cypn_core.domain.errors import Invalid, NotFound
from cypn_core.exchange import Exchange
from cypn_core.web.failures import install_problems
from cypn_site.embed import assets, feeds
from cypn_site.embed.hosts import EmbedSettings
from cypn_site.embed.schema_org import item_list
from cypn_site.embed.shown import Shown, shown
from cypn_site.language import DEFAULT, Language, languages
from cypn_site.look import speak
from cypn_site.theme import FOREVER

A_WHILE = "public, max-age=300"
HTML = "text/html; charset=utf-8"
LEVELS = range(1, 6)
"""Heading levels that leave one below for the entries."""
HEADERS = {
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
    "Vary": "Origin",
    "X-Content-Type-Options": "nosniff",
}


def embed_app(network: Network, settings: EmbedSettings) -> Flask:
    """What other sites may show of *network*, to be mounted at ``/embed``."""
    app = Flask("cypn_site", static_folder=None)
    speak(app, _language)
    app.jinja_env.filters["day"] = lambda day: _language().day(day)
    install_problems(app)
    for asset in (assets.element(), assets.frame(), assets.style()):
        _serve(app, f"/v1/{asset.name}", asset, FOREVER)
    _serve(app, "/v1/cypn.js", assets.element(), A_WHILE)
    for rule, answer in {
        "/v1/<slug>.html": _fragment,
        "/<slug>": _frame,
        "/<slug>.atom": _atom,
        "/<slug>.json": _json,
        "/<slug>.ics": _calendar,
    }.items():
        _route(app, rule, network, settings, answer)
    app.after_request(lambda response: _headers(response, settings))
    return app


@frozen(kw_only=True)
class Asked:
    """One request: for which exchange, in which language, and where the hub is."""

    network: Network
    settings: EmbedSettings
    exchange: Exchange
    language: Language

    @property
    def hub(self) -> str:
        """The origin of the hub."""
        return self.settings.public_url or request.host_url.rstrip("/")

    @property
    def feeds(self) -> str:
        """The address of the exchange's feeds without their ending."""
        return f"{self.hub}{request.script_root}/{self.exchange.slug}"

    @property
    def own(self) -> str:
        """The address of what is asked for."""
        return f"{self.hub}{request.script_root}{request.path}"

    @property
    def title(self) -> str:
        """What the list is called."""
        return self.language.gettext(self.exchange.title)

    def shown(self) -> Shown:
        """What the public may see of the exchange."""
        return shown(self.network, self.language, self.exchange.name)

    def page(self, template: str, level: int, **more: Any) -> Response:
        """The list as HTML, its headings from *level* on."""
        found = self.shown()
        body = render_template(
            template,
            shown=found,
            title=self.title,
            summary=self.language.gettext(self.exchange.summary),
            level=level,
            feeds=self.feeds,
            data=item_list(found, self.title),
            language=self.language,
            **more,
        )
        return Response(body, content_type=HTML)


def _route(
    app: Flask,
    rule: str,
    network: Network,
    settings: EmbedSettings,
    answer: Callable[[Asked], Response],
) -> None:
    def view(slug: str) -> Response:
        g.language = languages().get(request.args.get("lang", DEFAULT)) or languages()[DEFAULT]
        asked = Asked(
            network=network,
            settings=settings,
            exchange=_exchange(network, slug),
            language=g.language,
        )
        return _kept(answer(asked), A_WHILE)

    app.add_url_rule(
        rule, f"{answer.__name__}", view, methods=["GET"], provide_automatic_options=False
    )


def _serve(app: Flask, rule: str, asset: assets.Asset, how_long: str) -> None:
    def view() -> Response:
        return _kept(Response(asset.content, content_type=asset.media_type), how_long)

    app.add_url_rule(rule, rule, view, methods=["GET"], provide_automatic_options=False)


def _exchange(network: Network, slug: str) -> Exchange:
    found = next((each for each in network.hub.exchanges.values() if each.slug == slug), None)
    if found is None:
        raise NotFound
    return found


def _fragment(asked: Asked) -> Response:
    """What the custom element puts into its shadow: no page, and no link but those of the feeds."""
    said = request.args.get("level", "2")
    if said not in {str(level) for level in LEVELS}:
        raise Invalid({"level": [f"must be a heading level from {LEVELS[0]} to {LEVELS[-1]}"]})
    return asked.page("embed/fragment.html", int(said))


def _frame(asked: Asked) -> Response:
    """A page of its own for an iframe, which tells its height to the one site that is its host."""
    response = asked.page(
        "embed/frame.html",
        1,
        host=_host(asked.settings),
        root=request.script_root,
        hub=asked.hub,
        style=assets.style(),
        script=assets.frame(),
    )
    response.headers["Content-Security-Policy"] = _policy(
        asked.settings, "script-src 'self'; style-src 'self'; form-action 'none'; base-uri 'none'; "
    )
    return response


def _host(settings: EmbedSettings) -> str | None:
    """The site that is told the height: the one that is named and allowed, or the only one."""
    said = request.args.get("host")
    if said is None:
        return settings.hosts[0] if len(settings.hosts) == 1 else None
    if said not in settings.hosts:
        raise Invalid({"host": ["is not among the sites that may embed; ask the hub to add it"]})
    return said


def _atom(asked: Asked) -> Response:
    home = f"{asked.hub}/listings"
    body = feeds.atom(asked.shown(), asked.title, asked.language, home, asked.own)
    return Response(body, content_type="application/atom+xml; charset=utf-8")


def _json(asked: Asked) -> Response:
    home = f"{asked.hub}/listings"
    body = feeds.json_feed(asked.shown(), asked.title, asked.language, home, asked.own)
    return Response(body, content_type="application/feed+json")


def _calendar(asked: Asked) -> Response:
    body = feeds.calendar(asked.network, asked.exchange.name, asked.title, asked.language)
    return Response(body, content_type="text/calendar; charset=utf-8")


def _kept(response: Response, how_long: str) -> Response:
    """Let *response* be kept, and not be sent again to whoever has it."""
    response.headers["Cache-Control"] = how_long
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


def _headers(response: Response, settings: EmbedSettings) -> Response:
    """Who may frame it and whose scripts may read it; a refusal is not kept."""
    response.headers.update(HEADERS)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("Content-Security-Policy", _policy(settings))
    origin = request.headers.get("Origin")
    if origin in settings.hosts:
        response.headers["Access-Control-Allow-Origin"] = origin
    return response


def _policy(settings: EmbedSettings, more: str = "") -> str:
    return f"default-src 'none'; {more}frame-ancestors {settings.ancestors}"


def _language() -> Language:
    """The language of the request."""
    found: Language = g.language
    return found
