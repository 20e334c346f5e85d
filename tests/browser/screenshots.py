"""Pictures of the main pages, on a phone and on a desk, of the demo with a clock that stands still.

``make screenshots`` takes them again; the same network gives the same pictures.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from http import HTTPStatus
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page
from tests.browser.axe import NARROW, WIDE
from tests.browser.chromium import MISSING, program, running
from tests.browser.demo import NOBODY, lively, served_demo, session_of
from tests.browser.served import Served
from tests.browser.watching import Visiting
from tests.post_office import post_office

from cypn_core.storage.engine import open_store
from cypn_core.storage.migrations import migrate
from cypn_site.visits import SIGNED_IN_AS

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
HIGHEST = 1600
"""So many pixels of a page are shown; the rest is below."""
LARGEST = 100_000
COLOURS = 64
SHOTS = (
    ("start", NOBODY, "/"),
    ("listings", NOBODY, "/listings"),
    ("home", "seeker", "/home"),
    ("post", "seeker", "/post/need"),
    ("answers", "seeker", "need"),
    ("agreement", "seeker", "deal"),
    ("calendar", "seeker", "calendar"),
    ("checks", "seeker", "/checks"),
    ("desk", "coordinator", "/desk"),
    ("evidence", "coordinator", "/evidence"),
)
"""The picture's name, who looks, and at what."""


def main() -> int:
    """Take all pictures; how many could not be taken is the exit code."""
    path = program()
    if path is None:
        sys.stderr.write(f"Error: {MISSING}\n")
        return 1
    FOLDER.mkdir(exist_ok=True)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        store = stack.enter_context(open_store(f"sqlite:///{folder}/demo.sqlite3"))
        migrate(store)
        office = stack.enter_context(post_office())
        site = stack.enter_context(served_demo(store, office))
        visiting = Visiting(stack.enter_context(running(path)))
        addresses = lively(site.town)
        for wide in (NARROW, WIDE):
            for made in _taken(site, visiting, addresses, wide):
                sys.stdout.write(f"{made.name}: {made.stat().st_size} bytes\n")
        visiting.leave()
    return sum(each.stat().st_size > LARGEST for each in FOLDER.glob("*.png"))


def _taken(
    site: Served, visiting: Visiting, addresses: dict[str, str], wide: int
) -> Iterator[Path]:
    for name, role, address in SHOTS:
        context = visiting.at(site.base, wide)
        if role != NOBODY:
            secret = session_of(site.town, role)
            context.add_cookies([{"name": SIGNED_IN_AS, "value": secret, "url": site.base}])
        page = context.new_page()
        answer = page.goto(addresses.get(address, address))
        if answer is None or answer.status != HTTPStatus.OK:
            raise SystemExit(f"Error: {page.url} could not be shown")
        yield _picture(page, FOLDER / f"{name}-{wide}.png", wide)


def _picture(page: Page, path: Path, wide: int) -> Path:
    high = min(HIGHEST, int(page.evaluate("document.documentElement.scrollHeight")))
    page.set_viewport_size({"width": wide, "height": high})
    with Image.open(BytesIO(page.screenshot(animations="disabled"))) as taken:
        few = taken.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(path, optimize=True)
    return path


if __name__ == "__main__":
    raise SystemExit(main())
