"""Finds and starts the Chromium that this machine has; nothing is ever downloaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHOSEN = "CYPN_BROWSER"
MISSING = (
    "no Chromium was found, so that no page was tried in a browser: install one (on Debian: "
    f"apt-get install chromium) or name one in {CHOSEN}"
)


def program() -> str | None:
    """The path of a Chromium: the one that is named in the environment, or the first on PATH."""
    chosen = os.environ.get(CHOSEN)
    names = (chosen,) if chosen else NAMES
    return next((path for name in names if (path := shutil.which(name))), None)


@contextmanager
def running(path: str) -> Iterator[Browser]:
    """A browser without a window. Chromium's sandbox wants an ordinary user, so root has none."""
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        try:
            yield browser
        finally:
            browser.close()
