"""Region files: a good one is read whole, and each broken one is refused with its path."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cypn_core.domain.errors import BadRegion
from cypn_core.domain.places import Point
from cypn_core.wire.regionfile import load_region, load_region_dir

FILES = {
    "region.toml": """
code = "north"
name = "Northshire"
zone_name = "Europe/London"
[files]
places = "places.csv"
postcodes = "postcodes.csv"
wards = "wards.geojson"
[settings]
freshness_days = 60
[travel]
factor_low = 1.2
[words]
network = "The network"
[[zones]]
code = "centre"
name = "Centre"
wards = ["W1"]
[[calendars]]
code = "terms"
name = "Terms"
version = "1"
assumed = true
spans = [{ first = 2027-01-04, last = 2027-02-12 }]
[[calendars]]
code = "bank"
name = "Bank holidays"
version = "1"
spans = [{ first = 2027-08-30, last = 2027-08-30 }]
[[checklists]]
role = "seeker"
version = "1"
valid_months = 12
items = ["A policy"]
[exchanges.swaps]
anything = [1, "two"]
""",
    "places.csv": (
        "code,name,kind,easting,northing,parent,aliases,zone,inside\n"
        'town,"Northtown, Upper",town,400000,300000,,Northtown|North Town,centre,yes\n'
        "far,Farland,district,440000,300000,,,,no\n"
    ),
    "postcodes.csv": "postcode,easting,northing,ward\nZZ1 1AA,400000,300000,W1\n",
    "wards.geojson": (
        '{"features": [{"properties": {"code": "W1", "name": "Castle"}, "geometry": null}]}'
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_good_folder_is_read_whole(folder: Path) -> None:
    """Every part of the files is in the region."""
    region = load_region_dir(folder)
    assert (region.code, region.settings.freshness_days) == ("north", 60)
    assert region.find("north town").label == "Northtown, Upper"
    assert region.find("zz1 1aa").point == Point(400000, 300000)
    assert region.calendar("terms").assumed
    assert date(2027, 8, 30) in region.calendar("bank")
    assert region.exchanges == {"swaps": {"anything": [1, "two"]}}
    assert region.words == {"network": "The network"}
    assert region.ward_shapes == FILES["wards.geojson"].encode()
    assert not region.places[1].inside


def test_postcodes_and_wards_may_be_left_out(folder: Path) -> None:
    """A network can start with a list of places alone."""
    toml = folder / "region.toml"
    lines = [line for line in FILES["region.toml"].splitlines() if "wards" not in line]
    toml.write_text("\n".join(line for line in lines if "postcodes" not in line))
    assert load_region_dir(folder).find("Northtown").zone == "centre"


def test_a_limit_left_out_keeps_its_default(folder: Path) -> None:
    """A region writes down only the limits that differ."""
    text = FILES["region.toml"].replace("freshness_days = 60", "")
    (folder / "region.toml").write_text(text, encoding="utf-8")
    assert load_region_dir(folder).settings.freshness_days == 90


def test_a_coefficient_of_the_roads_left_out_keeps_its_default(folder: Path) -> None:
    """A region writes down only what it has measured."""
    roads = load_region_dir(folder).travel
    assert (roads.factor_low, roads.factor_high) == (1.2, 1.6)


MUTATIONS = [
    ("region.toml", 'code = "north"', "", "code: is missing"),
    ("region.toml", 'code = "north"', "code = 7", "code: must be a text"),
    ("region.toml", 'code = "north"', 'code = "Not A Code"', "code: must be a code"),
    ("region.toml", 'code = "north"', 'colour = "red"\ncode = "north"', "colour: is not known"),
    ("region.toml", 'name = "Northshire"', 'name = ""', "name: must have at least 1"),
    ("region.toml", '"Europe/London"', '"Europe/Atlantis"', "zone_name: is not an IANA"),
    ("region.toml", 'code = "north"', "code = ", r"region.toml: is not TOML: .*line 2"),
    ("region.toml", '"places.csv"', '"gone.csv"', "gone.csv: is missing"),
    ("region.toml", '"places.csv"', '"../places.csv"', r"\.\./places.csv: must be the plain name"),
    ("region.toml", '"places.csv"', '"sub/places.csv"', "sub/places.csv: must be the plain name"),
    ("region.toml", 'code = "north"', f"x = {'[' * 9999}", "region.toml: is not TOML"),
    ("wards.geojson", "null", "[" * 99_999, "wards.geojson: must be GeoJSON"),
    ("region.toml", 'places = "places.csv"', "", "files.places: is missing"),
    ("region.toml", "freshness_days = 60", "freshness_days = 0", "settings.freshness_days: must"),
    (
        "region.toml",
        "freshness_days = 60",
        "freshness_days = 6.5",
        "settings.freshness_days: must be a w",
    ),
    (
        "region.toml",
        "freshness_days = 60",
        "freshness_days = true",
        "settings.freshness_days: must be a w",
    ),
    (
        "region.toml",
        "freshness_days = 60",
        'freshness_days = "6"',
        "settings.freshness_days: must be a w",
    ),
    ("region.toml", "factor_low", "factor_lowest", "travel.factor_lowest: is not known"),
    ("region.toml", "factor_low = 1.2", "factor_low = 0.9", "travel.factor_low: must be at least"),
    (
        "region.toml",
        "factor_low = 1.2",
        "factor_low = 3",
        "travel.factor_low: is above",
    ),
    ("region.toml", "factor_low = 1.2", 'factor_low = "1"', "travel.factor_low: must be a number"),
    ("region.toml", "factor_low = 1.2", "factor_low = nan", "travel.factor_low: must be"),
    ("region.toml", "freshness_days", "fresh_days", "settings.fresh_days: is not known"),
    ("region.toml", 'wards = ["W1"]', 'wards = "W1"', r"zones\[0\].wards: must be a list"),
    ("region.toml", 'wards = ["W1"]', "wards = [1]", r"zones\[0\].wards\[0\]: must be a text"),
    ("region.toml", 'wards = ["W1"]', 'wards = ["W2"]', r"zones\[0\].wards: there is no ward W2"),
    (
        "region.toml",
        "last = 2027-02-12",
        "last = 2027-01-01",
        r"calendars\[0\].spans\[0\].last: is before",
    ),
    (
        "region.toml",
        "last = 2027-02-12",
        'last = "2027-02-12"',
        r"calendars\[0\].spans\[0\].last: must be a date",
    ),
    (
        "region.toml",
        "last = 2027-02-12",
        "last = 2027-02-12T10:00:00",
        r"calendars\[0\].spans\[0\].last: must be a date",
    ),
    ("region.toml", ", last = 2027-08-30", "", r"calendars\[1\].spans\[0\].last: is missing"),
    (
        "region.toml",
        'code = "bank"',
        'code = "terms"',
        r"calendars\[1\].code: terms is there twice",
    ),
    ("region.toml", "assumed = true", "assumed = 1", r"calendars\[0\].assumed: must be true or"),
    ("region.toml", "valid_months = 12", "valid_months = 0", r"checklists\[0\].valid_months: must"),
    ("region.toml", '["A policy"]', "[]", r"checklists\[0\].items: must have at least 1"),
    ("region.toml", "[words]", "[words]\n3 = 3", "words.*: must"),
    ("region.toml", "[exchanges.swaps]", "[exchanges]", "exchanges.*"),
    ("places.csv", "code,name", "kode,name", "places.csv: must have the columns"),
    ("places.csv", "400000", "40 km", r"places\[0\].easting: must be a whole number"),
    ("places.csv", "400000", "-1", r"places\[0\].easting: must be a whole number"),
    ("places.csv", "440000", "999999", r"places\[1\].easting: must be at most"),
    ("places.csv", ",no\n", ",maybe\n", r"places\[1\].inside: must be yes or no"),
    ("places.csv", ",no\n", "\n", r"places\[1\]: has too few or too many columns"),
    ("places.csv", ",no\n", ",no,extra\n", r"places\[1\]: has too few or too many columns"),
    ("places.csv", "centre", "edge", r"places\[0\].zone: there is no zone edge"),
    ("places.csv", '"Northtown, Upper"', '"Northtown" Upper', "places.csv: is not CSV"),
    ("places.csv", "far,", "town,", r"places\[1\].code: town is there twice"),
    ("postcodes.csv", ",W1", ",W9", r"postcodes\[0\].ward: there is no ward W9"),
    ("postcodes.csv", "ZZ1 1AA", "Z", r"postcodes\[0\].code: must have at least 2"),
    ("wards.geojson", '"code"', '"kode"', "wards.geojson: must be GeoJSON"),
    ("wards.geojson", '"Castle"', "7", r"wards\[0\].name: must be a text"),
    ("wards.geojson", "null", "nul", "wards.geojson: must be GeoJSON"),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "says"), MUTATIONS, ids=[says[:40] for *_, says in MUTATIONS]
)
def test_a_broken_file_is_refused_with_its_path(
    folder: Path, file: str, old: str, new: str, says: str
) -> None:
    """One thing changed in one file is named by its dotted path and what is wrong with it (R01)."""
    assert old in FILES[file]
    (folder / file).write_text(FILES[file].replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadRegion, match=f"^{says}"):
        load_region_dir(folder)


@pytest.mark.parametrize("name", sorted(FILES))
@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda path: path.unlink(), "is missing"),
        (lambda path: path.write_bytes(b"\xff\xfe\x00"), "not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    folder: Path, name: str, spoil: Callable[[Path], None], says: str
) -> None:
    """A file that is gone or is not text is named."""
    spoil(folder / name)
    with pytest.raises(BadRegion, match=f"^{name}: .*{says}"):
        load_region_dir(folder)


def test_a_package_or_folder_that_is_not_there_is_told() -> None:
    """Neither a missing package nor a missing folder is a traceback."""
    with pytest.raises(BadRegion, match="there is no package"):
        load_region("no_such_package_here")
    with pytest.raises(BadRegion, match="is missing"):
        load_region_dir("no/such/folder")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.sampled_from(sorted(FILES)), st.data())
def test_any_damage_is_a_region_or_bad_region(folder: Path, name: str, data: st.DataObject) -> None:
    """Whatever stretch of a file is overwritten, the answer is a region or ``BadRegion``."""
    text = FILES[name]
    at = data.draw(st.integers(0, len(text)))
    junk = data.draw(st.text(st.characters(codec="utf-8"), max_size=8))
    cut = data.draw(st.integers(0, 20))
    for other, whole in FILES.items():
        (folder / other).write_text(whole, encoding="utf-8")
    (folder / name).write_text(text[:at] + junk + text[at + cut :], encoding="utf-8")
    try:
        load_region_dir(folder)
    except BadRegion as error:
        assert error.field  # noqa: PT017
