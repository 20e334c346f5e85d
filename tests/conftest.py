"""For the tests of this folder: each scenario runs in every region, on both stores.

A test that takes ``area`` runs once a region; with ``area_town`` it gets a town there too, on each
store. Names of places come from the area, so that no scenario is written for one map.
"""

from __future__ import annotations

import pytest
from tests.towns import AREAS, NOW, Area

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Town


@pytest.fixture(params=AREAS)
def area(request: pytest.FixtureRequest) -> Area:
    """A region with the names in it that a scenario goes by: once for each."""
    return AREAS[request.param]


@pytest.fixture
def area_town(store: Store, area: Area) -> Town:
    """A town in that region, on each store."""
    return Town.on(store, area.hub, NOW)
