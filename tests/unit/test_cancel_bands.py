"""What giving up an outing late counts, by the region's bands."""

from __future__ import annotations

import datetime as dt

import pytest
from attrs import evolve
from tests.towns import ALL, NOW

from cypn_core.application.settings import settings_of
from cypn_core.domain.ids import PostingId
from cypn_core.domain.plans import Leg, Plan
from cypn_core.domain.region import Region
from cypn_core.domain.times import Window
from cypn_core.matching.rules import Context
from cypn_transport.running import late
from cypn_transport.settings import TransportSettings

HOUR = dt.timedelta(hours=1)


def weekly(dates: int) -> Plan:
    """A vehicle and a driver in each of so many weeks."""
    starts = [NOW + dt.timedelta(weeks=n) for n in range(dates)]
    windows = tuple(Window(start, start + 3 * HOUR) for start in starts)
    legs = tuple(
        Leg(offer=PostingId(each), role=each, windows=windows, lines=())
        for each in ("vehicle", "driver")
    )
    return Plan(needs=(PostingId("n"),), legs=legs)


def context(*bands: tuple[int, int]) -> Context:
    """A region with these hours and outings, as its file gives them."""
    said = [{"hours": hours, "outings": outings} for hours, outings in bands]
    region: Region = evolve(ALL.region, exchanges={"transport": {"cancel_bands": said}})
    return Context(now=NOW, zone="Europe/London", settings=TransportSettings.of(region))


@pytest.mark.parametrize(
    ("dates", "hours", "counts"),
    [(1, 48, 0), (1, 47, 1), (1, 2, 1), (1, 1, 3), (1, 0, 3), (3, 1, 3), (3, 47, 1), (0, 0, 0)],
)
def test_each_date_counts_by_its_own_notice(dates: int, hours: int, counts: int) -> None:
    """The highest band that the notice is shorter than, and of a series only the dates in one."""
    assert late(weekly(dates), hours * HOUR, context((48, 1), (2, 3))) == counts


def test_no_band_counts_nothing_and_a_bad_one_stops_the_start() -> None:
    """A region may have none; one without hours is refused when its file is read."""
    assert late(weekly(1), 0 * HOUR, context()) == 0
    with pytest.raises(ValueError, match="hours must be at least 1"):
        context((0, 1))
    assert settings_of(ALL, "transport").cancel_bands[0].hours == 24
