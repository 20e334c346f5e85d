"""The shortcode of the WordPress plugin, run by a real PHP; WordPress's own functions stand in."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PLUGIN = HERE.parent / "deploy" / "wordpress" / "cypn-exchange" / "cypn-exchange.php"
MISSING = "no PHP was found, so the WordPress plugin was not run (Debian: apt-get install php-cli)"
GOOD = {"hub": "https://hub.example/", "exchange": "venue_bank"}


@pytest.fixture(scope="module")
def php() -> str:
    """PHP; where there is none, CI fails and a machine of somebody's says so aloud."""
    found = shutil.which("php")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(MISSING, pytrace=False)
        pytest.skip(MISSING)
    return found


def run(php: str, given: Any, text: str | None = None, **environment: str) -> dict[str, Any]:
    said = subprocess.run(
        [php, "-d", "error_reporting=-1", "-d", "display_errors=stderr", HERE / "wordpress.php",
         PLUGIN, json.dumps(given), json.dumps(text)],
        capture_output=True, text=True, check=True, timeout=30, env={**os.environ, **environment},
    )  # fmt: skip
    assert said.stderr == ""
    found: dict[str, Any] = json.loads(said.stdout)
    return found


class Tags(HTMLParser):
    """The tags of a piece of HTML with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Note some text."""
        self.text += data


def test_php_accepts_the_file(php: str) -> None:
    """``php -l`` finds nothing."""
    said = subprocess.run([php, "-l", PLUGIN], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout


def test_the_shortcode_prints_the_element_and_asks_for_the_script_once_a_hub(php: str) -> None:
    """The element with its link inside; the site's language; the script of that hub, deferred."""
    found = run(php, GOOD, "Find a space")
    (element, link) = Tags(found["html"]).tags
    assert element == (
        "cypn-exchange",
        {
            "hub": "https://hub.example",
            "exchange": "venue_bank",
            "heading-level": "2",
            "lang": "cy",
        },
    )
    assert link == ("a", {"href": "https://hub.example/"})
    assert Tags(found["html"]).text == "Find a space"
    (script,) = found["scripts"]
    assert script[1:] == [
        "https://hub.example/embed/v1/cypn.js", [], None, {"strategy": "defer"},
    ]  # fmt: skip
    assert run(php, GOOD)["scripts"] == found["scripts"]


def test_what_is_said_is_used(php: str) -> None:
    """Heading level, language and link; without a text the link says something all the same."""
    more = {"heading-level": "4", "lang": "en", "link": "https://hub.example/needs?a=1&b=2"}
    found = run(php, {**GOOD, **more})["html"]
    (element, link) = Tags(found).tags
    assert (element[1]["heading-level"], element[1]["lang"]) == ("4", "en")
    assert link[1]["href"] == more["link"]
    assert Tags(found).text


@pytest.mark.parametrize("level", ["0", "9", "x", "-1", ""])
def test_a_heading_level_stays_within_what_the_hub_takes(php: str, level: str) -> None:
    """From 1 to 5."""
    (element, _) = Tags(run(php, {**GOOD, "heading-level": level})["html"]).tags
    assert int(element[1]["heading-level"] or 0) in range(1, 6)


def test_what_is_typed_never_becomes_markup(php: str) -> None:
    """Every attribute and the text are escaped."""
    evil = '"><img src=x onerror=alert(1)>'
    for name in ("hub", "lang", "link", "heading-level"):
        given = {**GOOD, name: ("https://hub.example/" if name == "hub" else "") + evil}
        assert [tag for tag, _ in Tags(run(php, given)["html"]).tags] == ["cypn-exchange", "a"]
    found = run(php, GOOD, "<script>alert(1)</script>")["html"]
    assert [tag for tag, _ in Tags(found).tags] == ["cypn-exchange", "a"]


@pytest.mark.parametrize(
    "given",
    [
        "",
        {"hub": "https://hub.example"},
        {"exchange": "venue_bank"},
        {**GOOD, "hub": "javascript:alert(1)"},
        {**GOOD, "exchange": "Venue bank"},
        {**GOOD, "exchange": "venue_bank\n"},
        {**GOOD, "exchange": "../x"},
    ],
)
def test_what_cannot_be_shown_prints_nothing_but_for_whoever_can_mend_it(
    php: str, given: Any
) -> None:
    """Visitors see nothing, an editor reads what is missing, and no script is asked for."""
    found = run(php, given)
    assert (found["html"], found["scripts"]) == ("", [])
    told = run(php, given, EDITOR_LOOKS="1")
    assert "give the hub as an address" in told["html"]
    assert told["scripts"] == []
