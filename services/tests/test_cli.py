"""The command ``cypn`` on a SQLite file, as an operator types it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cypn_services.cli import main

PLACE = "Norchester"
ORG = (
    *("org", "add", "--name", "Amber Lane", "--run-by", "volunteers", "--place", PLACE),
    *("--contact-name", "Kim Day", "--contact-email", "kim@example.org", "--json"),
)
HEADER = "name,run_by,place,contact_name,contact_email,contact_phone\n"
GOOD = f"Cedar,paid_staff,{PLACE},Lee,lee@example.org,'+44 1225 000\n"
BAD = f"Dune,somebody,{PLACE},Jo,jo@example.org,\nElm,volunteers,Nowhereton,Jo,jo,\n"

Cypn = Callable[..., Result]


@pytest.fixture
def cypn(tmp_path: Path) -> Cypn:
    """Runs the command on a store of its own, which is migrated."""

    def run(*words: str, **environment: str | None) -> Result:
        base = {
            "CYPN_DATABASE_URL": f"sqlite:///{tmp_path / 'cypn.sqlite3'}",
            "CYPN_REGION": "northshire",
            "CYPN_PLUGINS": "venue_bank,region_northshire",
        }
        return CliRunner(env=base | environment).invoke(main, words)

    assert run("migrate").exit_code == 0
    return run


def told(result: Result) -> object:
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def a_need(**more: object) -> str:
    when = {"first": "2030-02-05", "starts": "14:00", "ends": "16:00"}
    return json.dumps({"kind": "space_need", "place": PLACE, "headcount": 12, "when": when, **more})


def test_an_organisation_is_added_listed_and_shown(cypn: Cypn) -> None:
    """What is told on joining is read back by the id that was printed."""
    added = told(cypn(*ORG))
    assert told(cypn("org", "list", "--json")) == [added]
    assert told(cypn("org", "show", added["id"], "--json")) == added
    assert "Amber Lane" in cypn("org", "list").stdout


def test_a_file_with_bad_rows_stores_nothing_and_names_each(cypn: Cypn, tmp_path: Path) -> None:
    """Every bad row is named with its field, and the good one beside them is not stored."""
    file = tmp_path / "groups.csv"
    file.write_text(HEADER + GOOD + BAD + GOOD, encoding="utf-8")
    refused = cypn("org", "import", str(file))
    assert refused.exit_code == 1
    bad = ("row 3: run_by", "row 4: contact.email", "row 5: name: Cedar reads like that in row 2")
    assert all(said in refused.stderr for said in bad)
    assert told(cypn("org", "list", "--json")) == []


def test_a_dry_run_stores_nothing_and_a_real_one_can_be_written_again(
    cypn: Cypn, tmp_path: Path
) -> None:
    """Import after export is the same list; a cell that would be a formula is guarded."""
    file = tmp_path / "groups.csv"
    file.write_text(HEADER + GOOD, encoding="utf-8")
    assert cypn("org", "import", str(file), "--dry-run").exit_code == 0
    assert told(cypn("org", "list", "--json")) == []
    assert cypn("org", "import", str(file)).exit_code == 0
    (stored,) = told(cypn("org", "list", "--json"))
    assert stored["profile"]["contact"]["phone"] == "+44 1225 000"
    assert "'+44 1225 000" in cypn("org", "list", "--csv").stdout
    assert "reads like that of a member" in cypn("org", "import", str(file)).stderr


def test_a_file_without_a_column_is_refused_whole(cypn: Cypn, tmp_path: Path) -> None:
    """A missing column is named once, and not for each row."""
    file = tmp_path / "groups.csv"
    file.write_text("name,place\nCedar,Norchester\n", encoding="utf-8")
    refused = cypn("org", "import", str(file))
    assert refused.exit_code == 1
    assert "contact_email" in refused.stderr


def test_a_check_is_recorded_listed_and_falls_due(cypn: Cypn) -> None:
    """A pass that ends soon is on record, and among those that fall due."""
    owner = told(cypn(*ORG))["id"]
    assert cypn("check", "record", owner, "seeker", "--outcome", "pending").exit_code == 0
    (listed,) = told(cypn("check", "list", owner, "--json"))
    assert (listed["role"], listed["outcome"]) == ("seeker", "pending")
    (due,) = told(cypn("check", "due", "--json"))
    assert due["organisation"] == owner


def test_checks_come_from_a_list_whole_or_not_at_all(cypn: Cypn, tmp_path: Path) -> None:
    """A bad cell is named with its row and column, and the good row beside it waits too."""
    owner, file = told(cypn(*ORG))["id"], tmp_path / "checks.csv"
    good = "organisation,role,outcome,expires_on\nAmber Lane,seeker,passed,\n"
    file.write_text(good + "Nobody,pilot,passed,\n", encoding="utf-8")
    refused = cypn("check", "import", str(file))
    assert refused.exit_code == 1
    assert "row 3: role: there is no checklist for pilot" in refused.stderr
    assert told(cypn("check", "list", owner, "--json")) == []
    file.write_text(good, encoding="utf-8")
    assert cypn("check", "import", str(file), "--dry-run").exit_code == 0
    assert told(cypn("check", "list", owner, "--json")) == []
    assert told(cypn("check", "import", str(file), "--json")) == {"checks": 1, "stored": True}
    assert len(told(cypn("check", "list", owner, "--json"))) == 1


def test_a_key_is_printed_once_and_revoked(cypn: Cypn) -> None:
    """The list of keys never holds the key."""
    made = told(cypn("key", "new", "--scope", "coordinator", "--label", "Desk", "--json"))
    listed = cypn("key", "list", "--json").stdout
    assert made["key"].startswith("cypn_")
    assert made["key"] not in listed
    assert cypn("key", "revoke", made["id"]).exit_code == 0
    assert told(cypn("key", "list", "--json"))[0]["revoked"]
    assert cypn("key", "revoke", made["id"]).exit_code == 1


def test_a_need_in_a_file_is_judged_and_not_stored(cypn: Cypn, tmp_path: Path) -> None:
    """Nothing is offered, so it is unmet; and nothing of it is in the store."""
    file = tmp_path / "need.json"
    file.write_text(a_need(), encoding="utf-8")
    assert told(cypn("match", "venue-bank", str(file), "--json"))["outcome"] == "unmet"
    assert '"posting"' not in cypn("export").stdout


@pytest.mark.parametrize(
    ("body", "said"), [('{"kind": 1', "not JSON"), (a_need(headcount=0), "headcount")]
)
def test_a_bad_need_is_refused_in_one_line(
    cypn: Cypn, tmp_path: Path, body: str, said: str
) -> None:
    """What is wrong with the file is told as the service would tell it."""
    file = tmp_path / "need.json"
    file.write_text(body, encoding="utf-8")
    refused = cypn("match", "venue-bank", str(file))
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_places_are_found_and_unknown_ones_refused(cypn: Cypn) -> None:
    """A place of the region prints its spot; another exits with 1."""
    assert told(cypn("geo", "find", PLACE, "--json"))["inside"] is True
    assert cypn("geo", "find", "Nowhereton").exit_code == 1


def test_a_tick_prints_what_it_did(cypn: Cypn) -> None:
    """An empty network has nothing due but its first publication."""
    assert told(cypn("tick", "--json"))["tables_published"] > 0
    assert set(told(cypn("tick", "--json")).values()) == {0}


def test_an_export_is_json_lines_without_a_key(cypn: Cypn, tmp_path: Path) -> None:
    """Each line is a row of a table; digests of keys are not among them."""
    cypn(*ORG)
    cypn("key", "new", "--scope", "coordinator", "--label", "Desk")
    file = tmp_path / "all.jsonl"
    assert cypn("export", str(file)).exit_code == 0
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    told = ["organisation", "event", "event", "contact_origin"]
    assert [row["table"] for row in rows] == told
    assert rows[0]["body"]["name"] == "Amber Lane"
    assert "digest" not in file.read_text(encoding="utf-8")


def test_a_healthy_network_passes_the_doctor(cypn: Cypn) -> None:
    """Nothing is to be mended, and the plugins in use are named."""
    found = told(cypn("doctor", "--json"))
    assert found["problems"] == []
    assert found["exchanges"] == ["venue_bank"]
    assert found["writable"] is True


def test_the_doctor_names_what_is_wrong(cypn: Cypn, tmp_path: Path) -> None:
    """A store without a schema is something to mend: exit code 1."""
    sick = cypn("doctor", "--json", CYPN_DATABASE_URL=f"sqlite:///{tmp_path / 'new.sqlite3'}")
    assert sick.exit_code == 1
    assert "cypn migrate" in json.loads(sick.stdout)["problems"][0]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CYPN_REGION", " ", "CYPN_REGION"),
        ("CYPN_REGION", "atlantis", "CYPN_REGION"),
        ("CYPN_PLUGINS", "venue_bank,,", "CYPN_PLUGINS"),
        ("CYPN_PLUGINS", "nothing_such", "CYPN_PLUGINS"),
        ("CYPN_DATABASE_URL", "mysql://db/x", "CYPN_DATABASE_URL"),
        ("CYPN_DATABASE_URL", "", "CYPN_DATABASE_URL"),
    ],
)
def test_a_bad_setting_is_named_in_one_line(cypn: Cypn, name: str, value: str, said: str) -> None:
    """No traceback: the variable, what is wrong, exit code 1."""
    refused = cypn("tick", **{name: value})
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [("no-such",), ("org", "add"), ("match", "venue-bank", "neither"), ("serve", "no-such")],
)
def test_wrong_use_exits_with_two(cypn: Cypn, words: tuple[str, ...]) -> None:
    """Unknown commands, missing options and unknown exchanges are wrong use."""
    assert cypn(*words).exit_code == 2


def test_a_store_that_cannot_be_opened_is_told_in_one_line(cypn: Cypn, tmp_path: Path) -> None:
    """A folder that is not there: no traceback, also while migrating."""
    missing = {"CYPN_DATABASE_URL": f"sqlite:///{tmp_path / 'no' / 'store.sqlite3'}"}
    for command in ("migrate", "tick", "export"):
        refused = cypn(command, **missing)
        assert refused.exit_code == 1
        assert "cannot be opened" in refused.stderr


def test_commands_are_derived_from_actions(cypn: Cypn) -> None:
    """An exchange with an action has a group with that command; a strange deal is refused."""
    assert "confirm-visit" in cypn("venue-bank", "--help").stdout
    owner = told(cypn(*ORG))["id"]
    cypn("check", "record", owner, "seeker")
    assert cypn("venue-bank", "confirm-visit", "0" * 32, "--as", owner).exit_code == 1
    assert cypn("venue-bank", "confirm-visit", "0" * 32).exit_code == 2


def test_an_organisation_is_erased_once_its_name_is_typed(cypn: Cypn) -> None:
    """Another name is refused; the right one leaves nobody in the list, and the file forgets it."""
    added = told(cypn(*ORG))
    refused = cypn("org", "erase", added["id"], "--name", "Amber")
    assert (refused.exit_code, "exactly as it stands" in refused.stderr) == (1, True)
    assert cypn("org", "erase", added["id"], "--name", "Amber Lane").exit_code == 0
    assert told(cypn("org", "list", "--json")) == []
    assert "kim@example.org" not in cypn("export").stdout
