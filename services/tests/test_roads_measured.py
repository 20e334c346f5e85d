"""`cypn geo roads`: coefficients of a region, fitted to what a routing service says."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from tests.routing_server import Served, routing_server, send

import cypn_region_northshire.plugin as northshire
from cypn_core.domain.roads import Roads
from cypn_core.wire.regionfile import load_region_dir
from cypn_services.cli import main
from cypn_services.roads.fitting import MOST_POINTS, Sample, errors, fitted, pairs_of, table

REGION = northshire.cypn_region()
Run = Callable[..., Result]


def true(served: Served, handler: BaseHTTPRequestHandler) -> None:
    """Roads of 1.4 times the line, at 50 km/h and 3 minutes, over degrees taken as flat."""
    at = urlsplit(handler.path).path.rpartition("/")[2]
    places = [tuple(map(float, place.split(","))) for place in at.split(";")]
    flat = [(lon * 111_320 * math.cos(math.radians(52)), lat * 111_200) for lon, lat in places]
    metres = [[1.4 * math.dist(a, b) for b in flat] for a in flat]
    seconds = [[each * 0.072 + 180 for each in row] for row in metres]
    said = {"code": "Ok", "distances": metres, "durations": seconds}
    send(handler, json.dumps(said).encode())


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def cypn(*words: str, **environment: str) -> Result:
        base = {"CYPN_REGION": "northshire", "CYPN_PLUGINS": "venue_bank,region_northshire"}
        return CliRunner(env=base | environment).invoke(main, ["geo", "roads", *words])

    return cypn


def test_the_roads_that_a_service_knows_are_found_again(run: Run, tmp_path: Path) -> None:
    """The table that is printed can stand in a region file, and says what the roads are like."""
    with routing_server() as served:
        served.answer = true
        asked = {"CYPN_ROUTING": "osrm", "CYPN_ROUTING_URL": served.url}
        told = run(**asked)
        figures = json.loads(run("--json", **asked).stdout)
    assert told.exit_code == 0, told.stderr
    assert figures["ways"] >= 20
    assert figures["km_off"] < 3
    assert figures["minutes_per_km"] == pytest.approx(1.2, abs=0.05)
    assert figures["minutes_at_start"] == pytest.approx(3, abs=0.5)
    (tmp_path / "places.csv").write_text(
        "code,name,kind,easting,northing,parent,aliases,zone,inside\n"
        "town,Northtown,town,400000,300000,,,,yes\n"
    )
    region = (
        'code = "north"\nname = "North"\nzone_name = "Europe/London"\n'
        f'{told.stdout}[files]\nplaces = "places.csv"\n'
    )
    (tmp_path / "region.toml").write_text(region)
    roads = load_region_dir(tmp_path).travel
    assert roads.km(10) == pytest.approx(14, rel=0.05)
    assert roads.minutes(14) == pytest.approx(19.8, rel=0.05)


def test_without_a_service_the_command_says_what_to_set(run: Run) -> None:
    """Offline there is nobody to ask; a service that fails is told in one line."""
    offline = run()
    assert offline.exit_code == 1
    assert "CYPN_ROUTING" in offline.stderr
    gone = run(CYPN_ROUTING="osrm", CYPN_ROUTING_URL="http://127.0.0.1:9")
    assert gone.exit_code == 1
    assert "cannot be reached" in gone.stderr
    assert "Traceback" not in gone.output


@given(
    at_1_km=st.floats(1.3, 2.0), slope=st.floats(0, 0.1),
    start=st.floats(0, 15), per_km=st.floats(0.7, 4),
)  # fmt: skip
def test_exact_ways_give_their_own_coefficients(
    at_1_km: float, slope: float, start: float, per_km: float
) -> None:
    """What was made by a formula is fitted by it, and within its bounds is not missed at all."""

    def sample(straight: float) -> Sample:
        km = straight * (at_1_km - slope * math.log(straight))
        return Sample(straight, km, start + per_km * km)

    found = [sample(0.5 + at) for at in range(40)]
    roads = fitted(found)
    assert roads.factor_at_1_km == pytest.approx(at_1_km)
    assert roads.factor_slope == pytest.approx(slope, abs=1e-9)
    assert roads.minutes_at_start == pytest.approx(start, abs=1e-6)
    assert roads.minutes_per_km == pytest.approx(per_km)
    assert max(errors(roads, found)) < 5


def test_too_few_ways_are_refused() -> None:
    """Nothing is fitted to a handful, nor to ways of one length."""
    with pytest.raises(ValueError, match="too few"):
        fitted([Sample(1, 1.5, 5)] * 3)
    with pytest.raises(ValueError, match="constant"):
        fitted([Sample(1, 1.5, 5)] * 30)


def test_a_region_of_thousands_of_postcodes_is_asked_for_a_few() -> None:
    """At most 50 points are sent; the table names every coefficient."""
    points = {point for pair in pairs_of(REGION) for point in pair}
    assert 2 < len(points) <= MOST_POINTS
    assert table(Roads()).count("=") == 6
