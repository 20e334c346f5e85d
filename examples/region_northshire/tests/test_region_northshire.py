"""The region to copy loads, and has what the scenarios need of any region."""

from __future__ import annotations

import pytest

from cypn_core.domain.errors import Invalid
from cypn_core.domain.places import km
from cypn_core.domain.region import Region
from cypn_region_northshire.plugin import cypn_region


@pytest.fixture(scope="module")
def region() -> Region:
    return cypn_region()


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("Wexbridge", "Norchester", 10.4),
        ("Wexbridge", "Sallow", 3.0),
        ("Pelham", "Rushford", 4.1),
        ("Norchester", "Pelham", 12.4),
        ("Norchester", "Tanners Row", 2.8),
    ],
)
def test_places_lie_as_the_scenarios_need_them(
    region: Region, one: str, other: str, apart: float
) -> None:
    """The same roles at the same distances as in any region that runs the scenarios."""
    assert round(km(region.find(one).point, region.find(other).point), 1) == apart


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Marsh End", "Marsh End, Norchester; Marsh End-on-Sea"),
        ("West Northshire", "outside the region: this hub serves Northshire"),
        ("Wexbrige", "did you mean Wexbridge"),
    ],
)
def test_names_have_their_traps(region: Region, text: str, says: str) -> None:
    """An ambiguous name, another district and a slip of the pen are each told what to write."""
    with pytest.raises(Invalid, match=says):
        region.find(text)


def test_every_postcode_and_ward_is_in_a_zone(region: Region) -> None:
    """Postcodes, wards and zones fit together."""
    zones = {zone.code for zone in region.zones}
    assert {region.find(code).zone for code in region.postcodes} == zones


def test_it_has_the_calendars_that_people_name(region: Region) -> None:
    """Terms, holidays and bank holidays are there under the codes that every region uses."""
    wanted = {"terms", "holidays", "summer_holidays", "bank_holidays", "summer_2027"}
    assert wanted <= set(region.calendars)
