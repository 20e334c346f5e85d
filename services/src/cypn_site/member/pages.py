"""All pages of needs' answers and of deals."""

from __future__ import annotations

from collections.abc import Iterator

from cypn_site.member import answers, deal, deal_forms, deals, home, wakes
from cypn_site.pages import Page


def pages() -> Iterator[Page]:
    """Every page of this group."""
    for module in (home, answers, deals, deal, deal_forms, wakes):
        yield from module.pages()
