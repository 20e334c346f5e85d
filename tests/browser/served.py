"""A network that is really served: waitress, a store, a post office, a clock that stands still."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import waitress
from attrs import frozen
from tests.post_office import COORDINATOR, PostOffice
from waitress import wasyncore

from cypn_core.testing.town import Town
from cypn_services.mail import mailing

TownOf = Callable[[str, PostOffice], Town]
"""Makes the town that is served at an address, with mail by a post office."""
THREADS = 4


@frozen(kw_only=True)
class Served:
    """A running site. *base*: its address, without a slash at the end."""

    base: str
    town: Town
    office: PostOffice

    def letters(self, to: str) -> list[EmailMessage]:
        """The letters that have come for *to*, the newest last, once the hub did what is due."""
        self.town.tick()
        return self.office.letters(to)

    def link(self, to: str, pattern: str) -> str:
        """The newest link for *to* whose address on this site *pattern* matches."""
        for letter in reversed(self.letters(to)):
            plain = letter.get_body(("plain",))
            text = "" if plain is None else plain.get_content()
            if found := re.findall(rf"{re.escape(self.base)}{pattern}", text):
                return str(found[-1])
        raise AssertionError(f"no letter to {to} has a link {pattern}")


def settings_of(office: PostOffice, base: str) -> dict[str, str]:
    """The environment of a hub that is served at *base* and mails by *office*."""
    return {
        "CYPN_SMTP_URL": office.url,
        "CYPN_MAIL_FROM": "hub@hub.example.org",
        "CYPN_PUBLIC_URL": f"{base}/membership",
        "CYPN_COORDINATOR_MAIL": COORDINATOR,
    }


@contextmanager
def listening(app: WSGIApplication, port: socket.socket) -> Iterator[str]:
    """*app* served on *port* until the block ends; its origin."""
    server = waitress.create_server(app, sockets=[port], threads=THREADS, ident=None)
    thread = threading.Thread(target=server.run, name="served", daemon=True)
    thread.start()
    try:
        yield origin(port)
    finally:
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map, ignore_all=True))
        thread.join()
        server.task_dispatcher.shutdown()


def origin(port: socket.socket) -> str:
    """Where a site that listens on *port* is."""
    return f"http://127.0.0.1:{port.getsockname()[1]}"


@contextmanager
def served(
    office: PostOffice, town_of: TownOf, app_of: Callable[[Town], WSGIApplication]
) -> Iterator[Served]:
    """A site on a free port, until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as port:
        town = town_of(origin(port), office)
        with listening(without_expiry(app_of(town)), port) as base:
            yield Served(base=base, town=town, office=office)


def without_expiry(app: WSGIApplication) -> WSGIApplication:
    """*app*, whose cookies last as long as the browser: its clock is not the town's."""

    def shown(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        def started(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            kept = [(name, _lasting(name, value)) for name, value in headers]
            return start(status, kept, *more)

        return app(environ, started)

    return shown


def _lasting(name: str, value: str) -> str:
    if name.lower() != "set-cookie" or "1970" in value or "Max-Age=0" in value:
        return value
    return re.sub(r"; (Expires|Max-Age)=[^;]*", "", value, flags=re.IGNORECASE)


def mailing_at(base: str, office: PostOffice) -> Any:
    """The hub's mail, whose links lead to *base*."""
    return mailing(settings_of(office, base))
