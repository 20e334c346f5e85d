"""The whole network of a test, in memory: this plugin, and a region made by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from cypn_core import hookimpl
from cypn_core.application.sketch import Sketch
from cypn_core.domain.region import Region
from cypn_core.hub import Hub
from cypn_exchange_starter import plugin


class _Region:
    """Every hub has exactly one region; this one has no places and a limit of its own."""

    @hookimpl
    def cypn_region(self) -> Region:
        return Region(
            code="northtown",
            name="Northtown",
            zone_name="Europe/London",
            places=(),
            exchanges={"exchange_starter": {"largest_group": 8}},
        )


@pytest.fixture
def hub() -> Hub:
    return Hub.of(plugin, _Region())


@pytest.fixture
def sketch(hub: Hub) -> Sketch:
    return Sketch(hub, "exchange_starter", dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC))
