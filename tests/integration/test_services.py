"""The services as they are deployed: as processes of their own, and in somebody else's site."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import repeat

import httpx
import pytest
from click.testing import CliRunner
from flask import Flask, abort

import cypn_region_northshire.plugin as northshire
from cypn_core.application.network import Network, utc_now
from cypn_core.hub import Hub
from cypn_core.storage.engine import Store, open_store
from cypn_core.testing.stores import NewStore
from cypn_core.testing.town import Member, Town
from cypn_services import serving
from cypn_services.cli import main
from cypn_services.ticker import Ticker
from cypn_venue_bank import plugin as venue_bank

SERVICES = ("membership", "venue_bank", "transport", "procurement")
HUB = Hub.of(venue_bank, northshire)
PLACE = "Norchester"
PATIENCE = 200
"""How many times a service that starts is asked whether it is ready."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def process(*words: str, port: int, **environment: str) -> Iterator[httpx.Client]:
    """A running process and a client for it, once it answers that it is ready."""
    command = [sys.executable, "-m", *words]
    with subprocess.Popen(command, env=os.environ | environment) as running:
        transport = httpx.HTTPTransport(retries=8)  # waits longer after each refused connection
        client = httpx.Client(base_url=f"http://127.0.0.1:{port}", transport=transport, timeout=30)
        try:
            with client:
                assert any(client.get("/readyz").is_success for _ in repeat(None, PATIENCE))
                yield client
        finally:
            running.terminate()


def environment_of(url: str) -> dict[str, str]:
    plugins = "venue_bank,transport,procurement,region_northshire"
    return {"CYPN_DATABASE_URL": url, "CYPN_REGION": "northshire", "CYPN_PLUGINS": plugins}


def an_offer() -> dict[str, object]:
    every_day = {"first": "2027-01-04", "starts": "13:00", "ends": "17:00", "rrule": "FREQ=DAILY"}
    return {
        "kind": "space_offer",
        "place": PLACE,
        "space_type": "hall",
        "capacity": 40,
        "hours": [every_day],
        "price": {"basis": "per_hour", "pence": 800},
    }


def a_need() -> dict[str, object]:
    when = {"first": "2027-02-02", "starts": "14:00", "ends": "16:00"}
    return {"kind": "space_need", "place": PLACE, "headcount": 12, "when": when}


def sent(client: httpx.Client, member: Member, path: str, body: object) -> httpx.Response:
    answer = client.post(path, json=body, headers={"Authorization": f"Bearer {member.token}"})
    assert answer.status_code == 201, answer.text
    return answer


def read(client: httpx.Client, member: Member, path: str) -> httpx.Response:
    return client.get(path, headers={"Authorization": f"Bearer {member.token}"})


def test_four_services_are_four_processes_on_one_postgresql(new_store: NewStore) -> None:
    """Agreed through the venue bank's process, told by a tick, read at membership's process."""
    url = new_store("postgresql")
    with open_store(url) as store:
        town = Town.on(store, HUB, utc_now())
        holder = town.member("Cedar", "holder", place=PLACE)
        seeker = town.member("Amber", "seeker", place=PLACE)
    with ExitStack() as stack:
        clients = {}
        for name in SERVICES:
            port = free_port()
            words = ("waitress", f"--listen=127.0.0.1:{port}", f"cypn_services.{name}:app")
            running = process(*words, port=port, **environment_of(url))
            clients[name] = stack.enter_context(running)
        bank = clients["venue_bank"]
        sent(bank, holder, "/v1/offers", an_offer())
        need = sent(bank, seeker, "/v1/needs", a_need()).json()["id"]
        plan = read(bank, seeker, f"/v1/needs/{need}/matches").json()["full"][0]["key"]
        sent(bank, seeker, f"/v1/needs/{need}/asks", {"plan": plan})
        ticked = CliRunner(env=environment_of(url)).invoke(main, ["tick"])
        assert ticked.exit_code == 0, ticked.output
        for member, other in ((holder, "Amber"), (seeker, "Cedar")):
            (message,) = read(clients["membership"], member, "/v1/inbox").json()["items"]
            assert other in message["text"]
        for name in ("transport", "procurement"):
            assert read(clients[name], seeker, "/v1").json()["exchange"] == name


def test_serve_mounts_one_exchange_with_membership(new_store: NewStore) -> None:
    """``cypn serve venue-bank`` answers for these two at their addresses, and for no other."""
    port = free_port()
    words = ("cypn_services.cli", "serve", "venue-bank", "--port", str(port))
    with process(*words, port=port, **environment_of(new_store("sqlite"))) as client:
        assert client.get("/venue-bank/readyz").is_success
        assert client.get("/membership/readyz").is_success
        assert client.get("/transport/readyz").status_code == 404


def test_an_exchange_is_mounted_in_another_site(store: Store) -> None:
    """Below the prefix problems are told; everywhere else the site's own error pages stay."""
    site = Flask("somebody")
    site.add_url_rule("/broken", "broken", lambda: abort(500))
    site.register_error_handler(404, lambda _: ("<h1>Our own page</h1>", 404))
    serving.mounted(site, "venue_bank", "/find-a-space", Network(hub=HUB, store=store))
    client = site.test_client()
    lost = client.get("/nowhere")
    assert (lost.status_code, lost.text, lost.mimetype) == (
        404,
        "<h1>Our own page</h1>",
        "text/html",
    )
    assert "Content-Security-Policy" not in lost.headers
    assert client.get("/broken").mimetype == "text/html"
    mounted = client.get("/find-a-space/nowhere")
    assert (mounted.status_code, mounted.mimetype) == (404, "application/problem+json")
    assert client.get("/find-a-space/v1").json["type"] == "/find-a-space/problems/key-needed"


def test_of_two_machines_one_lets_time_pass(store: Store) -> None:
    """While one holds the lease the other leaves the work to it, and takes over afterwards."""
    network = Network(hub=HUB, store=store)
    one, other = Ticker(network), Ticker(network)
    assert one.once()
    assert not other.once()
    one.start()
    one.stop()
    assert other.once()


@pytest.mark.parametrize("name", ["venue_bank", "together"])
def test_a_service_that_cannot_start_says_why_in_one_line(name: str, tmp_path: object) -> None:
    """No traceback: the store that lacks its schema is told in a line, with exit code 1."""
    code = f"from cypn_services.{name} import app"
    environment = environment_of(f"sqlite:///{tmp_path}/new.sqlite3")
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert "cypn migrate" in ended.stderr
    assert ended.stderr.count("\n") == 1
