"""R02: only one exchange is installed, and what another left behind stays readable."""

from __future__ import annotations

import datetime as dt
import importlib

import pytest
from tests.sample_exchange import ThingNeed, things
from werkzeug.test import Client

import cypn_region_northshire.plugin as northshire
from cypn_core.application.network import Network
from cypn_core.application.post import post
from cypn_core.application.report import answers
from cypn_core.application.tick import tick
from cypn_core.hub import Hub
from cypn_core.storage.engine import Store
from cypn_core.storage.export import rows
from cypn_core.testing.town import Town
from cypn_services import serving
from cypn_services.doctor import examine
from cypn_services.settings import Settings
from cypn_venue_bank import plugin as venue_bank

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
ONE = Hub.of(venue_bank, northshire)
TWO = Hub.of(venue_bank, things(), northshire)


@pytest.fixture
def site(store: Store) -> Client:
    return Client(serving.together_app(Network(hub=ONE, store=store)))


def test_r02_capabilities_list_the_one_exchange(store: Store) -> None:
    """Whoever asks what there is hears of the venue bank and of nothing else."""
    member = Town.on(store, ONE, NOW).member("Amber Lane", "seeker", place="Norchester")
    told = member.get("membership", "/v1").json
    assert [each["name"] for each in told["exchanges"]] == ["venue_bank"]


@pytest.mark.parametrize("path", ["/transport", "/transport/v1/needs", "/transport/openapi.json"])
def test_r02_addresses_of_what_is_not_there_say_so(site: Client, path: str) -> None:
    """404, with a sentence that names what there is."""
    answer = site.get(path)
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert "it has: /membership, /venue-bank" in answer.json["detail"]


@pytest.mark.parametrize("path", ["/", "/healthz", "/v1/needs", "/openapi.json"])
def test_r02_the_service_of_what_is_not_there_says_so(store: Store, path: str) -> None:
    """The service itself starts, and answers 404 with a sentence at every address."""
    app = serving.exchange_app(Network(hub=ONE, store=store), "transport")
    answer = app.test_client().post(path)
    assert answer.status_code == 404
    assert "no exchange called transport; it has: venue_bank" in answer.json["detail"]


@pytest.mark.parametrize(
    "name", ["membership", "venue_bank", "transport", "procurement", "together"]
)
def test_r02_every_service_can_be_imported(name: str) -> None:
    """Importing opens nothing and needs no plugin; only ``app`` does."""
    module = importlib.import_module(f"cypn_services.{name}")
    with pytest.raises(AttributeError):
        _ = module.application


def test_r02_the_front_page_lists_what_there_is(site: Client) -> None:
    """The page links the one exchange and lets no other origin in."""
    page = site.get("/")
    assert page.status_code == 200
    assert "Venue bank" in page.text
    assert "transport" not in page.text.lower()
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert site.get("/venue-bank/openapi.json").status_code == 200
    assert 'href="venue-bank/openapi.json"' in site.get("/developers").text


def test_r02_what_an_uninstalled_exchange_stored_is_exported(
    store: Store, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its postings are exported whole, time still passes, and nothing else is disturbed."""
    town = Town.on(store, TWO, NOW)
    member = town.member("Amber Lane", "seeker", place="Norchester")
    with town.network.writing() as work:
        left = post(work, town.acting(member), "things", ThingNeed(colour="blue"))
    without = Network(hub=ONE, store=store)
    with store.reading() as connection:
        (row,) = [row for row in rows(connection) if row["table"] == "posting"]
    assert row["id"] == left.id
    assert row["body"] == {
        "kind": "thing_need", "place": None, "note": "", "colour": "blue"
    }  # fmt: skip
    assert tick(without).needs_expired == 0
    with without.reading() as work:
        assert answers(work, "venue_bank") == []
    chosen = Settings(
        database_url=store_url, region="northshire", plugins=("venue_bank", "region_northshire")
    )
    found = examine(chosen)
    assert found["left_by_plugins_that_are_gone"] == {"things": 1}
    assert found["problems"] == []
