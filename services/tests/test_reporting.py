"""``cypn report`` on a SQLite file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cypn_services.cli import main

PLACE = "Norchester"
ORG = (
    *("org", "add", "--name", "Amber Lane", "--run-by", "volunteers", "--place", PLACE),
    *("--contact-name", "Kim Day", "--contact-email", "kim@example.org", "--json"),
)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    url = f"sqlite:///{tmp_path / 'cypn.sqlite3'}"
    return {"CYPN_DATABASE_URL": url, "CYPN_PLUGINS": "venue_bank,region_northshire"}


def cypn(environment: dict[str, str], *words: str) -> Result:
    done = CliRunner(env=environment).invoke(main, words)
    assert done.exit_code == 0, done.output
    return done


def test_reports_are_printed_and_given_as_json(environment: dict[str, str]) -> None:
    """Each report of an empty network has its tables; a holder's is asked for by id."""
    cypn(environment, "migrate")
    added: dict[str, Any] = json.loads(cypn(environment, *ORG).stdout)
    mine = json.loads(cypn(environment, "report", "holder", "--as", added["id"], "--json").stdout)
    assert (mine["hours_offered"], mine["used_percent"]) == (0.0, None)
    assert "used by others" in cypn(environment, "report", "holder", "--as", added["id"]).stdout
    desk = json.loads(cypn(environment, "report", "coordinator", "--json").stdout)
    assert [each["exchange"] for each in desk["waits"]] == ["venue_bank"]
    assert "Waiting needs" in cypn(environment, "report", "coordinator").stdout
    early = CliRunner(env=environment).invoke(main, ["report", "unmet"])
    assert (early.exit_code, "Nothing was published yet" in early.stderr) == (1, True)
    cypn(environment, "tick")
    gaps = json.loads(cypn(environment, "report", "unmet", "--json").stdout)
    assert (gaps["gaps"], gaps["small"]) == ([], "fewer than 3")
    assert "Overlaps" in cypn(environment, "report", "unmet").stdout


def test_a_holder_that_is_not_there_is_one_line(environment: dict[str, str]) -> None:
    """No table of nothing for an id that nobody has."""
    cypn(environment, "migrate")
    done = CliRunner(env=environment).invoke(main, ["report", "holder", "--as", "0" * 32])
    assert done.exit_code == 1
    assert "There is no organisation with that id." in done.stderr


def test_a_network_is_exported_and_imported(environment: dict[str, str], tmp_path: Path) -> None:
    """Into a new store, whole, and once; a line that is no JSON is named and stores nothing."""
    cypn(environment, "migrate")
    cypn(environment, *ORG)
    file = tmp_path / "network.jsonl"
    cypn(environment, "export", str(file))
    other = environment | {"CYPN_DATABASE_URL": f"sqlite:///{tmp_path / 'other.sqlite3'}"}
    cypn(other, "migrate")
    spoiled = tmp_path / "spoiled.jsonl"
    spoiled.write_text(file.read_text(encoding="utf-8") + "{\n", encoding="utf-8")
    refused = CliRunner(env=other).invoke(main, ["import", str(spoiled)])
    assert (refused.exit_code, "line " in refused.stderr) == (1, True)
    assert "1 organisation" in cypn(other, "import", str(file)).stdout
    assert cypn(other, "export").stdout == file.read_text(encoding="utf-8")
    assert CliRunner(env=other).invoke(main, ["import", str(file)]).exit_code == 1


def test_the_funders_report_is_written_by_the_ending_of_its_file(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """PDF, spreadsheet or text; nothing before the first publication, and no other ending."""
    runner = CliRunner(env=environment)
    cypn(environment, "migrate")
    early = runner.invoke(main, ["report", "funder", "--out", str(tmp_path / "a.pdf")])
    assert (early.exit_code, "Nothing was published yet" in early.stderr) == (1, True)
    cypn(environment, "tick")
    starts = {"pdf": b"%PDF", "xlsx": b"PK", "csv": b"\xef\xbb\xbf"}
    for ending, start in starts.items():
        out = tmp_path / f"a.{ending}"
        assert "Written" in cypn(environment, "report", "funder", "--out", str(out)).stdout
        assert out.read_bytes().startswith(start)
    for more in (["--out", str(tmp_path / "a.doc")], ["--out", "a.pdf", "--language", "xx"]):
        assert runner.invoke(main, ["report", "funder", *more]).exit_code == 2
