"""All pages of posting."""

from __future__ import annotations

from collections.abc import Iterator

from cypn_site.pages import Page
from cypn_site.posting import check, choose, mine, question


def pages() -> Iterator[Page]:
    """Every page of this group."""
    for module in (choose, question, check, mine):
        yield from module.pages()
