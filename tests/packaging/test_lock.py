"""The versions that CI installs, and the dependencies that the documentation explains."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import distribution

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from tests.packaging.conftest import ROOT

OLDEST = "3.11.0"
PINS = [
    line
    for line in (ROOT / "requirements.lock").read_text().splitlines()
    if line and not line.startswith("#")
]
PROJECTS = [
    path
    for folder in (".", "services", "plugins/*", "examples/*")
    for path in sorted(ROOT.glob(f"{folder}/pyproject.toml"))
]


def _declared() -> set[str]:
    """Every third-party name that a distribution of ours or the tools ask for."""
    lines = [
        line
        for line in (ROOT / "requirements-dev.txt").read_text().splitlines()
        if line and not line.startswith(("#", "-e"))
    ]
    for path in PROJECTS:
        project = tomllib.loads(path.read_text())["project"]
        extras = project.get("optional-dependencies", {})
        lines += [*project["dependencies"], *(line for extra in extras.values() for line in extra)]
    names = {canonicalize_name(Requirement(line).name) for line in lines}
    return {name for name in names if not name.startswith("cypn-")}


@pytest.mark.parametrize("pin", PINS)
def test_a_pin_is_exact_and_installs_on_the_oldest_python(pin: str) -> None:
    """A version that wants a newer patch of Python would stop `make run` on a stock system."""
    name, version = pin.split("==")
    wanted = distribution(name).metadata["Requires-Python"]
    assert re.fullmatch(r"[\w.]+", version)
    assert SpecifierSet(wanted or "").contains(OLDEST)


def test_every_declared_dependency_is_pinned() -> None:
    """An unpinned one would change under CI overnight."""
    assert _declared() - {canonicalize_name(pin.split("==")[0]) for pin in PINS} == set()


def test_every_declared_dependency_is_explained() -> None:
    """Each has its word in the documentation, with its use and licence."""
    rows = [
        line.split("|")[1]
        for line in (ROOT / "docs" / "dependencies.md").read_text().splitlines()
        if line.startswith("| ")
    ]
    told = {canonicalize_name(word) for row in rows for word in re.findall(r"[\w.-]+", row)}
    missing = {name for name in _declared() if name not in told}
    assert missing == set()
