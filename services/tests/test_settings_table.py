"""The settings are declared once: manual, command and code say the same."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from cypn_core.domain.errors import Invalid
from cypn_services.cli import main
from cypn_services.variables import BY_NAME, VARIABLES, given, table, unknown

ROOT = Path(__file__).parents[2]


def test_every_variable_that_the_code_reads_is_declared() -> None:
    """No name stands in the code that the table lacks, and none in the table that nobody reads."""
    sources = [
        path
        for folder in ("src", "services/src", "plugins")
        for path in (ROOT / folder).rglob("*.py")
        if "testing" not in path.parts and "tests" not in path.parts
    ]
    found = {
        name
        for path in sources
        if path.name != "variables.py"
        for name in re.findall(r'"(CYPN_[A-Z_]+)"', path.read_text(encoding="utf-8"))
    }
    assert found == set(BY_NAME)


def test_the_manual_holds_the_table() -> None:
    """docs/settings.md says what the declarations say."""
    assert table() in (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")


def test_the_command_lists_all_and_prints_no_secret() -> None:
    """Each variable, what it is set to, and of a secret only that it is set."""
    url = "postgresql://kim:hunter2@db/x"
    runner = CliRunner(env={"CYPN_DATABASE_URL": url, "CYPN_REGION": "northshire"})
    done = runner.invoke(main, ["settings", "--json"])
    told = {each["name"]: each["set_to"] for each in json.loads(done.stdout)}
    assert set(told) == set(BY_NAME)
    assert told["CYPN_REGION"] == "northshire"
    assert "hunter2" not in done.output
    assert told["CYPN_DATABASE_URL"] == "(set, and secret)"


def test_a_mistyped_variable_is_named() -> None:
    """The command and the doctor say that nobody reads it."""
    assert unknown({"CYPN_REGOIN": "x", "CYPN_REGION": "x", "CYPN_SMTP_URL_FILE": "x"}) == [
        "CYPN_REGOIN"
    ]
    runner = CliRunner(env={"CYPN_REGOIN": "x"})
    assert "CYPN_REGOIN is read by nobody" in runner.invoke(main, ["settings"]).output
    assert "CYPN_REGOIN is read by nobody" in runner.invoke(main, ["doctor"]).output


@pytest.mark.parametrize("name", [each.name for each in VARIABLES if each.secret])
def test_a_secret_may_be_given_as_a_file(tmp_path: Path, name: str) -> None:
    """What is in the file counts, without the line's end; twice or unreadable is refused."""
    file = tmp_path / "secret"
    file.write_text("hunter2\n", encoding="utf-8")
    assert given({f"{name}_FILE": str(file)})[name] == "hunter2"
    with pytest.raises(Invalid, match="set twice"):
        given({f"{name}_FILE": str(file), name: "x"})
    with pytest.raises(Invalid, match=f"{name}_FILE: names a file that cannot be read"):
        given({f"{name}_FILE": str(tmp_path / "nowhere")})


def test_only_secrets_are_read_from_files() -> None:
    """Any other name with _FILE is nobody's."""
    assert given({"CYPN_REGION_FILE": "nowhere"}) == {"CYPN_REGION_FILE": "nowhere"}
    assert unknown({"CYPN_REGION_FILE": "nowhere"}) == ["CYPN_REGION_FILE"]
