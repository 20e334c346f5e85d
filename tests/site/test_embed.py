"""What other sites may show: only what is public, only where it is allowed, and cheap to keep."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from tests.towns import NOW, ONLY_VENUES, PLACE, VENUES, Json, a_need, an_offer, asked, posted
from werkzeug.test import TestResponse

from cypn_core.domain.errors import Invalid
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town
from cypn_site.embed import assets
from cypn_site.embed.app import embed_app
from cypn_site.embed.feeds import ATOM
from cypn_site.embed.hosts import EmbedSettings

DOCS = Path(__file__).parents[2] / "docs" / "embedding.md"
ALLOWED, OTHER = "https://www.example.org", "https://other.example"
BOTH = EmbedSettings(hosts=(ALLOWED, OTHER), public_url="https://hub.example")
ANSWERS = (
    "/v1/venue-bank.html", "/venue-bank", "/venue-bank.atom", "/venue-bank.json", "/venue-bank.ics",
)  # fmt: skip
EVIL = "Cedar </script><img src=x onerror=alert(1)> & Hall"


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ONLY_VENUES, NOW)


@pytest.fixture
def client(town: Town) -> FlaskClient:
    return client_of(town, BOTH)


def client_of(town: Town, settings: EmbedSettings) -> FlaskClient:
    return embed_app(town.network, settings).test_client()


def hall(town: Town, name: str, **offer: object) -> tuple[Member, str]:
    holder = town.member(name, "holder", place=PLACE)
    return holder, posted(holder, "offer", an_offer(note="Ring Kim", **offer))


def got(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


def everything(client: FlaskClient) -> list[bytes]:
    return [got(client, path).data for path in ANSWERS]


def test_a_listing_is_in_every_form_and_nothing_else_of_its_holder(
    town: Town, client: FlaskClient
) -> None:
    """Name, kind, area, facts; no note, no contact, no exact place, no id of anything."""
    holder, offer = hall(town, "Cedar Hall", named_listing=True)
    hall(town, "Quiet Hall")
    zone = town.network.hub.region.zone_label(PLACE)
    for path in ANSWERS:
        told = got(client, path).text
        assert "Cedar Hall" in told, path
        assert path.endswith(".ics") or zone in told, path
        for secret in ("Ring Kim", "kim@example.org", "Quiet", holder.id, offer):
            assert secret not in told, (path, secret)
    text = got(client, "/venue-bank.json").json["items"][0]["content_text"]  # type: ignore[index]
    assert text.startswith(f"hall; {zone}; Capacity: 40; Hours: Every day, 13:00 to 17:00")
    assert "£8.00" in text


def test_who_is_not_listed_changes_no_byte(town: Town, client: FlaskClient) -> None:
    """Members, offers, needs, deals and what a holder keeps leave every answer as it was."""
    hall(town, "Cedar Hall", named_listing=True)
    before = everything(client)
    _, _ = hall(town, "Quiet Hall")
    seeker = town.member("Amber Lane", "seeker", place=PLACE)
    assert asked(seeker, posted(seeker, "need", a_need())).status_code == 201
    assert everything(client) == before


def test_what_a_holder_keeps_leaves_no_trace_in_the_public_hours(
    town: Town, client: FlaskClient
) -> None:
    """Two halls that differ only in the hours of earlier users have the same calendar."""
    kept = {"first": "2026-11-24", "starts": "14:00", "ends": "15:00", "rrule": "FREQ=WEEKLY"}
    holder, offer = hall(town, "Cedar Hall", named_listing=True, existing_hours=[kept])
    kept_out = everything(client)
    changed = an_offer(named_listing=True, note="Ring Kim")
    path = f"/v1/offers/{offer}"
    assert holder.send("PUT", VENUES, path, changed, If_Match='"1"').status_code == 200
    assert everything(client) == kept_out


def test_the_calendar_tells_the_hours_and_that_they_are_not_free_time(
    town: Town, client: FlaskClient
) -> None:
    """One series at 13:00 on the region's clocks, transparent, for whole months."""
    hall(town, "Cedar Hall", named_listing=True)
    (event,) = Calendar.from_ical(got(client, "/venue-bank.ics").data).walk("VEVENT")
    assert (event["summary"], event["transp"]) == ("Cedar Hall: hall", "TRANSPARENT")
    assert event.decoded("dtstart").isoformat() == "2026-11-22T13:00:00+00:00"
    assert event["rrule"]["COUNT"] == [9 + 31 + 31 + 28]


def test_counts_are_those_of_the_last_publication(town: Town, client: FlaskClient) -> None:
    """Small ones are withheld, and nothing is counted before the hub has published."""
    for n in range(3):
        hall(town, f"Quiet Hall {n}")
    hall(town, "Small Hall", space_type="meeting_room")
    assert "<table" not in got(client, "/venue-bank").text
    town.tick()
    cells = re.findall(r"<t[hd][^>]*>([^<]+)</t", got(client, "/venue-bank").text)
    zone = town.network.hub.region.zone_label(PLACE)
    assert cells[3:] == ["hall", zone, "3", "meeting room", zone, "fewer than 3"]


def test_names_are_text_in_every_form(town: Town, client: FlaskClient) -> None:
    """Markup in a name is shown as it was typed and never becomes markup, in data blocks too."""
    hall(town, EVIL, named_listing=True)
    for path in ("/v1/venue-bank.html", "/venue-bank"):
        told = got(client, path).text
        assert "<img" not in told
        assert linked_data(told)["itemListElement"][0]["item"]["offeredBy"]["name"] == EVIL
    entry = atom(client).find(f"{{{ATOM}}}entry/{{{ATOM}}}title")
    assert entry is not None
    assert entry.text == f"{EVIL}: hall"
    assert got(client, "/venue-bank.json").json["items"][0]["title"] == f"{EVIL}: hall"  # type: ignore[index]


BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def linked_data(page: str) -> Json:
    """The data of the page's one block, read as a browser does: up to the first end tag."""
    (block,) = BLOCK.findall(page)
    found: Json = json.loads(block)
    return found


def atom(client: FlaskClient) -> ET.Element:
    return ET.fromstring(got(client, "/venue-bank.atom").data)  # noqa: S314 - our own


def test_search_engines_read_offers_with_the_public_area_only(
    town: Town, client: FlaskClient
) -> None:
    """An ItemList of Offers, each by an Organization, in a Place that is the zone."""
    hall(town, "Cedar Hall", named_listing=True)
    told = linked_data(got(client, "/v1/venue-bank.html").text)
    assert (told["@context"], told["@type"]) == ("https://schema.org", "ItemList")
    (item,) = told["itemListElement"]
    assert item["item"]["@type"] == "Offer"
    assert item["item"]["areaServed"] == {
        "@type": "Place",
        "name": town.network.hub.region.zone_label(PLACE),
    }


def test_the_atom_feed_has_all_that_the_format_asks_for(town: Town, client: FlaskClient) -> None:
    """id, title, updated and author of the feed; id, title, updated and link of each entry."""
    hall(town, "Cedar Hall", named_listing=True)
    feed = atom(client)
    names = {each.tag.removeprefix(f"{{{ATOM}}}") for each in feed}
    assert {"id", "title", "updated", "author", "link", "entry"} <= names
    entry = feed.find(f"{{{ATOM}}}entry")
    assert entry is not None
    inside = {each.tag.removeprefix(f"{{{ATOM}}}"): each for each in entry}
    assert {"id", "title", "updated", "link", "summary"} <= inside.keys()
    assert (inside["id"].text or "").startswith("urn:uuid:")
    assert inside["updated"].text == "2026-11-16T00:00:00Z"
    assert inside["link"].get("href") == "https://hub.example/listings"


def test_two_like_listings_have_ids_of_their_own_which_stay(
    town: Town, client: FlaskClient
) -> None:
    """A feed reader sees two entries, and the same two tomorrow."""
    holder, _ = hall(town, "Cedar Hall", named_listing=True)
    posted(holder, "offer", an_offer(named_listing=True))
    ids = [each["id"] for each in got(client, "/venue-bank.json").json["items"]]  # type: ignore[index]
    assert len(set(ids)) == 2
    town.clock.pass_time(days=1)
    assert [each["id"] for each in got(client, "/venue-bank.json").json["items"]] == ids  # type: ignore[index]


@pytest.mark.parametrize("path", [*ANSWERS, "/v1/cypn.js", f"/v1/{assets.element().name}"])
def test_a_listed_site_may_read_it_and_no_other(client: FlaskClient, path: str) -> None:
    """CORS names the one origin that asks, without credentials, and caches keep them apart."""
    answer = got(client, path, Origin=ALLOWED)
    assert answer.headers["Access-Control-Allow-Origin"] == ALLOWED
    for origin in ("https://evil.example", "null", f"{ALLOWED}.evil.example", ALLOWED.upper()):
        assert "Access-Control-Allow-Origin" not in got(client, path, Origin=origin).headers
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert answer.headers["Vary"] == "Origin"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", [*ANSWERS, "/nothing", "/v1/cypn.js"])
def test_only_listed_sites_may_frame_it_and_by_default_nobody(town: Town, path: str) -> None:
    """frame-ancestors is on every answer, refusals included."""
    some, none = client_of(town, BOTH).get(path), client_of(town, EmbedSettings()).get(path)
    assert f"frame-ancestors {ALLOWED} {OTHER}" in some.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in none.headers["Content-Security-Policy"]
    assert "default-src 'none'" in some.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ANSWERS)
def test_what_has_not_changed_is_not_sent_again(client: FlaskClient, path: str) -> None:
    """Five minutes in any cache, then an ETag that answers 304 with the same headers."""
    first = got(client, path, Origin=ALLOWED)
    assert first.headers["Cache-Control"] == "public, max-age=300"
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"], "Origin": ALLOWED})
    assert (again.status_code, again.data) == (304, b"")
    for name in ("Access-Control-Allow-Origin", "Vary", "Cache-Control", "ETag"):
        assert again.headers[name] == first.headers[name]


def test_the_script_is_kept_for_ever_under_its_digest(client: FlaskClient) -> None:
    """The pinned one never changes; the plain one is asked for again after five minutes."""
    pinned, plain = got(client, f"/v1/{assets.element().name}"), got(client, "/v1/cypn.js")
    assert pinned.data == plain.data
    assert "immutable" in pinned.headers["Cache-Control"]
    assert plain.headers["Cache-Control"] == "public, max-age=300"
    assert b"%STYLE%" not in plain.data
    for word in (b"eval(", b"new Function", b"document.cookie", b"localStorage"):
        assert word not in plain.data


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_can_be_sent(client: FlaskClient, method: str) -> None:
    """Only reading is answered."""
    for path in ANSWERS:
        assert client.open(path, method=method).status_code == 405


@pytest.mark.parametrize("level", range(1, 6))
def test_headings_start_where_the_page_says(town: Town, level: int) -> None:
    """The title at the level, each entry one below."""
    hall(town, "Cedar Hall", named_listing=True)
    told = got(client_of(town, BOTH), f"/v1/venue-bank.html?level={level}").text
    assert re.findall(r"<h(\d)", told) == [str(level), str(level + 1)]


@pytest.mark.parametrize("asks", ["level=0", "level=6", "level=x", "level=", "level=²"])
def test_a_heading_level_that_is_none_is_refused(client: FlaskClient, asks: str) -> None:
    """With what to mend, and not kept by any cache."""
    answer = client.get(f"/v1/venue-bank.html?{asks}")
    assert answer.status_code == 422
    assert "from 1 to 5" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_exchange_that_is_not_there_is_not_found(client: FlaskClient) -> None:
    """One address an exchange, and none for others."""
    for path in ("/v1/venue_bank.html", "/v1/nothing.html", "/nothing", "/nothing.ics", "/x.xml"):
        assert client.get(path).status_code == 404


def test_the_height_is_told_to_one_listed_site(town: Town, client: FlaskClient) -> None:
    """The one that is named; the only one where there is one; nobody where it is not said."""
    assert f'data-host="{OTHER}"' in got(client, f"/venue-bank?host={OTHER}").text
    assert "data-host" not in got(client, "/venue-bank").text
    assert client.get("/venue-bank?host=https://evil.example").status_code == 422
    only = client_of(town, EmbedSettings(hosts=(ALLOWED,)))
    assert f'data-host="{ALLOWED}"' in got(only, "/venue-bank").text


def test_links_go_to_the_hub_under_its_public_address(town: Town, client: FlaskClient) -> None:
    """Whatever host was asked for, where the address is set; else the one that was asked."""
    told = client.get("/v1/venue-bank.html", base_url="http://evil.example/embed").text
    assert 'href="https://hub.example/embed/venue-bank.ics"' in told
    plain = client_of(town, EmbedSettings()).get("/venue-bank", base_url="http://here.example")
    assert 'href="http://here.example/"' in plain.text


@pytest.mark.parametrize(
    "said",
    [
        "http://www.example.org", "www.example.org", "https://*.example.org", "*", "https://",
        "https://a.example/path", "https://a.example?x", "https://user@a.example", "null",
        "https://a.example; script-src *", "https://a.example:99999", "https://a b.example",
        "https://-a.example", "javascript:alert(1)", "https://a..example",
    ],
)  # fmt: skip
def test_a_host_that_is_no_origin_stops_the_start(said: str) -> None:
    """The variable is named and the mend told; nothing is guessed."""
    with pytest.raises(Invalid, match="CYPN_EMBED_HOSTS"):
        EmbedSettings.read({"CYPN_EMBED_HOSTS": f"https://good.example,{said}"})


def test_hosts_are_written_as_browsers_write_them() -> None:
    """Case, a slash at the end and the usual port make no difference; this machine may be plain."""
    said = "HTTPS://A.example/, http://localhost:8080,https://a.example:443, http://127.0.0.1:1"
    assert EmbedSettings.read({"CYPN_EMBED_HOSTS": said}).hosts == (
        "https://a.example", "http://localhost:8080", "http://127.0.0.1:1",
    )  # fmt: skip
    assert EmbedSettings.read({}).hosts == ()


def test_the_documentation_pins_the_script_as_it_is() -> None:
    """Name and integrity value: whoever changes the script sees this fail and mends both."""
    told = DOCS.read_text(encoding="utf-8")
    assert f"/embed/v1/{assets.element().name}" in told
    assert f'integrity="{assets.element().integrity}"' in told
