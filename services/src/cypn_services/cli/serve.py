"""``cypn serve``: answer HTTP, and let time pass."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
import waitress

from cypn_core.application.network import Network
from cypn_services import metrics
from cypn_services.cli.console import environment, running, say
from cypn_services.demo.roles import roles
from cypn_services.operating import Operating, begin
from cypn_services.serving import served_app
from cypn_services.ticker import Ticker
from cypn_site.settings import DemoRole
from cypn_site.sign_in.pages import LOCAL

CONNECTIONS = 1000
"""With waitress's default of 100, three hundred slow bodies starve a service."""


@click.command()
@click.argument("exchanges", nargs=-1, metavar="[EXCHANGE]...")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", default=8080, show_default=True, type=click.IntRange(1, 65535), help="Its port."
)
def serve(exchanges: tuple[str, ...], host: str, port: int) -> None:
    """Serve every exchange, or only those named, with membership; Ctrl-C ends it.

    \b
    Examples:
      cypn serve
      cypn serve venue-bank --port 8001
    """  # noqa: D301 - click reads the escape
    with running() as network:
        operating = Operating.read(environment())
        begin(operating)
        roles_shown = _demo_roles(network, host)
        app = served_app(network, environment(), _named(network, exchanges) or None, roles_shown)
        server = _server(app, host, port)
        figures = metrics.expose(network, operating.metrics_at) if operating.metrics_at else None
        ticker = Ticker(network)
        ticker.start()
        say(f"{network.hub.region.name}: http://{host}:{port}/ (Ctrl-C ends it)")
        try:
            with _ended_by_signal():
                server.run()
        finally:
            server.close()
            ticker.stop()
            if figures is not None:
                figures.shutdown()


@contextmanager
def _ended_by_signal() -> Iterator[None]:
    """Within it SIGTERM does what Ctrl-C does: what is being answered is answered first."""

    def end(*_: object) -> None:
        raise SystemExit(0)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _demo_roles(network: Network, host: str) -> tuple[DemoRole, ...]:
    """The demo's one-click roles, where nobody but this machine can reach them."""
    return roles(network) if host in LOCAL else ()


def _server(app: Any, host: str, port: int) -> Any:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        why = error.strerror or "no such address"
        raise click.ClickException(f"{host}:{port} cannot be listened on: {why}") from None
    return waitress.create_server(
        app,
        sockets=[listening],
        connection_limit=CONNECTIONS,
        ident=None,  # by what it is served is nobody's business
        clear_untrusted_proxy_headers=False,  # CYPN_TRUSTED_PROXIES says whose are believed
    )


def _named(network: Network, exchanges: tuple[str, ...]) -> list[str]:
    names = [each.replace("-", "_") for each in exchanges if each != "membership"]
    if unknown := [name for name in names if name not in network.hub.exchanges]:
        known = ", ".join(each.slug for each in network.hub.exchanges.values())
        raise click.BadParameter(f"{', '.join(unknown)}: this network has {known}")
    return list(dict.fromkeys(names))
