"""Clean environments and the wheels that go into them."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# A make, pip or Python that runs these tests must not reach into the processes they start.
INHERITED = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "PYTHONPATH", "VIRTUAL_ENV", "CYPN_REGION")

Run = Callable[..., str]


@pytest.fixture(scope="session")
def run() -> Run:
    """Run a command; hand back what it printed, or fail with all it said."""

    def command(*words: str | Path, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> str:
        clean = {name: value for name, value in os.environ.items() if name not in INHERITED}
        done = subprocess.run(
            [str(word) for word in words],
            cwd=cwd,
            env=clean | dict(env or {}),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            pytest.fail(f"{words} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    return command


@pytest.fixture(scope="session")
def wheelhouse(tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    """What ``make wheels`` leaves, made with this very environment."""
    target = tmp_path_factory.mktemp("wheelhouse")
    run("make", "wheels", f"DEV={sys.prefix}", "DEV_STAMP=", f"WHEELHOUSE={target}")
    return target


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A new environment with nothing in it, not even pip."""
    where = tmp_path / "environment"
    venv.create(where, symlinks=True)
    return where


@pytest.fixture
def offline(run: Run, wheelhouse: Path, environment: Path) -> Callable[..., Path]:
    """Install the named distributions from the wheelhouse alone; hand back the ``bin`` folder."""

    def install(*names: str) -> Path:
        run(
            *(sys.executable, "-m", "pip", "--python", environment / "bin" / "python"),
            *("install", "--quiet", "--no-compile", "--no-index", "--find-links", wheelhouse),
            *names,
            env={"PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": ""},
        )
        return environment / "bin"

    return install
