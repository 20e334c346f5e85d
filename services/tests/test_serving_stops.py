"""A server that is told to stop answers first what it has begun."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.request import Request, urlopen

import pytest

from cypn_services.cli.serve import _server

PROGRAM = """
import sys
from cypn_services.cli.serve import _ended_by_signal, _server
def app(environ, start):
    print("begun", flush=True)
    sys.stdin.readline()
    start("200 OK", [("Content-Length", "4")])
    return [b"done"]
server = _server(app, "127.0.0.1", 0)
print(server.effective_port, flush=True)
with _ended_by_signal():
    server.run()
server.close()
print("closed", flush=True)
"""


def test_what_proxies_say_reaches_the_app() -> None:
    """The server leaves their headers be: how many proxies are believed is decided behind it."""
    said: list[str] = []

    def app(environ: dict[str, Any], start: Any) -> list[bytes]:
        said.append(environ.get("HTTP_X_FORWARDED_FOR", ""))
        start("200 OK", [("Content-Length", "4")])
        return [b"done"]

    server = _server(app, "127.0.0.1", 0)
    threading.Thread(target=server.run, daemon=True).start()
    url = f"http://127.0.0.1:{server.effective_port}/"
    with urlopen(Request(url, headers={"X-Forwarded-For": "192.0.2.7"}), timeout=20) as answer:
        assert answer.read() == b"done"
    assert said == ["192.0.2.7"]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGTERM")
def test_sigterm_lets_a_request_end() -> None:
    """SIGTERM comes while a request is worked on: it is answered, then the process ends well."""
    with (
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process,
        ThreadPoolExecutor() as pool,
    ):
        assert process.stdout is not None
        assert process.stdin is not None
        port = int(process.stdout.readline())
        asked = pool.submit(lambda: urlopen(f"http://127.0.0.1:{port}/", timeout=20).read())
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGTERM)
        process.stdin.write("go\n")
        process.stdin.flush()
        assert asked.result(20) == b"done"
        assert process.stdout.readline() == "closed\n"
        assert process.wait(20) == 0
