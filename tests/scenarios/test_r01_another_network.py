"""R01: another network brings its own region; a bad one stops the start and names the field."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest
from click.testing import CliRunner

from cypn_services.cli import main

PLUGIN = """
from pathlib import Path
from cypn_core import hookimpl
from cypn_core.wire.regionfile import load_region_dir

@hookimpl
def cypn_region():
    return load_region_dir(Path(__file__).parent)
"""


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


@pytest.mark.parametrize("start", ["cypn_services.cli tick", "waitress cypn_services.together:app"])
def test_r01_a_bad_region_stops_the_start(folder: Path, start: str) -> None:
    """An installed region with one wrong line: the field, exit code 1, and no traceback."""
    (folder / "our_region.py").write_text(PLUGIN, encoding="utf-8")
    installed = folder / "our_region-1.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: our-region\nVersion: 1\n")
    (installed / "entry_points.txt").write_text("[cypn]\nour_region = our_region\n")
    toml = folder / "region.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("Europe/London", "Mars/Base"))
    chosen = {"CYPN_PLUGINS": "our_region", "PYTHONPATH": str(folder)}
    url = f"sqlite:///{folder / 'store.sqlite3'}"
    ended = subprocess.run(
        [sys.executable, "-m", *start.split()],
        env={**os.environ, **chosen, "CYPN_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [
        "Error: zone_name: is not an IANA time zone such as Europe/London"
    ]
