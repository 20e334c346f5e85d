"""Pictures of the main pages, on a phone and on a desk, of the demo with a clock that stands still.

``make screenshots`` takes them again; the same network gives the same pictures.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from http import HTTPStatus
from io import BytesIO
from itertools import product
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page
from tests.browser.axe import NARROW, WIDE
from tests.browser.chromium import MISSING, program, running
from tests.browser.demo import NOBODY, agreed, answered, served_demo, session_of
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
Shot = tuple[str, str, str]
BEFORE = (
    ("start", NOBODY, "/"),
    ("listings", NOBODY, "/listings"),
    ("post", "seeker", "/post/need"),
    ("answers", "seeker", "/in/venue-bank/needs/{need}"),
    ("checks", "seeker", "/checks"),
    ("desk", "coordinator", "/desk"),
)
AFTER = (
    ("home", "seeker", "/home"),
    ("agreement", "seeker", "/in/venue-bank/deals/{deal}"),
    ("calendar", "seeker", "/calendar?month={month}"),
    ("evidence", "coordinator", "/evidence"),
)
"""The picture's name, who looks, and at what: before and after the seeker agrees with a holder."""


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
        need, plan = answered(site.town)
        _take(site, visiting, BEFORE, {"need": need})
        deal, month = agreed(site.town, need, plan)
        site.town.tick()
        _take(site, visiting, AFTER, {"deal": deal, "month": month})
        visiting.leave()
    return sum(each.stat().st_size > LARGEST for each in FOLDER.glob("*.png"))


def _take(site: Served, visiting: Visiting, shots: Iterable[Shot], ids: Mapping[str, str]) -> None:
    for (name, role, address), wide in product(shots, (NARROW, WIDE)):
        context = visiting.at(site.base, wide)
        if role != NOBODY:
            secret = session_of(site.town, role)
            context.add_cookies([{"name": SIGNED_IN_AS, "value": secret, "url": site.base}])
        page = context.new_page()
        answer = page.goto(address.format(**ids))
        if answer is None or answer.status != HTTPStatus.OK:
            raise SystemExit(f"Error: {page.url} could not be shown")
        path = FOLDER / f"{name}-{wide}.png"
        _picture(page, path, wide)
        sys.stdout.write(f"{path.name}: {path.stat().st_size} bytes\n")


def _picture(page: Page, path: Path, wide: int) -> None:
    high = min(HIGHEST, int(page.evaluate("document.documentElement.scrollHeight")))
    page.set_viewport_size({"width": wide, "height": high})
    with Image.open(BytesIO(page.screenshot(animations="disabled"))) as taken:
        few = taken.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(path, optimize=True)


if __name__ == "__main__":
    raise SystemExit(main())
