"""The variables of routing: what is refused, and what is told of what is set."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from cypn_core.domain.errors import Invalid
from cypn_services.roads.settings import described, travel

KIND, URL, KEY = "CYPN_ROUTING", "CYPN_ROUTING_URL", "CYPN_ROUTING_KEY"
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
