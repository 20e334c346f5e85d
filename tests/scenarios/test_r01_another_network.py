"""R01: another network brings its own region; a bad one stops the start and names the field."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest
from click.testing import CliRunner

from cypn_services.cli import main


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the region that strangers are told to copy."""
    for file in resources.files("cypn_region_northshire").iterdir():
        if file.name.endswith((".toml", ".csv", ".geojson")):
            (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


def test_r01_a_good_region_folder_is_told_of(folder: Path) -> None:
    """What is there is counted, so that its maker sees that it was read."""
    read = CliRunner().invoke(main, ["geo", "load", str(folder)])
    assert read.exit_code == 0
    assert "Northshire" in read.stdout


def test_r01_a_bad_region_file_is_refused_naming_the_field(folder: Path) -> None:
    """One wrong line: exit code 1, the path of the field, and no traceback."""
    toml = folder / "region.toml"
    text = toml.read_text(encoding="utf-8").replace("freshness_days = 90", "freshness_days = 0")
    toml.write_text(text, encoding="utf-8")
    refused = CliRunner().invoke(main, ["geo", "load", str(folder)])
    assert refused.exit_code == 1
    assert "settings.freshness_days" in refused.stderr
    assert refused.stderr.count("\n") == 1
