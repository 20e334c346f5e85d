"""R01: another network adopts it; V01, V05, V06 and V14 run in both regions by themselves."""

from __future__ import annotations

import shutil
from pathlib import Path
from uuid import uuid4

import pytest
from attrs import frozen
from tests.towns import AREAS, NOW, VENUES, Area, a_need, an_offer, asked, inbox, posted

import cypn_region_northshire
from cypn_core import hookimpl
from cypn_core.application.network import Network
from cypn_core.domain.errors import BadHub, BadRegion
from cypn_core.domain.region import Region
from cypn_core.hub import Hub
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Town
from cypn_core.wire.regionfile import load_region
from cypn_venue_bank import plugin as venue_bank


@pytest.mark.parametrize("name", AREAS)
def test_r01_the_first_deal_in_either_region(store: Store, name: str) -> None:
    """R01: one region is swapped for another, and the same deal is made and told."""
    area: Area = AREAS[name]
    town = Town.on(store, area.hub, NOW)
    holder = town.member("Cedar Hall", "holder", place=area.town)
    seeker = town.member("Amber Lane", "seeker", place=area.village)
    posted(holder, "offer", an_offer(place=area.town))
    answer = asked(seeker, posted(seeker, "need", a_need(place=area.village, max_km=5)))
    assert answer.status_code == 201, answer.text
    town.tick()
    assert ["Cedar Hall" in text for text in inbox(seeker)] == [True]
    assert ["Amber Lane" in text for text in inbox(holder)] == [True]
    about = seeker.get(VENUES, "/v1").json
    assert about["region"] == area.hub.region.name  # type: ignore[index]


def test_r01_a_place_of_the_other_region_is_not_known(store: Store) -> None:
    """R01: nothing of one region is left in the other."""
    here, there = AREAS["northshire"], AREAS["banes"]
    town = Town.on(store, here.hub, NOW)
    seeker = town.member("Amber Lane", "seeker", place=here.town)
    answer = seeker.post(VENUES, "/v1/needs", a_need(place=there.town))
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["place"])  # type: ignore[index]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the region's package, to be spoilt."""
    source = Path(cypn_region_northshire.__file__).parent
    copied = tmp_path / f"region_{uuid4().hex}"
    shutil.copytree(source, copied)
    monkeypatch.syspath_prepend(tmp_path)
    return copied


@frozen
class Spoilt:
    """The region in a copied package."""

    package: str

    @hookimpl
    def cypn_region(self) -> Region:
        """See the hook."""
        return load_region(self.package)


SPOILT: list[tuple[str, str, str]] = [
    ('zone_name = "Europe/London"', 'zone_name = "Europe/Nowhere"', "zone_name"),
    ('code = "northshire"', 'code = "North Shire"', "code"),
    ("tenure_weeks = 13", "tenure_weeks = -1", "settings.tenure_weeks"),
    ("tenure_weeks = 13", "tenure_weekz = 13", "settings.tenure_weekz"),
    ('places = "places.csv"', 'places = "absent.csv"', "absent.csv"),
    ("[exchanges.venue_bank]", '[exchanges.venue_bank]\nkm_bands = "far"', "exchanges.venue_bank"),
    ("[settings]", "[settings", "region"),
]


@pytest.mark.parametrize(("good", "bad", "field"), SPOILT, ids=[each[2] for each in SPOILT])
def test_r01_a_bad_region_file_stops_the_start(
    package: Path, store: Store, good: str, bad: str, field: str
) -> None:
    """R01: the hub does not start, and the error begins with the field to mend."""
    file = package / "region.toml"
    text = file.read_text(encoding="utf-8")
    assert good in text
    file.write_text(text.replace(good, bad, 1), encoding="utf-8")
    _stops(package, store, field)


def test_r01_a_missing_region_file_stops_the_start(package: Path, store: Store) -> None:
    """R01: the error names the file that is not there."""
    (package / "region.toml").unlink()
    _stops(package, store, "region")


def test_r01_no_region_at_all_stops_the_start() -> None:
    """R01: a hub without a region says so."""
    with pytest.raises(BadHub, match="choose a region"):
        Hub.of(venue_bank)


def _stops(package: Path, store: Store, field: str) -> None:
    with pytest.raises(BadRegion) as caught:
        Network(hub=Hub.of(venue_bank, Spoilt(package.name)), store=store)
    assert caught.value.field.startswith(field), str(caught.value)
