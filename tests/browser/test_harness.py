"""The harness itself: it sees what it is there to see, so that silence means something."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from tests.browser import chromium as chromium_of
from tests.browser.axe import at_every_width
from tests.browser.watching import Watch

BAD = """<!doctype html><html><title>t</title><p style="color:#eee">faint</p>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">
<div style="width:2000px">wide</div>"""


def test_axe_sees_what_is_wrong(chromium: Browser) -> None:
    """A page without language, heading, contrast or alternative text, and too wide, is told of."""
    page = chromium.new_page()
    page.set_content(BAD)
    found = " ".join(at_every_width(page))
    for rule in ("html-has-lang", "image-alt", "color-contrast", "360 px: the page scrolls"):
        assert rule in found
    page.close()


def test_complaints_and_foreign_calls_are_seen(chromium: Browser) -> None:
    """What the console says, what is thrown, a dialog and a call to another host are told of."""
    context = chromium.new_context()
    watch = Watch("https://hub.example.org")
    watch.over(context)
    context.route("**/*", lambda route: route.fulfill(status=404, body="<h1>none</h1>"))
    page = context.new_page()
    page.goto("https://hub.example.org/")
    assert (watch.complaints, watch.foreign) == ([], [])
    page.evaluate(
        "() => { console.warn('beware'); alert('hello'); new Image().src = 'https://elsewhere.example/x';"
        " setTimeout(() => { throw new Error('lost') }); return fetch('/missing') }"
    )
    page.wait_for_timeout(100)
    context.close()
    said = " ".join(watch.complaints)
    for part in ("beware", "dialog: hello", "lost", "404"):
        assert part in said
    assert watch.foreign == ["https://elsewhere.example/x"]
    with pytest.raises(AssertionError):
        watch.nothing()


def test_a_browser_is_found_by_its_names(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """PATH is searched for the usual names, unless the environment names one."""
    folder = tmp_path_factory.mktemp("bin")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv(chromium_of.CHOSEN, raising=False)
    assert chromium_of.program() is None
    for name in ("google-chrome", "mine"):
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    assert chromium_of.program() == str(folder / "google-chrome")
    monkeypatch.setenv(chromium_of.CHOSEN, "mine")
    assert chromium_of.program() == str(folder / "mine")
    monkeypatch.setenv(chromium_of.CHOSEN, "absent")
    assert chromium_of.program() is None
