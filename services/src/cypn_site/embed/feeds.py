"""The listings as Atom (RFC 4287), JSON Feed 1.1 and iCalendar (RFC 5545)."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from typing import Any
from xml.etree import ElementTree as ET

from cypn_core.application.icalendar_text import calendar_text, events_of
from cypn_core.application.listings import listed
from cypn_core.application.network import Network
from cypn_core.application.public import hours
from cypn_core.domain.times import DateSpan
from cypn_site.embed.shown import Shown, urn
from cypn_site.language import Language
from cypn_site.telling.values import Words

ATOM = "http://www.w3.org/2005/Atom"
JSON_FEED = "https://jsonfeed.org/version/1.1"
MONTHS = 4
"""How many months a calendar of hours reaches, the present one included."""


def atom(shown: Shown, title: str, language: Language, hub: str, own: str) -> bytes:
    """A feed with an entry for each listing; *own* is its address and *hub* what it leads to.

    Its dates are the Monday of the week: the hub tells that something is listed, not since when.
    """
    updated = f"{shown.monday.isoformat()}T00:00:00Z"
    feed = ET.Element("feed", {"xmlns": ATOM, "xml:lang": language.code})
    _texts(feed, id=own, title=f"{shown.region}: {title}", updated=updated)
    ET.SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": own})
    ET.SubElement(feed, "link", {"rel": "alternate", "href": hub})
    _texts(ET.SubElement(feed, "author"), name=shown.region)
    for each in shown.entries:
        entry = ET.SubElement(feed, "entry")
        _texts(entry, id=each.id, title=f"{each.name}: {each.thing}", updated=updated)
        ET.SubElement(entry, "link", {"rel": "alternate", "href": hub})
        ET.SubElement(entry, "category", {"term": each.thing})
        _texts(entry, summary=each.text)
    return bytes(ET.tostring(feed, encoding="utf-8", xml_declaration=True))


def _texts(parent: ET.Element, **texts: str) -> None:
    for name, text in texts.items():
        ET.SubElement(parent, name).text = text


def json_feed(shown: Shown, title: str, language: Language, hub: str, own: str) -> bytes:
    """The same as a JSON Feed; its items have no dates, for none is public."""
    items = [
        {
            "id": each.id,
            "url": hub,
            "title": f"{each.name}: {each.thing}",
            "content_text": each.text,
            "tags": [each.thing],
        }
        for each in shown.entries
    ]
    feed: dict[str, Any] = {
        "version": JSON_FEED,
        "title": f"{shown.region}: {title}",
        "home_page_url": hub,
        "feed_url": own,
        "language": language.code,
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False).encode()


def calendar(network: Network, exchange: str, title: str, language: Language) -> bytes:
    """The hours that listed holders give, :data:`MONTHS` months of them; bookings do not show."""
    words = Words(words=network.hub.exchange(exchange).words, language=language)
    says = language.gettext("Hours that are given to the hub. Some of them are taken: ask there.")
    events: list[Any] = []
    with network.reading() as work:
        span = _months(work.today)
        region = work.hub.region
        seen: Counter[tuple[str, str]] = Counter()
        for each in listed(work):
            if each.offer.exchange != exchange:
                continue
            thing = words.of(each.offer.body.category)
            seen[each.name, thing] += 1
            facts = {
                "dtstamp": region.midnight(span.first).astimezone(dt.UTC),
                "summary": f"{each.name}: {thing}",
                "description": says,
                "transp": "TRANSPARENT",
            }
            uid = urn(region.code, each.name, exchange, thing, str(seen[each.name, thing]))
            events += events_of(hours(work, each, span), region.zone_name, uid, facts)
        header = {"x-wr-calname": f"{region.name}: {title}"}
        return calendar_text(region.zone_name, events, header)


def _months(today: dt.date) -> DateSpan:
    """Whole months, so that the times of a series begin on the same day for a month."""
    first = today.replace(day=1)
    months = first.month - 1 + MONTHS
    after = dt.date(first.year + months // 12, months % 12 + 1, 1)
    return DateSpan(first, after - dt.timedelta(days=1))
