"""The listings as a page of the site, for people and for search engines."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from flask import Response

from cypn_core.exchange import Exchange
from cypn_site.embed.schema_org import item_list
from cypn_site.embed.shown import Entry, Shown, shown
from cypn_site.pages import PUBLIC, Page
from cypn_site.visits import Visit


def pages() -> Iterator[Page]:
    """The one page."""
    yield Page(rule="/listings", name="listings", who=PUBLIC, show=_listings)


def _listings(visit: Visit) -> Response:
    found = shown(visit.network, visit.language)
    title = visit.language.gettext("Listed by name")
    return visit.show(
        "listings/listings.html",
        title=title,
        groups=_groups(found),
        shown=found,
        exchanges=[each for each in visit.network.hub.exchanges.values() if each.offers],
        data=item_list(found, f"{title}: {found.region}"),
    )


def _groups(found: Shown) -> list[tuple[Exchange, list[Entry]]]:
    """The entries of each exchange, by name."""
    ordered = sorted(found.entries, key=lambda entry: entry.exchange.title)
    return [
        (entries[0].exchange, entries)
        for _, each in groupby(ordered, lambda entry: entry.exchange.name)
        if (entries := list(each))
    ]
