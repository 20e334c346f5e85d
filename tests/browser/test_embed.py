"""The listings on somebody else's page, in a browser: host and hub are two origins."""

from __future__ import annotations

import importlib.util
import socket
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
from attrs import frozen
from playwright.sync_api import Browser, Page
from tests.browser.axe import at_every_width
from tests.browser.served import listening, origin
from tests.browser.watching import Watch
from tests.towns import NOW, ONLY_VENUES, PLACE, an_offer, posted

from cypn_core.storage.engine import open_store
from cypn_core.testing.town import Town
from cypn_services.serving import together_app
from cypn_site.embed import assets
from cypn_site.embed.hosts import EmbedSettings

EXAMPLE = Path(__file__).parents[2] / "examples" / "embedding" / "try_it.py"
ROOT = "document.querySelector('cypn-exchange').shadowRoot"


@frozen(kw_only=True)
class Sites:
    """Three origins: the hub, a host on its list, and a host that is not."""

    hub: str
    host: str
    stranger: str
    pasted: dict[str, tuple[str, str]]
    """Pages of the listed host by path: what a test makes it serve, and under which policy."""


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Sites]:
    """The example host, twice, and a hub with one listed holder that lets one of them in."""
    path = tmp_path_factory.mktemp("embed") / "hub.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    ports = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    spec = importlib.util.spec_from_file_location("try_it", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    try_it = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(try_it)
    with open_store(f"sqlite:///{path}") as store:
        town = Town.on(store, ONLY_VENUES, NOW)
        for name in ("Cedar Hall", "Oak <b>Hall</b>"):
            holder = town.member(name, "holder", place=PLACE)
            posted(holder, "offer", an_offer(named_listing=True))
        for n in range(3):
            posted(town.member(f"Quiet {n}", "holder", place=PLACE), "offer", an_offer())
        town.tick()
        hub = together_app(town.network, embed=EmbedSettings(hosts=(origin(ports[1]),)))
        site = try_it.site(origin(ports[0]))
        pasted: dict[str, tuple[str, str]] = {}
        with (
            listening(hub, ports[0]) as at,
            listening(beside(site, pasted), ports[1]) as host,
            listening(site, ports[2]) as stranger,
        ):
            yield Sites(hub=at, host=host, stranger=stranger, pasted=pasted)
    for port in ports:
        port.close()


def beside(site: WSGIApplication, pages: Mapping[str, tuple[str, str]]) -> WSGIApplication:
    """*site*, with *pages* of its own by path."""

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] not in pages:
            return site(environ, start)
        html, policy = pages[environ["PATH_INFO"]]
        start("200 OK", [("Content-Type", "text/html"), ("Content-Security-Policy", policy)])
        return [html.encode()]

    return answer


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    yield context.new_page()
    context.close()


def opened(page: Page, url: str) -> Page:
    page.goto(url, wait_until="networkidle")
    return page


def only_the_link(page: Page) -> bool:
    """Nothing but the link that the page's author wrote, which can be seen."""
    link = page.get_by_role("link", name="Find a space")
    return link.is_visible() and page.locator("cypn-exchange").inner_text() == "Find a space"


def test_a_listed_host_shows_the_list_in_its_own_outline(sites: Sites, page: Page) -> None:
    """In shadow DOM, headings below the page's own, the author's link under it, names as text."""
    watch = Watch(sites.host)
    watch.over(page.context)
    opened(page, f"{sites.host}/")
    found = page.locator("cypn-exchange")
    assert found.locator("h3").all_inner_texts() == ["Venue bank"]
    assert found.locator("h4").all_inner_texts() == ["Cedar Hall", "Oak <b>Hall</b>"]
    assert found.locator("td").last.inner_text() == "3"
    assert page.get_by_role("link", name="Find a space").is_visible()
    assert page.evaluate(f"{ROOT}.adoptedStyleSheets.length") == 1
    assert page.evaluate(f"getComputedStyle({ROOT}.querySelector('ul')).listStyleType") == "none"
    assert watch.complaints == []
    assert {url.partition("?")[0] for url in watch.foreign} == {
        f"{sites.hub}/embed/v1/cypn.js", f"{sites.hub}/embed/v1/venue-bank.html",
    }  # fmt: skip
    assert page.context.cookies() == []


@pytest.mark.parametrize("path", ["/", "/frame"])
def test_host_pages_have_no_barrier(sites: Sites, page: Page, path: str) -> None:
    """axe-core finds nothing in the example's pages and in what they embed, at any width."""
    opened(page, f"{sites.host}{path}")
    assert at_every_width(page) == []


def test_the_frame_alone_has_no_barrier_and_asks_nobody_else(sites: Sites, page: Page) -> None:
    """It is a whole page: one h1, a main part, no complaint on the console."""
    watch = Watch(sites.hub)
    watch.over(page.context)
    opened(page, f"{sites.hub}/embed/venue-bank")
    assert page.locator("h1").all_inner_texts() == ["Venue bank"]
    assert at_every_width(page) == []
    watch.nothing()


def test_a_frame_is_as_high_as_its_contents(sites: Sites, page: Page) -> None:
    """On a phone too, where the same list is longer."""
    opened(page, f"{sites.host}/frame")
    heights: list[float] = []
    for width in (1200, 360):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_function(
            "before => document.getElementById('cypn').height != before",
            arg=str(heights[-1]) if heights else "600",
        )
        heights.append(page.evaluate("Number(document.getElementById('cypn').height)"))
        inside = page.frames[1].evaluate("document.documentElement.getBoundingClientRect().height")
        assert abs(heights[-1] - inside) <= 1
    assert heights[1] > heights[0] > 100


def test_a_frames_link_leads_out_of_it(sites: Sites, page: Page) -> None:
    """The hub's own pages cannot be framed, so its link opens in the whole window."""
    opened(page, f"{sites.host}/frame")
    page.frame_locator("#cypn").get_by_role("link", name="Ask for something").click()
    page.wait_for_url(f"{sites.hub}/")


def test_a_host_that_is_not_listed_keeps_its_link_and_gets_no_frame(
    sites: Sites, page: Page
) -> None:
    """The script runs there and is refused the list; the frame stays empty."""
    assert only_the_link(opened(page, f"{sites.stranger}/"))
    assert page.evaluate(ROOT) is None
    opened(page, f"{sites.stranger}/frame")
    assert page.frames[1].url == "chrome-error://chromewebdata/"
    assert page.get_by_role("link", name="Find a space").is_visible()


def test_the_link_stays_without_javascript(sites: Sites, chromium: Browser) -> None:
    """The element is then nothing but what is inside it."""
    context = chromium.new_context(java_script_enabled=False)
    assert only_the_link(opened(context.new_page(), f"{sites.host}/"))
    context.close()


@pytest.mark.parametrize("refused", ["**/cypn.js", "**/venue-bank.html*"])
def test_the_link_stays_when_the_hub_is_away(sites: Sites, page: Page, refused: str) -> None:
    """Whether it is the script or the list that does not come."""
    page.route(refused, lambda route: route.abort())
    assert only_the_link(opened(page, f"{sites.host}/"))


ELEMENT = (
    '<!doctype html><html lang="en"><title>t</title><script src="{hub}/embed/v1/{script}" {more}>'
    '</script><cypn-exchange {attributes}><a href="/">Find a space</a></cypn-exchange></html>'
)
GOOD = 'hub="{hub}" exchange="venue-bank"'


def pasted(
    page: Page, sites: Sites, attributes: str = GOOD, script: str = "cypn.js", more: str = "defer",
    policy: str = "default-src * 'unsafe-inline'",
) -> Page:  # fmt: skip
    """A page of the listed host with the element pasted in."""
    html = ELEMENT.format(
        hub=sites.hub, script=script, more=more, attributes=attributes.format(hub=sites.hub)
    )
    sites.pasted["/pasted"] = (html, policy)
    return opened(page, f"{sites.host}/pasted")


@pytest.mark.parametrize(
    "attributes",
    [
        "",
        'hub="{hub}"',
        'exchange="venue_bank"',
        'hub="nothing" exchange="venue_bank"',
        'hub="javascript:alert(1)" exchange="venue_bank"',
        'hub="{hub}" exchange="no_such"',
        'hub="{hub}" exchange="../../x"',
        'hub="{hub}" exchange="venue_bank" heading-level="9"',
        'hub="http://127.0.0.1:9" exchange="venue_bank"',
    ],
)
def test_the_link_stays_where_the_element_is_wrong(
    sites: Sites, page: Page, attributes: str
) -> None:
    """No attribute makes the script throw, or show anything else."""
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    assert only_the_link(pasted(page, sites, attributes))
    assert thrown == []


def test_the_pinned_script_runs_with_its_digest_and_no_other(sites: Sites, page: Page) -> None:
    """Subresource Integrity: with another value the browser refuses it, and the link stays."""
    pinned, digest = assets.element().name, assets.element().integrity
    good = f'integrity="{digest}" crossorigin="anonymous" defer'
    assert pasted(page, sites, script=pinned, more=good).locator("h2").count() == 1
    bad = good.replace("sha384-", "sha384-AAAA")
    assert only_the_link(pasted(page, sites, script=pinned, more=bad))


def test_a_policy_of_trusted_types_keeps_the_link(sites: Sites, page: Page) -> None:
    """Where the host lets nobody write HTML from text, nothing is shown and nothing breaks."""
    policy = "default-src * 'unsafe-inline'; require-trusted-types-for 'script'"
    assert only_the_link(pasted(page, sites, policy=policy))


def test_the_language_is_that_of_the_page_and_headings_start_at_two(
    sites: Sites, page: Page
) -> None:
    """Where the element says neither."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    pasted(page, sites)
    assert f"{sites.hub}/embed/v1/venue-bank.html?lang=en&level=2" in asked
    assert page.locator("cypn-exchange h2").all_inner_texts() == ["Venue bank"]


def test_search_engines_read_the_data_and_the_browser_runs_none_of_it(
    sites: Sites, page: Page
) -> None:
    """The block is there, on a page whose policy allows no script and in a frame that has one."""
    watch = Watch(sites.hub)
    watch.over(page.context)
    for path in ("/listings", "/embed/venue-bank"):
        opened(page, f"{sites.hub}{path}")
        block = page.locator('script[type="application/ld+json"]')
        assert '"ItemList"' in (block.text_content() or "")
    watch.nothing()


def test_the_hubs_own_list_has_no_barrier_and_is_in_no_frame(sites: Sites, page: Page) -> None:
    """axe-core finds nothing at any width; the listed host may frame /embed and nothing else."""
    opened(page, f"{sites.hub}/listings")
    assert page.get_by_role("heading", name="Oak <b>Hall</b>").is_visible()
    assert at_every_width(page) == []
    frame = f'<title>t</title><iframe src="{sites.hub}/listings"></iframe>'
    sites.pasted["/pasted"] = (frame, "default-src *")
    opened(page, f"{sites.host}/pasted")
    assert page.frames[1].url == "chrome-error://chromewebdata/"
