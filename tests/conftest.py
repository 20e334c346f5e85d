"""What tests of more than one folder start from.

A test that takes ``area`` runs once in every region; ``area_town`` is a town there, on each store.
Names of places come from the area, so that no scenario is written for one map.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.browser.chromium import MISSING
from tests.browser.figures import keep, summary
from tests.post_office import PostOffice, post_office
from tests.towns import AREAS, NOW, Area

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Town


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as running:
        yield running


@pytest.fixture(params=AREAS)
def area(request: pytest.FixtureRequest) -> Area:
    return AREAS[request.param]


@pytest.fixture
def area_town(store: Store, area: Area) -> Town:
    return Town.on(store, area.hub, NOW)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say last what was tried in a browser, and aloud when nothing was."""
    passed = terminalreporter.stats.get("passed", [])
    tried = [each for each in passed if each.nodeid.startswith("tests/browser/")]
    if told := summary(pair for each in tried for pair in each.user_properties):
        keep(told)
        said = ", ".join(f"{name}: {value}" for name, value in told.items())
        terminalreporter.write_line(f"In the browser: {said}")
    skipped = terminalreporter.stats.get("skipped", [])
    if any(each.nodeid.startswith("tests/browser/") for each in skipped):
        terminalreporter.section("no browser", sep="!", red=True, bold=True)
        terminalreporter.write_line(f"NOT TESTED: {MISSING}.", red=True)
