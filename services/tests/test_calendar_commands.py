"""``cypn calendar``, as an operator types it."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from cypn_services.cli import main

ORG = (
    *("org", "add", "--name", "Amber Lane", "--run-by", "volunteers", "--place", "Norchester"),
    *("--contact-name", "Kim Day", "--contact-email", "kim@example.org", "--json"),
)


def test_a_feed_is_made_listed_and_revoked(tmp_path: Path) -> None:
    """Its address is printed once; the list shows the label, and after revoking nothing."""
    environment = {
        "CYPN_DATABASE_URL": f"sqlite:///{tmp_path / 'cypn.sqlite3'}",
        "CYPN_REGION": "northshire",
        "CYPN_PLUGINS": "venue_bank,region_northshire",
    }

    def cypn(*words: str) -> Result:
        return CliRunner(env=environment).invoke(main, words)

    assert cypn("migrate").exit_code == 0
    owner = json.loads(cypn(*ORG).stdout)["id"]
    path = cypn("calendar", "new", "--as", owner, "--label", "Kim's phone").stdout.strip()
    assert path.startswith("/calendar/")
    assert path.endswith(".ics")
    (listed,) = json.loads(cypn("calendar", "list", "--as", owner, "--json").stdout)
    assert listed["label"] == "Kim's phone"
    assert "Kim's phone" in cypn("calendar", "list", "--as", owner).stdout
    assert cypn("calendar", "revoke", "--as", owner, listed["id"]).exit_code == 0
    assert cypn("calendar", "list", "--as", owner, "--json").stdout.strip() == "[]"
    again = cypn("calendar", "revoke", "--as", owner, listed["id"])
    assert again.exit_code == 1
    assert "Traceback" not in again.output
