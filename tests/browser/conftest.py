"""A browser for the tests of this folder, and what they start from."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from tests.browser.chromium import MISSING, program, running


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
