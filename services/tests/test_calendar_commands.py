"""``cypn calendar``, as an operator types it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from click.testing import CliRunner, Result

from cypn_core.application import check, post
from cypn_core.application.network import SYSTEM
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.standing import CheckOutcome
from cypn_core.web.schemas import load_one_of
from cypn_services.cli import main
from cypn_services.cli.console import operator
from cypn_services.settings import Settings, network

ORG = (
    *("org", "add", "--name", "Amber Lane", "--run-by", "volunteers", "--place", "Norchester"),
    *("--contact-name", "Kim Day", "--contact-email", "kim@example.org", "--json"),
)


OFFER = {
    "kind": "space_offer",
    "place": "Norchester",
    "space_type": "hall",
    "capacity": 40,
    "price": {"basis": "per_hour", "pence": 800},
}
CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
    "BEGIN:VEVENT\r\nUID:a\r\nDTSTART;VALUE=DATE:{day}\r\n{rule}END:VEVENT\r\n"
    "BEGIN:VEVENT\r\nUID:b\r\nDTSTART;VALUE=DATE:{day}\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\n"
    "END:VCALENDAR\r\n"
)


def _offered(environment: dict[str, str], owner: str, day: dt.date) -> str:
    """The id of an offer of *owner*'s, whose checks are passed."""
    hours = {"first": f"{day}", "starts": "13:00", "ends": "17:00", "rrule": "FREQ=DAILY"}
    with network(Settings.read(environment)).writing() as work:
        who = operator(owner)
        check.record(work, SYSTEM, OrganisationId(owner), "holder", CheckOutcome.PASSED, None)
        body = load_one_of(work.hub.exchange("venue_bank").offers, {**OFFER, "hours": [hours]})
        return post.post(work, who, "venue_bank", body).id


def test_an_import_is_tried_and_then_stored(tmp_path: Path) -> None:
    """A dry run says what would come of it and stores nothing; what cannot be read is one line."""
    environment = {
        "CYPN_DATABASE_URL": f"sqlite:///{tmp_path / 'cypn.sqlite3'}",
        "CYPN_REGION": "northshire",
        "CYPN_PLUGINS": "venue_bank,region_northshire",
    }

    def cypn(*words: str) -> Result:
        return CliRunner(env=environment).invoke(main, words)

    assert cypn("migrate").exit_code == 0
    day = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=9)
    offer = _offered(environment, json.loads(cypn(*ORG).stdout)["id"], day)
    file = tmp_path / "diary.ics"
    file.write_text(CALENDAR.format(day=f"{day:%Y%m%d}", rule=""), newline="")
    command = ("calendar", "import", offer, str(file))
    tried = [json.loads(cypn(*command, "--dry-run", "--json").stdout) for _ in "12"]
    assert [(each["revision"], each["dates"], each["stored"]) for each in tried] == [
        (1, 1, False)
    ] * 2
    said = cypn(*command).stdout
    assert "1 dates of 1 events are taken." in said
    assert "left out 1: It is marked as free" in said
    assert json.loads(cypn(*command, "--json").stdout)["revision"] == 2
    file.write_text(
        CALENDAR.format(day=f"{day:%Y%m%d}", rule="RRULE:FREQ=SECONDLY\r\n"), newline=""
    )
    refused = cypn(*command)
    assert refused.exit_code == 1
    assert "VEVENT 1 RRULE" in refused.output
    assert "Traceback" not in refused.output


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
