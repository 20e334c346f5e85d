"""``cypn audit``, as an operator types it."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.towns import ONLY_VENUES

from cypn_core.application.network import utc_now
from cypn_core.storage.engine import open_store
from cypn_core.testing.town import Town
from cypn_services.cli import main


class Hub:
    """A hub that was busy two days ago, and its file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        assert self.cypn("migrate").exit_code == 0
        with open_store(f"sqlite:///{file}") as store:
            town = Town.on(store, ONLY_VENUES, utc_now() - dt.timedelta(days=2))
            town.member("Amber Lane", "seeker", place="Norchester")
        assert "2 days sealed" in self.cypn("tick").output

    def cypn(self, *words: str) -> Result:
        """Type it."""
        environment = {
            "CYPN_DATABASE_URL": f"sqlite:///{self.file}",
            "CYPN_REGION": "northshire",
            "CYPN_PLUGINS": "venue_bank,region_northshire",
        }
        return CliRunner(env=environment).invoke(main, words)


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    return Hub(tmp_path / "cypn.sqlite3")


def test_an_untouched_log_is_as_it_was(hub: Hub) -> None:
    """Exit code 0, how much is sealed, and the last digest, which may be given back."""
    found = json.loads(hub.cypn("audit", "verify", "--json").stdout)
    assert (found["days"], found["flaws"]) == (2, [])
    assert found["events"] > 0
    mailed = f"{found['last']['day']}={found['last']['digest']}"
    told = hub.cypn("audit", "verify", "--mailed", mailed)
    assert told.exit_code == 0
    assert mailed in told.output


def test_a_changed_log_ends_with_exit_code_1(hub: Hub) -> None:
    """An event that somebody wrote over is named with its day."""
    with closing(sqlite3.connect(hub.file)) as file, file:
        file.execute("DROP TRIGGER event_no_update")
        file.execute("UPDATE event SET actor = 'key:other' WHERE seq = 1")
    told = hub.cypn("audit", "verify")
    assert told.exit_code == 1
    assert "Not as it was" in told.output
    assert "changed" in told.output


@pytest.mark.parametrize("said", ["2027-01-04", "2027-13-01=" + "0" * 64, "2027-01-04=abc", ""])
def test_what_is_no_digest_is_refused_in_plain_words(hub: Hub, said: str) -> None:
    """Exit code 2 with what it should be, and no traceback."""
    told = hub.cypn("audit", "verify", "--mailed", said)
    assert told.exit_code == 2
    assert "is not DAY=DIGEST" in told.output


def test_a_digest_of_another_log_is_told(hub: Hub) -> None:
    """What was mailed and is not there shows that the end was cut off."""
    told = hub.cypn("audit", "verify", "--mailed", "2020-01-01=" + "0" * 64)
    assert told.exit_code == 1
    assert "the log was cut" in told.output
