"""The page ``/listings``: what anybody may read, in the site's look, and for search engines."""

from __future__ import annotations

import json
import re

import pytest
from tests.towns import ALL, NOW, PLACE, an_offer, posted
from werkzeug.test import Client

from cypn_core.storage.engine import Store
from cypn_core.testing.town import MEMBERSHIP, Town
from cypn_services.serving import together_app
from cypn_site.settings import SiteSettings

BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
EVIL = "Cedar </script><b>Hall</b>"


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ALL, NOW)


@pytest.fixture
def client(town: Town) -> Client:
    return Client(together_app(town.network))


def hall(town: Town, name: str, **offer: object) -> None:
    holder = town.member(name, "holder", place=PLACE)
    posted(holder, "offer", an_offer(note="Ring Kim", **offer))


def page(client: Client) -> str:
    answer = client.get("/listings")
    assert answer.status_code == 200
    assert answer.content_type == "text/html; charset=utf-8"
    return answer.text


def body(client: Client) -> str:
    """What is of the page itself: the rest is every page's."""
    (found,) = re.findall(r"<main.*</main>", page(client), re.DOTALL)
    return str(found)


def test_the_page_says_what_the_service_says(town: Town, client: Client) -> None:
    """The same holders, with the zone and the coded facts; no note, no contact, no one else."""
    hall(town, EVIL, named_listing=True)
    hall(town, "Quiet Hall")
    told = town.apps[MEMBERSHIP].test_client().get("/v1/listings").json
    (listed,) = told["listings"]  # type: ignore[index]
    assert listed["name"] == EVIL
    shown = page(client)
    assert "Cedar &lt;/script&gt;&lt;b&gt;Hall&lt;/b&gt;" in shown
    assert listed["facts"]["place"] in shown
    assert "Every day, 13:00 to 17:00" in shown
    for secret in ("Ring Kim", "kim@example.org", "Quiet", "<b>Hall"):
        assert secret not in shown


def test_search_engines_read_it_in_a_block_that_no_name_can_end(town: Town, client: Client) -> None:
    """The data is whole JSON up to the first end tag, and the page's policy runs no script."""
    hall(town, EVIL, named_listing=True)
    answer = client.get("/listings")
    (block,) = BLOCK.findall(answer.text)
    (item,) = json.loads(block)["itemListElement"]
    assert item["item"]["offeredBy"] == {"@type": "Organization", "name": EVIL}
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_an_empty_list_says_what_to_do_and_who_is_not_listed_changes_nothing(
    town: Town, client: Client
) -> None:
    """The page of a hub with unlisted members is that of an empty one."""
    empty = body(client)
    assert "sign in and ask" in empty
    hall(town, "Quiet Hall")
    assert body(client) == empty


def test_counts_are_told_as_published(town: Town, client: Client) -> None:
    """With the day; small ones withheld."""
    for n in range(3):
        hall(town, f"Quiet Hall {n}")
    hall(town, "Small Hall", space_type="meeting_room")
    town.tick()
    cells = re.findall(r"<t[hd][^>]*>([^<]+)</t", page(client))
    zone = town.network.hub.region.zone_label(PLACE)
    assert cells[3:] == ["hall", zone, "3", "meeting room", zone, "fewer than 3"]
    assert "as counted on Mon 16 Nov 2026" in page(client)


def test_every_feed_that_the_page_names_is_there(town: Town, client: Client) -> None:
    """The addresses below /embed answer beside it."""
    found = set(re.findall(r'href="(/embed/[^"]+)"', page(client)))
    assert len(found) == 2 * len(town.network.hub.exchanges)
    for each in found:
        assert client.get(each).status_code == 200, each


def test_the_icon_that_browsers_ask_for_is_there(client: Client) -> None:
    """Else every first page would complain on the console."""
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer.content_type) == (200, "image/svg+xml")
    assert SiteSettings().colour in answer.text
