"""The variables of routing: what is refused, and what is told of what is set."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from tests.fitting import outing, vehicle
from tests.routing_server import Served, routing_server, send
from tests.towns import NOW, PLACE, matches, posted

from cypn_core.domain.errors import Invalid
from cypn_core.storage.health import prepare
from cypn_core.testing.town import Town
from cypn_services.roads.settings import described, travel
from cypn_services.settings import Settings, network

KIND, URL, KEY = "CYPN_ROUTING", "CYPN_ROUTING_URL", "CYPN_ROUTING_KEY"
RATES = ("hire_pence", "fuel_pence", "insurance_pence", "driver_pence")
OWN, PUBLIC = {KIND: "osrm"}, {KIND: "openrouteservice"}
BAD: Mapping[str, tuple[dict[str, str], str, str]] = {
    "another service": ({KIND: "google"}, KIND, "must be offline, osrm or"),
    "nothing": ({KIND: " "}, KIND, "must be offline, osrm or"),
    "no address": (OWN, URL, "is missing"),
    "no scheme": (OWN | {URL: "localhost:5000"}, URL, "is no address"),
    "a file": (OWN | {URL: "file:///etc/passwd"}, URL, "is no address"),
    "a bad port": (OWN | {URL: "http://h:99999"}, URL, "is no address"),
    "a password in it": (OWN | {URL: "http://me:pw@h"}, URL, "plain"),
    "a key in the clear": (PUBLIC | {URL: "http://h", KEY: "k"}, URL, "https"),
    "a key of no use": (OWN | {URL: "https://h", KEY: "k"}, KEY, "no use"),
    "the public one without a key": (PUBLIC, KEY, "is missing"),
    "a key in two lines": (PUBLIC | {KEY: "a\nb"}, KEY, "one word"),
    "an address while offline": ({URL: "http://h"}, URL, "no use"),
}


@pytest.mark.parametrize(("environment", "name", "said"), BAD.values(), ids=BAD)
def test_bad_settings_name_the_variable(environment: dict[str, str], name: str, said: str) -> None:
    """Each is refused at the start, with the mend, and without the key."""
    with pytest.raises(Invalid) as told:
        travel(environment)
    assert list(told.value.fields) == [name]
    assert said in told.value.fields[name][0]


def test_good_settings_are_told_without_the_key() -> None:
    """Offline by default; else which service, and on which machine."""
    assert described({}).startswith("offline")
    own = {"CYPN_ROUTING": "osrm", "CYPN_ROUTING_URL": "http://roads.example.org:5000/"}
    assert described(own) == "osrm at roads.example.org"
    keyed = {"CYPN_ROUTING": "openrouteservice", "CYPN_ROUTING_KEY": "sesame"}
    assert described(keyed) == "openrouteservice at api.openrouteservice.org"
    assert "sesame" not in repr(travel(keyed))


def test_a_hub_that_is_set_up_to_ask_goes_by_what_it_is_told(tmp_path: Path) -> None:
    """From the variables to the price of an outing: one question for two answers."""
    with routing_server() as served:
        environment = {
            "CYPN_DATABASE_URL": f"sqlite:///{tmp_path / 'hub.sqlite3'}",
            "CYPN_REGION": "northshire",
            "CYPN_PLUGINS": "transport,region_northshire",
            **OWN,
            URL: served.url,
        }
        settings = Settings.read(environment)
        with closing(settings.store()) as store:
            prepare(store)
            with closing((built := network(settings)).store):
                assert built.travel == settings.travel
            town = Town.on(store, settings.hub(), NOW, travel=settings.travel)
            served.answer = straight
            owner = town.member("Cedar Wheels", "holder", place="Wexbridge")
            rates = dict.fromkeys(RATES, 0) | {"distance_pence": 60}
            offer = vehicle(place="Wexbridge", comes_with_driver=True, rates=rates)
            posted(owner, "offer", offer, "transport")
            seeker = town.member("Amber Lane", "seeker", place=PLACE)
            need = posted(seeker, "need", outing(), "transport")
            plan = matches(seeker, need, "transport")["full"][0]
            assert matches(seeker, need, "transport")["full"][0] == plan
    assert len(served.asked) == 1
    assert plan["legs"][0]["lines"] == [
        {"label": "mileage with the group aboard", "pence": 2 * 30 * 60},
        {"label": "empty running", "pence": 2 * 30 * 60},
    ]


def straight(served: Served, handler: BaseHTTPRequestHandler) -> None:
    """Every way is 30 kilometres and 40 minutes."""
    places = handler.path.partition("?")[0].count(";") + 1
    metres, seconds = [[30_000.0] * places] * places, [[2400.0] * places] * places
    send(handler, json.dumps({"code": "Ok", "distances": metres, "durations": seconds}).encode())
