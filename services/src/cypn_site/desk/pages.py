"""All pages of the desk."""

from __future__ import annotations

from collections.abc import Iterator

from cypn_site.desk import (
    acting,
    check_files,
    checks,
    log,
    overrides,
    proposals,
    running,
    seasons,
    unmasking,
    waiting,
    work_list,
)
from cypn_site.pages import Page

MODULES = (
    work_list,
    checks,
    check_files,
    waiting,
    acting,
    unmasking,
    overrides,
    seasons,
    proposals,
    log,
    running,
)


def pages() -> Iterator[Page]:
    """Every page of this group."""
    for module in MODULES:
        yield from module.pages()
