"""What a page must never do: complain on the console, throw, or call at another host."""

from __future__ import annotations

from urllib.parse import urlsplit

from attrs import define, field, frozen
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Request, Response
from tests.browser.axe import HEIGHT, WIDE

PATIENCE = 15_000
"""Milliseconds that a page may take on a machine with much else to do."""
STATUS = "Failed to load resource: the server responded with a status of"
"""How Chromium tells any answer of 4xx; for a page that is meant to refuse it is no complaint."""


@define(slots=False)  # Playwright keeps a note on whatever has a handler
class Watch:
    """Everything that was wrong in *context*, where only *origin* is to be called."""

    origin: str
    complaints: list[str] = field(factory=list)
    foreign: list[str] = field(factory=list)
    answers: list[Response] = field(factory=list)
    _pages: set[str] = field(factory=set)

    def over(self, context: BrowserContext) -> None:
        """Begin to watch."""
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(f"thrown: {error.error}"))
        context.on("dialog", self._dialog)
        context.on("request", self._request)
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        refused = message.text.startswith(STATUS) and message.location["url"] in self._pages
        if message.type in {"error", "warning"} and not refused:
            self.complaints.append(f"{message.type}: {message.text} ({message.location['url']})")

    def _dialog(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if f"{parts.scheme}://{parts.netloc}" != self.origin and parts.scheme != "data":
            self.foreign.append(request.url)
        if request.is_navigation_request():
            self._pages.add(request.url)

    def _response(self, response: Response) -> None:
        self.answers.append(response)

    def nothing(self) -> None:
        """Fail when something was wrong."""
        assert self.complaints == []
        assert self.foreign == []


@frozen
class Visiting:
    """People with browsers of their own, each of which is watched."""

    chromium: Browser
    _opened: list[tuple[BrowserContext, Watch]] = field(factory=list)

    def at(self, base: str, wide: int = WIDE, *, scripts: bool = True) -> BrowserContext:
        """A fresh browser for the site at *base*, so many pixels *wide*."""
        context = self.chromium.new_context(
            base_url=base,
            viewport={"width": wide, "height": HEIGHT},
            locale="en-GB",
            timezone_id="Europe/London",
            java_script_enabled=scripts,
        )
        context.set_default_timeout(PATIENCE)
        watch = Watch(base)
        watch.over(context)
        self._opened.append((context, watch))
        return context

    def close(self) -> None:
        """Close them all; again does nothing."""
        for context, _ in self._opened:
            context.close()

    def leave(self) -> None:
        """Close them all; fail when something was wrong in one."""
        self.close()
        for _, watch in self._opened:
            watch.nothing()
