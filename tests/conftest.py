"""What tests of more than one folder start from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.post_office import PostOffice, post_office


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as running:
        yield running
