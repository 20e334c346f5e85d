"""WSGI apps of one network: one exchange, all of them together, or inside somebody else's site."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from attrs import evolve
from flask import Flask, Response
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from cypn_core.application.network import Network
from cypn_core.domain.errors import CypnError
from cypn_core.web import exchange_api
from cypn_core.web.failures import install_problems
from cypn_core.web.link_pages import membership_service
from cypn_core.web.service import HEADERS, create_app
from cypn_services.limits import LIMITS, Limit, limited
from cypn_services.operating import Operating, Wsgi, begin, named, operated
from cypn_services.settings import Settings, network
from cypn_services.variables import given
from cypn_site.app import site_app
from cypn_site.embed.app import embed_app
from cypn_site.embed.hosts import EmbedSettings
from cypn_site.settings import DemoRole, SiteSettings

MEMBERSHIP = "membership"
TOGETHER = "together"


def membership_app(network: Network) -> Flask:
    """The service for joining, checks, keys and messages, and the pages behind mailed links."""
    return membership_service(network)


def exchange_app(network: Network, exchange: str) -> Flask:
    """The service of *exchange*; where it is not installed, every address says so."""
    if exchange not in network.hub.exchanges:
        return _absent_app(network, exchange)
    declared = network.hub.exchanges[exchange]
    return create_app(network, declared.title, exchange_api.operations(declared))


def together_app(
    network: Network,
    only: Iterable[str] | None = None,
    site: SiteSettings | None = None,
    embed: EmbedSettings | None = None,
    limits: Sequence[Limit] = (),
) -> DispatcherMiddleware:
    """Membership and all exchanges, or *only* some, each under its slug; the website at ``/``.

    *limits* hold for each of them: who came too often to one has come too often to all.
    """
    names = list(network.hub.exchanges if only is None else only)
    shown = [network.hub.exchange(name) for name in names]
    apps: dict[str, Any] = {f"/{each.slug}": exchange_app(network, each.name) for each in shown}
    apps[f"/{MEMBERSHIP}"] = membership_app(network)
    apps["/embed"] = embed_app(network, embed or EmbedSettings())
    pages = site_app(network, site or SiteSettings(), shown)
    for app in (pages, *apps.values()) if limits else ():
        named(limited(app, network, limits))
    return DispatcherMiddleware(pages, apps)


def served_app(
    network: Network,
    environment: Mapping[str, str],
    only: Iterable[str] | None = None,
    demo: tuple[DemoRole, ...] = (),
) -> Wsgi:
    """`together_app` as *environment* sets it up, with limits, log and metrics around it.

    :raises Invalid: naming the variable and the mend.
    """
    site = evolve(SiteSettings.read(environment), demo=demo)
    app = together_app(network, only, site, EmbedSettings.read(environment), LIMITS)
    return operated(app, Operating.read(environment))


def mounted(site: Flask, exchange: str, prefix: str, network: Network) -> Flask:
    """Hang *exchange* under *prefix* of a Flask site that is somebody else's, and return the site.

    Only addresses below the prefix reach the exchange; the site's own pages, error pages and
    headers stay as they are, and none of them apply to the exchange::

        site = mounted(Flask("our_site"), "venue_bank", "/find-a-space", network)
    """
    app = exchange_app(network, exchange)
    site.wsgi_app = DispatcherMiddleware(site.wsgi_app, {prefix: app})  # type: ignore[method-assign]
    return site


@cache
def app_named(name: str) -> Flask | Wsgi:
    """The app of the module *name* on the network that the environment describes.

    Ends the process with one plain line when that network cannot start.
    """
    try:
        environment = given(os.environ)
        operating = Operating.read(environment)
        begin(operating)
        if name == TOGETHER:
            return served_app(shared_network(), environment)
        return _alone(name, operating)
    except CypnError as error:
        sys.stderr.write(f"Error: {error}\n")
        raise SystemExit(1) from None


def _alone(name: str, operating: Operating) -> Flask:
    shared = shared_network()
    app = membership_app(shared) if name == MEMBERSHIP else exchange_app(shared, name)
    named(limited(app, shared, LIMITS))
    app.wsgi_app = operated(app.wsgi_app, operating, name)  # type: ignore[method-assign,assignment]
    return app


def attribute(module: str, name: str) -> Flask | Wsgi:
    """What a service's module answers when it is asked for *name*: only ``app``, made when asked.

    :raises AttributeError: for anything else.
    """
    if name != "app":
        raise AttributeError(f"module {module!r} has no attribute {name!r}")
    return app_named(module.rpartition(".")[2])


@cache
def shared_network() -> Network:
    """One network a process, whatever of it is served."""
    return network(Settings.read(given(os.environ)))


def _absent_app(network: Network, exchange: str) -> Flask:
    """404 at every address, with a sentence: there is no key to ask for and nothing to wait for."""
    app = Flask("cypn", static_folder=None)
    install_problems(app)

    def refuse() -> None:
        network.hub.exchange(exchange)

    app.before_request(refuse)
    app.after_request(_private)
    return app


def _private(response: Response) -> Response:
    response.headers.update(HEADERS)
    return response
