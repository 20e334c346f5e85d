"""The hub that the tutorial talks to: the real command serves it on a fresh store."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _hub(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    if request.path.name != "tutorial.md":
        yield
        return
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    beside_python = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    monkeypatch.setenv("PATH", beside_python)
    monkeypatch.setenv("CYPN_REGION", "northshire")
    monkeypatch.setenv("CYPN_DATABASE_URL", f"sqlite:///{tmp_path / 'hub.sqlite3'}")
    monkeypatch.setenv("CYPN_HUB", f"http://127.0.0.1:{port}")
    subprocess.run(["cypn", "migrate"], check=True, capture_output=True)  # noqa: S607
    serve = ["cypn", "serve", "--port", str(port)]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as serving:  # noqa: S603
        try:
            if serving.stdout:
                serving.stdout.readline()  # it says where it listens once it does
            yield
        finally:
            serving.terminate()
