"""Routing services over real sockets: what is sent, what is read, and how little is believed."""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.routing_server import Answer, Served, ors, routing_server, send

import cypn_region_banes.plugin as banes
from cypn_core.domain.places import Point, km
from cypn_core.matching.travel import NoAnswer, Way
from cypn_services.roads.asking import MOST_BYTES, Asking
from cypn_services.roads.grid import lon_lat
from cypn_services.roads.matrix import BLOCK, Matrix, OpenRouteService, Osrm

A, B, C = Point(360_000, 160_000), Point(370_000, 160_000), Point(360_000, 175_000)
PAIRS = [(A, B), (B, A), (A, C)]


@pytest.fixture
def served() -> Iterator[Served]:
    with routing_server() as running:
        yield running


def by_osrm(served: Served, seconds: float = 5.0) -> Matrix:
    return Matrix(Osrm(Asking(url=served.url)), seconds)


def test_osrm_is_asked_once_for_points_and_nothing_else(served: Served) -> None:
    """One GET of /table with each place once, in the map's order, and kilometres and minutes."""
    found = by_osrm(served).ways(PAIRS)
    ((method, path, headers, _),) = served.asked
    assert method == "GET"
    at = ";".join(f"{east:.5f},{north:.5f}" for east, north in map(lon_lat, (A, C, B)))
    chosen = "sources=0;1;2&destinations=0;1;2"
    assert path == f"/table/v1/driving/{at}?{chosen}&annotations=duration,distance"
    assert headers["User-Agent"] == "cypn"
    assert found == {
        (A, B): Way(0.02, 2 / 60, "OSRM"),
        (B, A): Way(2.0, 200 / 60, "OSRM"),
        (A, C): Way(0.01, 1 / 60, "OSRM"),
    }


def test_openrouteservice_is_asked_with_its_key(served: Served) -> None:
    """One POST of /v2/matrix with the key in its header, as the API documents it."""
    served.answer = ors
    found = Matrix(OpenRouteService(Asking(url=served.url, key="sesame"))).ways(PAIRS)
    ((method, path, headers, body),) = served.asked
    assert (method, path) == ("POST", "/v2/matrix/driving-car")
    assert headers["Authorization"] == "sesame"
    assert body == {
        "locations": [list(lon_lat(point)) for point in (A, C, B)],
        "sources": ["0", "1", "2"],
        "destinations": ["0", "1", "2"],
        "metrics": ["distance", "duration"],
        "units": "m",
    }
    assert found[B, A] == Way(2.0, 200 / 60, "openrouteservice")


def test_many_places_are_asked_for_in_blocks(served: Served) -> None:
    """Beyond fifty places there are more questions, and each way is that of its own pair."""
    points = [Point(300_000 + 1000 * at, 200_000) for at in range(BLOCK + 3)]
    pairs = [(a, b) for a in points for b in points if a != b]
    found = by_osrm(served).ways(pairs)
    assert len(served.asked) == 4
    assert found.keys() == set(pairs)
    assert found[points[BLOCK + 1], points[3]] == Way(1.03, 103 / 60, "OSRM")
    served.asked.clear()
    one = [(points[1], points[BLOCK + 1]), *pairwise(points)]
    assert by_osrm(served).ways(one).keys() == set(one)
    assert len(served.asked) == 3


def test_places_without_a_road_between_them_have_no_way(served: Served) -> None:
    """A null in the table is no way, and the others stand."""

    def with_a_gap(served: Served, handler: BaseHTTPRequestHandler) -> None:
        table = [[0, None, 2], [None, 0, 1], [2, 1, 0]]
        send(handler, json.dumps({"code": "Ok", "distances": table, "durations": table}).encode())

    served.answer = with_a_gap
    found = by_osrm(served).ways([(A, C), (A, B)])
    assert found == {(A, C): None, (A, B): Way(0.002, 2 / 60, "OSRM")}


def body(text: str, status: int = 200) -> Answer:
    """A server that always says *text*."""
    return lambda served, handler: send(handler, text.encode(), status)


def table(**changes: Any) -> Answer:
    """OSRM's answer for three places, with *changes*."""
    whole = {"code": "Ok", "distances": [[1] * 3] * 3, "durations": [[1] * 3] * 3}
    return body(json.dumps(whole | changes))


NONSENSE: Mapping[str, tuple[Answer, str]] = {
    "a server that fails": (body("{}", 500), "HTTP 500"),
    "a key that is wrong": (
        body('{"error": "Access to this API has been disallowed"}', 403),
        "403",
    ),
    "too many questions": (body("{}", 429), "HTTP 429"),
    "a web page": (body("<html>Welcome</html>"), "JSON"),
    "nothing": (body(""), "JSON"),
    "brackets without end": (body("[" * 100_000), "JSON"),
    "a list": (body("[]"), "an object"),
    "a refusal": (table(code="NoSegment"), "Ok"),
    "no table": (table(distances=None), "wrong size"),
    "a row too few": (table(distances=[[1] * 3] * 2), "wrong size"),
    "a column too many": (table(durations=[[1] * 4] * 3), "wrong size"),
    "a row that is none": (table(durations=[[1] * 3, 7, [1] * 3]), "wrong size"),
    "words for numbers": (table(distances=[["1", "2", "3"]] * 3), "no number"),
    "no number at all": (table(distances=[[float("nan")] * 3] * 3), "no number"),
    "numbers below zero": (table(durations=[[-1] * 3] * 3), "no number"),
    "numbers beyond reckoning": (table(durations=[[10**400] * 3] * 3), "no number"),
    "truth for numbers": (table(durations=[[True] * 3] * 3), "no number"),
    "more than anybody reads": (body(" " * (MOST_BYTES + 1)), "too long"),
}


@pytest.mark.parametrize(("answer", "said"), NONSENSE.values(), ids=NONSENSE)
def test_nonsense_is_no_answer(served: Served, answer: Answer, said: str) -> None:
    """Whatever comes is `NoAnswer` in words that quote neither the address nor the answer."""
    served.answer = answer
    with pytest.raises(NoAnswer, match=said) as told:
        by_osrm(served).ways(PAIRS)
    assert served.url not in str(told.value)
    assert len(served.asked) == 1


def test_a_redirect_is_not_followed(served: Served) -> None:
    """A key goes to the address that the operator named, and to no other."""
    served.answer = lambda served, handler: send(handler, b"{}", 302, Location=f"{served.url}/x")
    with pytest.raises(NoAnswer, match="HTTP 302"):
        Matrix(OpenRouteService(Asking(url=served.url, key="sesame"))).ways(PAIRS)
    assert len(served.asked) == 1


def test_a_service_that_hangs_is_given_up(served: Served) -> None:
    """The time for all questions together is kept, whether nothing comes or a byte at a time."""
    done = threading.Event()

    def silent(served: Served, handler: BaseHTTPRequestHandler) -> None:
        done.wait(20)

    def dripping(served: Served, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not done.wait(0.02):
            handler.wfile.write(b" ")

    for served.answer in (silent, dripping):
        began = time.monotonic()
        with pytest.raises(NoAnswer, match="too long"):
            by_osrm(served, 0.3).ways(PAIRS)
        assert time.monotonic() - began < 3
    done.set()


def test_nobody_at_the_address_is_no_answer() -> None:
    """A port where nothing listens, and a name that nobody has."""
    for url in ("http://127.0.0.1:9", "http://nobody.invalid"):
        with pytest.raises(NoAnswer, match="cannot be reached"):
            Matrix(Osrm(Asking(url=url))).ways(PAIRS)


@given(east=st.integers(150_000, 640_000), north=st.integers(20_000, 900_000))
def test_degrees_keep_distances(east: int, north: int) -> None:
    """A kilometre on the grid is a kilometre on the globe, within the projection's scale."""
    here, there = Point(east, north), Point(east + 800, north + 600)
    (lon, lat), (lon2, lat2) = lon_lat(here), lon_lat(there)
    across = (lon2 - lon) * 111.32 * math.cos(math.radians(lat))
    up = (lat2 - lat) * 111.2
    assert math.hypot(across, up) == pytest.approx(km(here, there), rel=0.006)


def test_the_grid_is_that_of_a_region_s_wards() -> None:
    """A ward's postcodes, turned into degrees, lie within the outline of that ward."""
    region = banes.cypn_region()
    checked = 0
    for feature in json.loads(region.ward_shapes)["features"]:
        box = _box(feature["geometry"])
        code = feature["properties"]["code"]
        points = [each.point for each in region.postcodes.values() if each.ward == code]
        for lon, lat in map(lon_lat, points[:40]):
            assert box[0] - 0.002 <= lon <= box[2] + 0.002
            assert box[1] - 0.002 <= lat <= box[3] + 0.002
            checked += 1
    assert checked > 500


def _box(geometry: Any) -> tuple[float, float, float, float]:
    flat: list[tuple[float, float]] = []

    def walk(part: Any) -> None:
        if isinstance(part[0], int | float):
            flat.append((part[0], part[1]))
        else:
            for each in part:
                walk(each)

    walk(geometry["coordinates"])
    lons, lats = zip(*flat, strict=True)
    return min(lons), min(lats), max(lons), max(lats)
