"""``cypn staff``, as an operator types it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cypn_services.cli import main

ADD = ("staff", "add", "Sam@Example.org", "--name", "Sam Hill", "--role")

Cypn = Callable[..., Result]


@pytest.fixture
def cypn(tmp_path: Path) -> Cypn:
    """Runs the command on a store of its own, which is migrated."""
    environment = {
        "CYPN_DATABASE_URL": f"sqlite:///{tmp_path / 'cypn.sqlite3'}",
        "CYPN_REGION": "northshire",
        "CYPN_PLUGINS": "venue_bank,region_northshire",
    }

    def run(*words: str) -> Result:
        return CliRunner(env=environment).invoke(main, words)

    assert run("migrate").exit_code == 0
    return run


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_somebody_is_added_in_two_roles_and_loses_them(cypn: Cypn) -> None:
    """One person at one address, however it is spelt; the id stays, for the log."""
    first = told(cypn(*ADD, "coordinator", "--json"))
    both = told(cypn(*ADD, "trustee", "--json"))
    assert both["roles"] == "coordinator, trustee"
    assert both["id"] == first["id"]
    left = told(cypn("staff", "remove", "SAM@example.org", "--role", "trustee", "--json"))
    assert left["roles"] == "coordinator"
    assert "no role any more" in cypn("staff", "remove", "sam@example.org").stdout
    (known,) = told(cypn("staff", "list", "--json"))
    assert (known["id"], known["email"], known["roles"]) == (first["id"], "sam@example.org", "")
    assert "Sam Hill" in cypn("staff", "list").stdout


def test_what_cannot_be_is_told_in_a_line(cypn: Cypn) -> None:
    """No address, an unknown role, a role that somebody has not: exit code 1 or 2, no traceback."""
    bad = cypn("staff", "add", "sam", "--name", "Sam", "--role", "auditor")
    assert (bad.exit_code, "e-mail address" in bad.stderr) == (1, True)
    assert cypn(*ADD, "king").exit_code == 2
    assert cypn("staff", "remove", "sam@example.org").exit_code == 1
