"""A browser for the tests of this folder, and what they start from."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from tests.browser.axe import NARROW, WIDE
from tests.browser.chromium import MISSING, program, running
from tests.browser.demo import served_demo
from tests.browser.neighbours import Neighbours, neighbourhood
from tests.browser.served import Served
from tests.browser.watching import Visiting
from tests.post_office import PostOffice

from cypn_core.storage.engine import open_store
from cypn_core.testing.stores import NewStore


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser; where there is none, CI fails and a machine of somebody's says so aloud.

    One a file, for while Playwright runs no other test of the process may start an event loop.
    """
    path = program()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(MISSING, pytrace=False)
        pytest.skip(MISSING)
    with running(path) as browser:
        yield browser


@pytest.fixture
def demo(new_store: NewStore, office: PostOffice) -> Iterator[Served]:
    """The demo network, served from a file of its own."""
    with open_store(new_store("sqlite")) as store, served_demo(store, office) as running_demo:
        yield running_demo


@pytest.fixture(params=[NARROW, WIDE], ids=lambda width: f"{width}px")
def width(request: pytest.FixtureRequest) -> int:
    """On a phone and on a desk."""
    found: int = request.param
    return found


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Function) -> None:
    """Browsers close before the servers that they look at stop, whichever fixture came first.

    A page still loading when its server stops would complain of it.
    """
    people = item.funcargs.get("visiting")
    if isinstance(people, Visiting):
        people.close()


@pytest.fixture
def visiting(chromium: Browser) -> Iterator[Visiting]:
    """Browsers of people who visit a site; at the end nothing may have gone wrong in any."""
    people = Visiting(chromium)
    yield people
    people.leave()


@pytest.fixture
def neighbours(new_store: NewStore, office: PostOffice, visiting: Visiting) -> Iterator[Neighbours]:
    """A hub of its own with a desk, and nobody else yet."""
    with open_store(new_store("sqlite")) as store, neighbourhood(store, office, visiting) as found:
        yield found
