"""axe-core in a page: what it finds, and that it is nothing."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SOURCE = Path(__file__).with_name("vendor") / "axe.min.js"
NARROW, WIDE = 360, 1200
HEIGHT = 900
FIND = """async rules => {
  const options = {preload: false, resultTypes: ["violations"]};
  if (rules.length) options.runOnly = rules;
  const found = await axe.run(document, options);
  return found.violations.flatMap(each => each.nodes.map(
    node => `${each.id}: ${each.help}: ${node.html.slice(0, 200)} ${node.failureSummary}`));
}"""
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@cache
def source() -> str:
    """The library, which lies in the repository: nothing is loaded from elsewhere."""
    return SOURCE.read_text(encoding="utf-8")


def violations(page: Page, *rules: str) -> list[str]:
    """What axe-core finds wrong in *page* as it is now; by all its rules or only by *rules*."""
    page.evaluate(source())
    found: Any = page.evaluate(FIND, list(rules))
    return [str(each) for each in found]


def at_every_width(page: Page) -> list[str]:
    """What is wrong in *page* on a phone, on a desk and in the dark; three runs of axe-core."""
    found = []
    for width in (NARROW, WIDE):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found += [f"{width} px: {each}" for each in violations(page)]
        if page.evaluate(TOO_WIDE):
            found.append(f"{width} px: the page scrolls sideways")
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {each}" for each in violations(page, "color-contrast")]
    page.emulate_media(color_scheme="light")
    return found


RUNS = 3
"""How often :func:`at_every_width` runs axe-core."""
