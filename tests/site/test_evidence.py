"""Evidence as people meet it: N02's map, letters, and the funder's report, on both stores."""

from __future__ import annotations

import csv
import io
import re
import time
import zipfile
from html import unescape
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from attrs import frozen
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from tests.sample_exchange import ThingNeed, ThingOffer, things
from tests.site.visitors import NOBODY, STAFF, Browser, Site, address_of
from tests.towns import NOW, Json, an_offer, posted

import cypn_region_banes.plugin as banes
import cypn_region_northshire.plugin as northshire
from cypn_core.application import staff
from cypn_core.application.network import SYSTEM
from cypn_core.domain.people import StaffRole, StaffWanted
from cypn_core.hub import Hub
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Town
from cypn_venue_bank import plugin as venue_bank

FIRST_AID = "first_aid"
COURSES = things(name=FIRST_AID, title="First aid", needs=(ThingNeed,), offers=(ThingOffer,))
SECONDS = 5
ROOM: Json = {
    "kind": "space_need",
    "headcount": 12,
    "max_km": 5,
    "when": {
        "first": "2027-01-12",
        "starts": "14:00",
        "ends": "18:00",
        "rrule": "FREQ=WEEKLY;COUNT=10",
    },
}
STORE_NEED: Json = {
    "kind": "storage_need",
    "starts_on": "2027-01-11",
    "months": 2,
    "area_m2": 6,
    "max_km": 5,
}


@frozen
class Here:
    """A region with a map or without, and its towns in the parts of Keynsham, Radstock, Bath."""

    hub: Hub
    wanted: str
    hidden: str
    city: str
    drawn: bool


REGIONS = {
    "banes": Here(Hub.of(venue_bank, COURSES, banes), "Keynsham", "Radstock", "Bath", drawn=True),
    "northshire": Here(
        Hub.of(venue_bank, COURSES, northshire), "Wexbridge", "Rushford", "Norchester", drawn=False
    ),
}


@pytest.fixture(params=REGIONS)
def here(request: pytest.FixtureRequest) -> Here:
    return REGIONS[request.param]


@pytest.fixture
def site(here: Here, store: Store) -> Site:
    """Storage is wanted by four groups in one town, and by one in another; three courses idle."""
    town = Town.on(store, here.hub, NOW)
    site = Site(town)
    for n, where in enumerate([*[here.wanted] * 4, here.hidden]):
        group = town.member(f"Gander {n}", "seeker", place=where)
        posted(group, "need", {**STORE_NEED, "place": where})
        if n < 4:
            posted(group, "need", {**ROOM, "place": where})
    for n in range(3):
        giver = town.member(f"Giver {n}", "holder", place=here.city)
        posted(giver, "offer", {"kind": "thing_offer", "place": here.city}, FIRST_AID)
    town.tick()
    for role in STAFF:
        _hire(site, role)
    return site


def _hire(site: Site, role: str) -> None:
    wanted = StaffWanted(name=role.title(), email=address_of(role), role=StaffRole(role))
    with site.town.network.writing() as work:
        staff.add(work, SYSTEM, wanted)


def page(visitor: Browser, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200, (path, answer.text)
    return answer.text


def pictures(html: str) -> list[str]:
    return re.findall(r"<svg.*?</svg>", html, re.DOTALL)


def cells(html: str) -> list[list[str]]:
    """The lines of all tables of a page."""
    return [
        [unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]
        for row in re.findall(r"<tr.*?</tr>", html, re.DOTALL)
    ]


def file(site: Site, ending: str) -> bytes:
    answer = site.visitor("trustee").get(f"/evidence/report.{ending}")
    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["Content-Disposition"]
    return bytes(answer.data)


@pytest.mark.parametrize("role", STAFF)
def test_n02_the_map_and_its_table(site: Site, here: Here, role: str) -> None:
    """N02: four, three and "fewer than 3" stand in the table, and on the map where there is one."""
    html = page(site.visitor(role), "/evidence/map")
    label = here.hub.region.zone_label
    letter = slice(2 if here.drawn else 0, None)
    told = {(area[letter], kind): more for area, kind, *more in cells(html)[1:]}
    assert told[label(here.wanted), "storage"] == ["4", ""]
    assert told[label(here.hidden), "storage"] == ["fewer than 3", ""]
    assert [more for (area, _), more in told.items() if area == label(here.city)] == [["", "3"]]
    svgs = pictures(html)
    assert len(svgs) == here.drawn
    assert ("has no shapes" in html) is not here.drawn
    assert all("&lt;3" in svg and len(svg) <= 10_000 for svg in svgs)


def test_the_map_is_narrowed_to_one_kind(site: Site, here: Here) -> None:
    """Only what is known is a kind; whatever else an address says is not there."""
    visitor = site.visitor("auditor")
    html = page(visitor, "/evidence/map?kind=venue_bank.storage")
    assert {line[1] for line in cells(html)[1:]} == {"storage"}
    assert visitor.get("/evidence/map?kind=<script>").status_code == 404


def test_charts_are_well_formed_told_to_everybody_and_run_nothing(site: Site) -> None:
    """Each has title, description and a table beside it; nothing runs."""
    html = page(site.visitor("coordinator"), "/evidence")
    svgs = pictures(html)
    assert len(svgs) >= 5
    assert html.count("<table") >= len(svgs)
    for svg in svgs:
        root = fromstring(svg)  # noqa: S314 - our own
        assert root.get("role") == "img"
        said = {each.get("id"): each.text for each in root if each.tag in {"title", "desc"}}
        assert all(said[name] for name in root.get("aria-labelledby", "").split())
        assert not re.search(r"<script|style=|<style|\bon\w+=|https?:", svg)
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_only_the_coordinator_sees_the_exact_one(site: Site, here: Here) -> None:
    """N02: the coordinator reads of the single group; auditor and trustee do not."""
    area = here.hub.region.zone_label(here.hidden)
    exact = [area, "storage", "1"]
    assert exact in cells(page(site.visitor("coordinator"), "/evidence/demand"))
    for role in ("auditor", "trustee"):
        for path in ("/evidence", "/evidence/demand", "/evidence/map"):
            html = page(site.visitor(role), path)
            assert exact not in cells(html)
            assert "for you alone" not in html


def test_a_letter_is_ready_for_what_several_want_and_names_none(site: Site, here: Here) -> None:
    """Four groups, Tuesday afternoons, 16 hours a week; of the one there is no letter."""
    visitor = site.visitor("coordinator")
    html = page(visitor, "/evidence/demand")
    area = here.hub.region.zone_label(here.wanted)
    letters = re.findall(r'href="(/evidence/demand/[^"]+)"', html)
    assert len(letters) == 2
    found = [unescape(page(visitor, each)) for each in letters]
    (hall,) = [each for each in found if "Tuesday" in each]
    assert f"in {area}, on Tuesday afternoons, about 16 hours a week" in hall
    assert "4 groups want" in hall
    assert "mailto:?subject=4%20groups" in hall
    assert not any(
        "Gander" in each or here.hub.region.zone_label(here.hidden) in each for each in found
    )
    assert visitor.get("/evidence/demand/0123456789abcdef").status_code == 404


def test_n02_the_pdf_is_tagged_titled_and_names_nobody(site: Site, here: Here) -> None:
    """N02: made in seconds, for screen readers too; counts, hours and no names."""
    began = time.monotonic()
    content = file(site, "pdf")
    assert time.monotonic() - began < SECONDS
    reader = PdfReader(io.BytesIO(content))
    catalogue: Any = reader.trailer["/Root"]
    assert catalogue["/Lang"] == "en"
    assert catalogue["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalogue
    assert here.hub.region.name in str(reader.metadata and reader.metadata.title)
    assert "pdfuaid" in catalogue["/Metadata"].get_data().decode()
    text = " ".join(each.extract_text() for each in reader.pages)
    names_nobody(site, text)
    assert "fewer than 3" in re.sub(r"\s+", " ", text)


def test_n02_the_spreadsheet_has_numbers_and_no_formula(site: Site, here: Here) -> None:
    """N02: four is a number, the withheld count a text, and no cell is computed."""
    content = file(site, "xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["report", "gaps", "overlaps", "use", "had", "answered"]
    rows = {(row[0], row[2]): row for row in book.get_sheet_by_name("gaps").to_python()[2:]}
    label = here.hub.region.zone_label
    four, one = rows[label(here.wanted), "storage"], rows[label(here.hidden), "storage"]
    assert four[3] == 4.0
    assert one[3:] == ["fewer than 3", "", "not told", "not told"]
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        inside = "".join(packed.read(each).decode() for each in packed.namelist())
    assert "<f>" not in inside
    names_nobody(site, inside)


def test_n02_the_text_file_says_the_same(site: Site, here: Here) -> None:
    """N02: children-sessions of the four groups are told, twelve at ten sessions each."""
    text = file(site, "csv").decode("utf-8-sig")
    rows = {tuple(row[:3]): row[3:] for row in csv.reader(io.StringIO(text)) if len(row) > 3}
    wanted = here.hub.region.zone_label(here.wanted)
    (space,) = [
        more for (area, _, kind), more in rows.items() if area == wanted and kind != "storage"
    ]
    assert space == ["4", "weekday afternoon: 4", "160", "480"]
    names_nobody(site, text)


def names_nobody(site: Site, text: str) -> None:
    """No name and no id of any organisation stands in *text*."""
    with site.town.network.reading() as work:
        known = list(work.organisations.all())
    assert known
    for each in known:
        assert each.profile.name not in text
        assert each.id not in text


@pytest.mark.parametrize("path", ["/evidence", "/evidence/demand", "/evidence/report.pdf"])
def test_members_and_strangers_read_no_evidence(site: Site, path: str) -> None:
    """Who is not signed in is asked to; there is nothing for members."""
    assert site.visitor(NOBODY).get(path).status_code == 303


def test_before_anything_is_published_the_pages_say_so(here: Here, store: Store) -> None:
    """A new hub has pages that explain, and no report yet."""
    site = Site(Town.on(store, here.hub, NOW))
    _hire(site, "trustee")
    visitor = site.visitor("trustee")
    for path in ("/evidence", "/evidence/map"):
        assert "Nothing is published yet" in page(visitor, path)
    assert "No letter can be written yet" in page(visitor, "/evidence/demand")
    assert visitor.get("/evidence/report.pdf").status_code == 404


def test_the_weeks_ahead_are_drawn_and_saved_for_the_coordinator(site: Site) -> None:
    """Term-time hours as steps with marks where they stop, the same as CSV; others read neither."""
    town = site.town.network.hub.region.places[0].name
    hours = {"first": "2026-11-22", "starts": "13:00", "ends": "17:00", "rrule": "FREQ=DAILY"}
    offer = an_offer(place=town, hours=[{**hours, "during": ["terms"]}])
    assert "Nobody offers anything" in page(site.visitor("coordinator"), "/evidence/ahead")
    posted(site.town.member("Hall of Geese", "holder", place=town), "offer", offer)
    html = page(site.visitor("coordinator"), "/evidence/ahead")
    assert [picture.count("\u25be") > 0 for picture in pictures(html)] == [True]
    (christmas,) = [line for line in cells(html) if line[:1] == ["Mon 28 Dec 2026"]]
    assert (christmas[1:3], christmas[4]) == (["0", "0"], "Yes")
    saved = site.visitor("coordinator").get("/evidence/ahead.csv")
    assert saved.content_type == "text/csv; charset=utf-8"
    assert christmas in list(csv.reader(io.StringIO(saved.text.lstrip("\ufeff"))))
    for role in ("trustee", "auditor"):
        for path in ("/evidence/ahead", "/evidence/ahead.csv"):
            assert site.visitor(role).get(path).status_code == 404
