"""All pages of membership."""

from __future__ import annotations

from collections.abc import Iterator

from cypn_site.membership import access, checks, complaints, data, inbox, joining, profile
from cypn_site.pages import Page


def pages() -> Iterator[Page]:
    """Every page of this group."""
    for module in (joining, checks, profile, access, inbox, data, complaints):
        yield from module.pages()
