"""A region of one place, and a network that buys together in it."""

from __future__ import annotations

import datetime as dt

import pytest

from cypn_core import hookimpl
from cypn_core.application.sketch import Sketch
from cypn_core.domain.places import Place, Point, Zone
from cypn_core.domain.region import Region
from cypn_core.hub import Hub
from cypn_procurement import plugin

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)


class _Northtown:
    """A plugin that describes the smallest region that there can be."""

    @hookimpl
    def cypn_region(self) -> Region:
        return Region(
            code="northtown",
            name="Northtown",
            zone_name="Europe/London",
            places=(Place("northtown", "Northtown", "town", Point(430000, 430000), zone="north"),),
            zones=(Zone("north", "North"),),
        )


@pytest.fixture
def sketch() -> Sketch:
    return Sketch(Hub.of(plugin, _Northtown()), "procurement", NOW)
