"""The operator at work on a network in which something goes on."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from click.testing import CliRunner, Result

import cypn_region_northshire.plugin as northshire
from cypn_core.application.network import utc_now
from cypn_core.hub import Hub
from cypn_core.storage.engine import open_store
from cypn_core.testing.stores import NewStore
from cypn_core.testing.town import Town
from cypn_services.cli import main
from cypn_venue_bank import plugin as venue_bank

PLACE = "Norchester"
NEED: dict[str, Any] = {
    "kind": "space_need",
    "place": PLACE,
    "headcount": 12,
    "when": {"first": "2027-02-02", "starts": "14:00", "ends": "16:00"},
}
DAILY = {"first": "2027-01-04", "starts": "13:00", "ends": "17:00", "rrule": "FREQ=DAILY"}
OFFER = {
    "kind": "space_offer",
    "place": PLACE,
    "space_type": "hall",
    "capacity": 40,
    "hours": [DAILY],
    "price": {"basis": "per_hour", "pence": 800},
}


@frozen
class Desk:
    """A network with one agreed deal and one need that waits."""

    url: str
    seeker: str
    deal: str
    waiting: str

    def cypn(self, *words: str) -> Result:
        """Run the command on this network."""
        environment = {
            "CYPN_DATABASE_URL": self.url,
            "CYPN_REGION": "northshire",
            "CYPN_PLUGINS": "venue_bank,region_northshire",
        }
        return CliRunner(env=environment).invoke(main, words)


@pytest.fixture
def desk(new_store: NewStore) -> Desk:
    url = new_store("sqlite")
    with open_store(url) as store:
        town = Town.on(store, Hub.of(venue_bank, northshire), utc_now())
        holder = town.member("Cedar", "holder", place=PLACE)
        seeker = town.member("Amber", "seeker", place=PLACE)
        assert holder.post("venue_bank", "/v1/offers", OFFER).status_code == 201
        need = seeker.post("venue_bank", "/v1/needs", NEED).json["id"]
        plan = seeker.get("venue_bank", f"/v1/needs/{need}/matches").json["full"][0]["key"]
        deal = seeker.post("venue_bank", f"/v1/needs/{need}/asks", {"plan": plan}).json["id"]
        later = {**NEED, "when": {**NEED["when"], "first": "2027-02-03"}}
        waiting = seeker.post("venue_bank", "/v1/needs", later).json["id"]
    return Desk(url, seeker.id, deal, waiting)


def test_a_stored_need_is_answered(desk: Desk) -> None:
    """What fits is found by the need's id; as a table it is told too."""
    found = json.loads(desk.cypn("match", "venue-bank", desk.waiting, "--json").stdout)
    assert found["outcome"] == "full"
    assert found["full"][0]["legs"]
    assert "Fits" in desk.cypn("match", "venue_bank", desk.waiting).stdout


def test_a_need_in_a_file_is_told_exactly_why_not(desk: Desk, tmp_path: Path) -> None:
    """The slot of the agreed deal is not free, and the operator reads the reason."""
    file = tmp_path / "need.json"
    file.write_text(json.dumps(NEED), encoding="utf-8")
    found = json.loads(desk.cypn("match", "venue-bank", str(file), "--json").stdout)
    assert not found["full"]
    assert found["refused"] or found["near"] or found["partial"]


def test_an_action_is_run_for_a_party_once(desk: Desk) -> None:
    """The visit is confirmed; a second time there is nothing to confirm: exit code 1."""
    words = ("venue-bank", "confirm-visit", desk.deal, "--as", desk.seeker)
    done = desk.cypn(*words, "--json")
    assert json.loads(done.stdout)["sub_state"] == "confirmed", done.stderr
    assert desk.cypn(*words).exit_code == 1


def test_a_tick_tells_the_parties(desk: Desk) -> None:
    """Both parties of the agreed deal are written to, and nobody is twice."""
    assert json.loads(desk.cypn("tick", "--json").stdout)["messages"] == 2
    assert json.loads(desk.cypn("tick", "--json").stdout)["messages"] == 0


def test_serve_says_when_its_port_is_taken(desk: Desk) -> None:
    """No traceback: the address and why, exit code 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = desk.cypn("serve", "--port", str(taken.getsockname()[1]))
    assert refused.exit_code == 1
    assert "cannot be listened on" in refused.stderr
