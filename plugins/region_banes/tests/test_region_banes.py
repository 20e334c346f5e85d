"""The region as it is shipped: facts that the scenarios and the traps of its names rest on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cypn_core.domain.errors import Invalid
from cypn_core.domain.places import WHOLE, km, merged_zones
from cypn_core.domain.region import Region
from cypn_core.domain.times import Schedule
from cypn_region_banes.plugin import cypn_region


@pytest.fixture(scope="module")
def region() -> Region:
    return cypn_region()


def test_every_postcode_lies_in_a_ward_and_a_zone(region: Region) -> None:
    """All 5,951 postcodes are there, each in one of 33 wards, each ward in a zone."""
    wards = {ward.code for ward in region.wards}
    assert (len(region.postcodes), len(wards)) == (5951, 33)
    assert {postcode.ward for postcode in region.postcodes.values()} == wards
    assert all(region.find(ward.name).zone for ward in region.wards if ward.name != "Weston")
    zoned = {ward for zone in region.zones for ward in zone.wards}
    assert zoned == wards


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("Keynsham", "Bath", 10.4),
        ("Keynsham", "Saltford", 3.0),
        ("Paulton", "Radstock", 4.1),
        ("Bath", "Paulton", 12.4),
        ("Bath", "Twerton", 2.8),
    ],
)
def test_distances_are_those_of_the_scenarios(
    region: Region, one: str, other: str, apart: float
) -> None:
    """Straight lines between places, in kilometres to one decimal."""
    assert round(km(region.find(one).point, region.find(other).point), 1) == apart


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("Weston", ["Weston, Bath", "Weston-super-Mare"]),
        ("Widcombe", ["Widcombe, Bath", "North Widcombe", "South Widcombe"]),
    ],
)
def test_an_ambiguous_name_is_answered_with_candidates(
    region: Region, text: str, candidates: list[str]
) -> None:
    """V14: two places of one name are told apart, by name, for the asker to choose."""
    with pytest.raises(Invalid) as caught:
        region.find(text)
    ((said,),) = caught.value.fields.values()
    assert all(name in said for name in candidates)


@pytest.mark.parametrize("text", ["North Somerset", "Bristol", "South Gloucestershire"])
def test_other_districts_are_outside(region: Region, text: str) -> None:
    """V14: a neighbouring district is refused by name; North East Somerset is not one."""
    with pytest.raises(Invalid, match="outside the region"):
        region.find(text)
    assert not region.find(text, outside=True).inside
    assert region.find("North East Somerset").inside


@pytest.mark.parametrize("text", ["Whiteway", "Fox Hill"])
def test_neighbourhoods_are_not_wards(region: Region, text: str) -> None:
    """Names that are no ward's are places, and have a zone all the same."""
    assert text not in {ward.name for ward in region.wards}
    spot = region.find(text)
    assert spot.ward is None
    assert spot.zone.startswith("bath_")


def test_only_wide_areas_have_no_zone(region: Region) -> None:
    """Every place inside is shown by a zone, except the two that are wider than any."""
    inside = [place.name for place in region.places if place.inside]
    wide = {name for name in inside if region.find(name).zone == WHOLE}
    assert wide == {"Bath & North East Somerset", "North East Somerset"}


def test_zones_border_each_other_both_ways(region: Region) -> None:
    """A neighbour's neighbours include the zone, and merging can reach the whole region."""
    near = {zone.code: set(zone.neighbours) for zone in region.zones}
    assert all(code in near[other] for code, others in near.items() for other in others)
    assert len(set(merged_zones({}, region.zones, 5).values())) == 1


def test_every_day_is_term_or_holiday(region: Region) -> None:
    """From 2026 to 2029 school days and holidays cover each date exactly once."""
    terms, holidays = region.calendar("terms"), region.calendar("holidays")
    start = date(2026, 1, 1)
    days = [start + timedelta(n) for n in range((date(2030, 1, 1) - start).days)]
    assert [day for day in days if (day in terms) == (day in holidays)] == []
    assert terms.assumed
    assert holidays.assumed


def test_the_summer_block_of_the_scenarios(region: Region) -> None:
    """V03: Tuesdays in the summer of 2027 are six; the bank holiday falls on 30 August."""
    tuesdays = Schedule(
        date(2027, 7, 22), "10:00", "15:00", "FREQ=WEEKLY;BYDAY=TU", during=("summer_2027",)
    )
    windows = tuesdays.windows(region.zone_name, region.calendars)
    assert [window.start.day for window in windows] == [27, 3, 10, 17, 24, 31]
    assert date(2027, 8, 30) in region.calendar("bank_holidays")


@pytest.mark.parametrize("role", ["seeker", "holder", "driver", "escort"])
def test_each_role_has_its_own_checklist(region: Region, role: str) -> None:
    """What is asked of a hall differs from what is asked of a group."""
    checklist = region.checklist(role)
    assert checklist is not None
    assert len({known.items for known in region.checklists}) == len(region.checklists)
