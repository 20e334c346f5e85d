"""The wheels, built as ``make wheels`` builds them and tried in clean environments."""

from __future__ import annotations

import json
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.packaging.conftest import ROOT, Run

SMOKE = Path(__file__).with_name("smoke.py")
SOLVER = "cypn_core.application.season_milp"  # of the extra `rounds`
EXTRAS = {
    "procurement": ("cypn_procurement.batch", "cypn_procurement.formation.exact"),
    "transport": ("cypn_transport.pooling.exact", "cypn_transport.pooling.relaxed"),
}
"""The modules of a plugin that need an extra."""
EDGE = {"flask", "marshmallow", "apispec", "werkzeug", "click", "waitress"}
PLUGINS = ("venue_bank", "transport", "procurement", "region_banes")
FOLDERS = {
    "cypn_core": ".",
    **{f"cypn_{name}": f"plugins/{name}" for name in PLUGINS},
    "cypn_services": "services",
    "cypn_region_northshire": "examples/region_northshire",
    "cypn_exchange_starter": "examples/exchange_starter",
}

Install = Callable[..., Path]


def _top(name: str) -> str:
    return name.partition("/")[0]


def _wheel(wheelhouse: Path, package: str) -> list[str]:
    (found,) = wheelhouse.glob(f"{package}-*.whl")
    return zipfile.ZipFile(found).namelist()


@pytest.mark.parametrize("package", FOLDERS)
def test_a_wheel_carries_every_tracked_file_of_its_source_and_nothing_else(
    package: str, run: Run, wheelhouse: Path
) -> None:
    """Types marker, data, templates and migrations travel; tests do not."""
    source = ROOT / FOLDERS[package] / "src"
    tracked = set(run("git", "ls-files", ".", cwd=source).split())
    carried = {name for name in _wheel(wheelhouse, package) if ".dist-info/" not in name}
    assert f"{package}/py.typed" in tracked
    assert tracked - carried == set()
    assert {_top(name) for name in carried} == {_top(name) for name in tracked}


@pytest.mark.parametrize("package", FOLDERS)
def test_the_licence_travels_with_every_distribution(package: str, wheelhouse: Path) -> None:
    """MIT asks for its text in every copy; the copies in the folders are one text."""
    licence = (ROOT / "LICENSE").read_text()
    assert (ROOT / FOLDERS[package] / "LICENSE").read_text() == licence
    assert _ends(wheelhouse, package, ".dist-info/licenses/LICENSE")


def test_notices_travel_with_core_and_with_the_data(wheelhouse: Path) -> None:
    """Whoever installs the data learns whose it is."""
    assert _ends(wheelhouse, "cypn_core", ".dist-info/licenses/NOTICE")
    assert _ends(wheelhouse, "cypn_region_banes", "/NOTICE")


def test_the_region_and_the_migrations_are_data_of_their_wheels(wheelhouse: Path) -> None:
    """A region without its file, or a store without its migrations, would start and then fail."""
    assert _ends(wheelhouse, "cypn_region_banes", "/region.toml")
    assert any("/storage/migrations/versions/" in name for name in _wheel(wheelhouse, "cypn_core"))


def _ends(wheelhouse: Path, package: str, *endings: str) -> bool:
    names = _wheel(wheelhouse, package)
    return all(any(name.endswith(ending) for name in names) for ending in endings)


def test_the_source_distribution_holds_core_alone(run: Run, tmp_path: Path) -> None:
    """An sdist takes the whole repository unless told otherwise."""
    run(sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", tmp_path, ".")
    (built,) = tmp_path.glob("cypn_core-*.tar.gz")
    with tarfile.open(built) as archive:
        parts = {name.split("/")[1] for name in archive.getnames()}
    assert {"src", "tests", "LICENSE", "NOTICE"} <= parts
    assert parts.isdisjoint({"plugins", "services", "examples", "docs"})


def test_core_alone_brings_no_web_framework_and_its_examples_hold(
    offline: Install, run: Run
) -> None:
    """A library-only install needs neither Flask nor marshmallow, and works without them."""
    python = offline("cypn-core") / "python"
    without = ("cypn_core.web", "cypn_core.testing", SOLVER)
    report = json.loads(run(python, SMOKE, "cypn_core", "--without", *without))
    assert EDGE.isdisjoint(report["installed"])
    assert EDGE.isdisjoint(report["loaded"])
    assert report["examples"] > 0


@pytest.mark.parametrize("plugin", [*PLUGINS, "exchange_starter", "region_northshire"])
def test_a_plugin_alone_with_core_is_found_and_its_examples_hold(
    plugin: str, offline: Install, run: Run
) -> None:
    """Each plugin needs core and nothing else of ours, and no framework."""
    python = offline(f"cypn-{plugin.replace('_', '-')}") / "python"
    report = json.loads(run(python, SMOKE, f"cypn_{plugin}", "--without", *EXTRAS.get(plugin, ())))
    ours = {name for name in report["installed"] if name.startswith("cypn")}
    assert ours == {"cypn-core", f"cypn-{plugin.replace('_', '-')}"}
    assert EDGE.isdisjoint(report["loaded"])
    assert report["plugins"] == {plugin: f"cypn_{plugin}.plugin"}


def test_one_plain_command_installs_all_and_the_demo_runs(
    environment: Path, run: Run, tmp_path: Path
) -> None:
    """``pip install . ./plugins/* ./services`` gives a ``cypn`` that matches the demo network."""
    run(
        *(sys.executable, "-m", "pip", "--python", environment / "bin" / "python"),
        *("install", "--quiet", "--no-compile", "-c", "requirements.lock", ".", "./services"),
        *(f"./{each.relative_to(ROOT)}" for each in sorted(ROOT.glob("plugins/*"))),
    )
    cypn = environment / "bin" / "cypn"
    store = {"CYPN_DATABASE_URL": f"sqlite:///{tmp_path / 'demo.sqlite3'}"}
    assert "demo" in run(cypn, "--help", cwd=tmp_path, env=store)
    demo = json.loads(run(cypn, "demo", "--json", cwd=tmp_path, env=store))
    assert set(demo["exchanges"]) == {"venue_bank", "transport", "procurement"}
    for counted in demo["exchanges"].values():
        assert counted["needs"] == counted["full"] + counted["partial"] + counted["unmet"]


def test_another_network_installs_offline_with_its_own_region(offline: Install, run: Run) -> None:
    """From the wheelhouse alone: core, what it wants and its region; every example still holds."""
    bin_folder = offline("cypn-services", "cypn-venue-bank", "cypn-region-northshire")
    packages = ("cypn_core", "cypn_services", "cypn_venue_bank", "cypn_region_northshire")
    without = ("cypn_core.testing", SOLVER)
    report = json.loads(run(bin_folder / "python", SMOKE, *packages, "--without", *without))
    assert set(report["plugins"]) == {"venue_bank", "region_northshire"}
    assert "cypn-region-banes" not in report["installed"]
    assert run(bin_folder / "cypn", "--help")
