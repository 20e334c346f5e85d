"""``cypn season``: what a coordinator types, from opening to explaining."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import cypn_region_northshire.plugin as northshire
from cypn_core.application import season_open
from cypn_core.application.network import SYSTEM
from cypn_core.hub import Hub
from cypn_core.storage.engine import open_store
from cypn_core.testing.town import Town
from cypn_services.cli import main
from cypn_venue_bank import plugin as venue_bank

PLACE = "Norchester"
NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
TODAY = NOW.date()
FIRST = TODAY + dt.timedelta(days=60)
UNTIL = FIRST + dt.timedelta(weeks=4)

Cypn = Callable[..., Result]


def weekly() -> dict[str, object]:
    return {
        "first": str(FIRST), "starts": "14:00", "ends": "16:00", "rrule": "FREQ=WEEKLY;COUNT=3",
    }  # fmt: skip


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'cypn.sqlite3'}"


@pytest.fixture
def cypn(url: str) -> Cypn:
    """Runs the command on a store of its own, which is migrated."""
    environment = {
        "CYPN_DATABASE_URL": url,
        "CYPN_REGION": "northshire",
        "CYPN_PLUGINS": "venue_bank,region_northshire",
    }

    def run(*words: str) -> Result:
        return CliRunner(env=environment).invoke(main, words)

    assert run("migrate").exit_code == 0
    return run


@pytest.fixture
def season(cypn: Cypn, url: str) -> str:
    """A season that was opened a month ago and may be closed: one hall, two groups."""
    with open_store(url) as store:
        hub = Hub.of(venue_bank, northshire)
        town = Town.on(store, hub, NOW - dt.timedelta(days=30))
        holder = town.member("Cedar Hall", "holder", place=PLACE)
        hall = {
            "kind": "space_offer", "place": PLACE, "space_type": "hall", "capacity": 40,
            "hours": [weekly()], "price": {"basis": "per_hour", "pence": 800},
        }  # fmt: skip
        assert holder.post("venue_bank", "/v1/offers", hall).status_code == 201
        for name in ("Amber Lane", "Birch Close"):
            group = town.member(name, "seeker", place=PLACE)
            need = {"kind": "space_need", "place": PLACE, "headcount": 12, "when": weekly()}
            assert group.post("venue_bank", "/v1/needs", need).status_code == 201
        wanted = season_open.SeasonWanted(
            exchange="venue_bank", first=FIRST, until=UNTIL, closes_on=TODAY
        )
        return town.network.transact(lambda work: season_open.open_(work, SYSTEM, wanted)).id


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_season_is_previewed_closed_and_explained(cypn: Cypn, season: str) -> None:
    """Each step says in tables what it found; a second close changes nothing; nobody is named."""
    seen = cypn("season", "preview", season)
    assert seen.exit_code == 0, seen.output
    assert "2 needs of 2 groups; 1 would get nothing." in seen.stdout
    assert told(cypn("season", "list", "--json"))[0]["state"] == "due"
    first = told(cypn("season", "close", season, "--seconds", "20", "--json"))
    assert (first["state"], first["proof"]["proven"]) == ("closed", True)
    again = cypn("season", "close", season)
    assert f"{season} is closed." in again.stdout
    assert "gap 0.0%; proven to be the best." in again.stdout
    outcomes = told(cypn("season", "explain", season, "--json"))
    assert sorted(each["won"] for each in outcomes) == [False, True]
    table = cypn("season", "explain", season)
    assert "nothing yet" in table.stdout
    assert "Amber" not in seen.stdout + table.stdout


def test_a_season_is_opened_and_listed(cypn: Cypn) -> None:
    """It is opened with plain dates, and says what it means."""
    words = ("--first", str(FIRST), "--until", str(UNTIL), "--closes-on", str(FIRST))
    opened = cypn("season", "open", "venue-bank", *words)
    assert opened.exit_code == 0, opened.output
    assert "as many groups as possible" in opened.stdout
    assert "venue_bank" in cypn("season", "list").stdout
    refused = cypn("season", "open", "venue-bank", *words)
    assert refused.exit_code == 1
    assert "shares dates" in refused.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("open", "moon", "--first", str(FIRST), "--until", str(UNTIL)), "exchange"),
        (("open", "venue_bank", "--first", str(UNTIL), "--until", str(FIRST)), "until"),
    ],
)
def test_what_cannot_be_is_one_plain_line(cypn: Cypn, words: tuple[str, ...], said: str) -> None:
    """An unknown exchange and a span that is turned round end with exit code 1 and a sentence."""
    refused = cypn("season", *words, "--closes-on", str(FIRST))
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert "Traceback" not in refused.output


def test_an_open_season_is_not_closed_and_not_explained(cypn: Cypn) -> None:
    """Closing early is refused and points to the preview; nothing is there to explain."""
    words = ("--first", str(FIRST), "--until", str(UNTIL), "--closes-on", str(FIRST))
    season = told(cypn("season", "open", "venue_bank", *words, "--json"))["id"]
    assert "preview" in cypn("season", "close", season).stderr
    assert "Nothing is decided yet" in cypn("season", "explain", season).stderr
    assert cypn("season", "preview", season).exit_code == 0
