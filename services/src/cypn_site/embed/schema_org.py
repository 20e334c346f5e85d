"""The listings in the words of schema.org, for search engines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cypn_site.embed.shown import Entry, Shown

Json = dict[str, Any]


def item_list(shown: Shown, title: str) -> Json:
    """What is *shown* as an ``ItemList`` of ``Offer``; of a place only the area that is public."""
    return {
        "@context": "https://schema.org",
        "@type": "ItemList",
        "name": title,
        "numberOfItems": len(shown.entries),
        "itemListElement": _items(shown.entries),
    }


def _items(entries: Sequence[Entry]) -> list[Json]:
    return [
        {"@type": "ListItem", "position": position, "item": _offer(entry)}
        for position, entry in enumerate(entries, 1)
    ]


def _offer(entry: Entry) -> Json:
    offer: Json = {
        "@type": "Offer",
        "identifier": entry.id,
        "name": f"{entry.name}: {entry.thing}",
        "category": entry.thing,
        "description": entry.text,
        "offeredBy": {"@type": "Organization", "name": entry.name},
        "itemOffered": {"@type": "Service", "name": entry.thing},
    }
    place = {"@type": "Place", "name": entry.area}
    return {**offer, "areaServed": place} if entry.area else offer
