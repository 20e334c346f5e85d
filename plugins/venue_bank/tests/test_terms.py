"""Terms: what is left of a need for storage once the months that are agreed at once are over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from cypn_core.domain.region import Region
from cypn_venue_bank.needs import StorageNeed


@pytest.mark.parametrize(
    ("after", "left"),
    [
        (dt.date(2027, 1, 10), (dt.date(2027, 1, 11), 30)),
        (dt.date(2027, 1, 11), (dt.date(2028, 1, 11), 18)),
        (dt.date(2028, 1, 10), (dt.date(2028, 1, 11), 18)),
        (dt.date(2028, 6, 1), (dt.date(2029, 1, 11), 6)),
        (dt.date(2029, 1, 11), None),
    ],
)
def test_long_storage_goes_on_a_year_at_a_time(
    storage_need: Callable[..., StorageNeed],
    region: Region,
    after: dt.date,
    left: tuple[dt.date, int] | None,
) -> None:
    """Thirty months are agreed as 12, 12 and 6; nothing begins before what was agreed is over."""
    resumed = storage_need(months=30).resumed(region, after)
    assert (resumed and (resumed.starts_on, resumed.months)) == left
