"""The import contracts of ``pyproject.toml`` bite."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.packaging.conftest import ROOT

SOURCES = [path.relative_to(ROOT) for path in ROOT.glob("*/*/src")] + [
    Path("src"),
    Path("services/src"),
]
CORE = "src/cypn_core"
VENUES = "plugins/venue_bank/src/cypn_venue_bank"

# contract broken, file that gets one more line, the line
SEEDED = [
    ("Services over plugins", f"{CORE}/wire/seeded.py", "import cypn_venue_bank"),
    ("Services over plugins", f"{VENUES}/seeded.py", "import cypn_transport"),
    ("Inside core", f"{CORE}/domain/seeded.py", "import cypn_core.wire"),
    ("Inside core", f"{CORE}/stray.py", ""),
    ("Domain, matching and exchange", f"{CORE}/matching/seeded.py", "import pluggy"),
    ("Domain, matching and exchange", f"{CORE}/matching/seeded.py", "import scipy.optimize"),
    ("Flask and marshmallow", f"{CORE}/storage/seeded.py", "import marshmallow"),
    ("SQL only in storage", f"{CORE}/web/seeded.py", "import sqlalchemy"),
    ("Plugins reach", f"{VENUES}/seeded.py", "import cypn_core.domain.organisations"),
    ("Plugins reach", f"{VENUES}/seeded.py", "import flask"),
]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of every distribution's source and of the contracts."""
    for source in SOURCES:
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / source, tmp_path / source, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def _broken(tree: Path) -> list[str]:
    """The contracts that lint-imports reports as broken in *tree*, not in what is installed."""
    path = os.pathsep.join(str(tree / source) for source in SOURCES)
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": path, "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    broken = [line for line in done.stdout.splitlines() if line.rstrip().endswith("BROKEN")]
    assert bool(broken) == bool(done.returncode), done.stdout + done.stderr
    return broken


def test_the_tree_as_it_is_keeps_every_contract(tree: Path) -> None:
    """The control: without a seeded import nothing is broken."""
    assert _broken(tree) == []


@pytest.mark.parametrize(("contract", "file", "line"), SEEDED)
def test_a_seeded_import_breaks_its_contract(
    tree: Path, contract: str, file: str, line: str
) -> None:
    """One forbidden import, or one module without a layer, fails the contract that names it."""
    (tree / file).write_text(f"{line}\n")
    assert any(found.startswith(contract) for found in _broken(tree))


def test_an_indirect_way_to_identities_is_found(tree: Path) -> None:
    """A detour through a module that plugins may import does not hide the identity module."""
    (tree / CORE / "domain/detour.py").write_text("import cypn_core.domain.organisations\n")
    (tree / VENUES / "seeded.py").write_text("import cypn_core.domain.detour\n")
    assert any(found.startswith("Plugins reach") for found in _broken(tree))
