"""A small region of three villages on a line, and the exchange in it."""

from __future__ import annotations

import datetime as dt

import pytest

from cypn_core import hookimpl
from cypn_core.domain.places import Place, Point
from cypn_core.domain.region import Region
from cypn_core.domain.roads import Roads
from cypn_core.hub import Hub
from cypn_transport import plugin

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
STRAIGHT = Roads(factor_low=1.0, factor_high=1.0)


class Line:
    """Ashby, Brook 10 km on, Coombe 10 km farther; roads as straight as the line."""

    @hookimpl
    def cypn_region(self) -> Region:
        """See the hook."""
        names = ("Ashby", "Brook", "Coombe")
        places = tuple(
            Place(name.lower(), name, "village", Point(300_000 + 10_000 * at, 200_000))
            for at, name in enumerate(names)
        )
        return Region(
            code="line",
            name="Line",
            zone_name="Europe/London",
            places=places,
            travel=STRAIGHT,
        )


@pytest.fixture(scope="session")
def hub() -> Hub:
    """The exchange in the small region."""
    return Hub.of(plugin, Line())
