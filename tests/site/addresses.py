"""The addresses of the site's pages, with values for what stands in them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tests.site.visitors import MISSING

from cypn_site import everything
from cypn_site.pages import Page

PAGES = tuple(everything.pages())
SAME_FOR_ALL: Mapping[str, str] = {
    "exchange": "venue-bank",
    "side": "need",
    "kind": "space_need",
    "field": "place",
    "action": "confirm-visit",
    "date": "2027-02-02",
    "day": "2027-02-02",
    "code": "seeker",
    "role": "seeker",
    "token": MISSING,
    "format": "csv",
}
"""Values of addresses that belong to nobody."""
THINGS = {"posting": "need"}
"""Values of addresses under another name than in the services."""
VALUE = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")


def names(page: Page) -> list[str]:
    """What stands in the page's address, in order."""
    return VALUE.findall(page.rule)


def things_of(page: Page) -> set[str]:
    """Whose things the page's address names: those that do not belong to everybody."""
    return {THINGS.get(name, name) for name in names(page)} - set(SAME_FOR_ALL)


def address(page: Page, owned: Mapping[str, str]) -> str:
    """The page's address with the ids that are *owned*; what is not there is missing."""
    values = {
        name: SAME_FOR_ALL.get(name) or owned.get(THINGS.get(name, name), MISSING)
        for name in names(page)
    }
    return VALUE.sub(lambda found: values[found[1]], page.rule)
