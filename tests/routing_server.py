"""A routing service on a real socket of this machine, which answers as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from attrs import define, field

Answer = Callable[["Served", BaseHTTPRequestHandler], None]


@define
class Served:
    """A local server: what it was asked, and how it answers."""

    answer: Answer
    url: str = ""
    asked: list[tuple[str, str, Mapping[str, str], Any]] = field(factory=list)


@contextmanager
def routing_server() -> Iterator[Served]:
    """A server on a free port of this machine that answers as OSRM does."""
    running = Served(osrm)

    class Handler(BaseHTTPRequestHandler):
        """Notes what comes, and answers."""

        def do_GET(self) -> None:
            """As OSRM is asked."""
            self._answered(None)

        def do_POST(self) -> None:
            """As openrouteservice is asked."""
            self._answered(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _answered(self, body: Any) -> None:
            running.asked.append((self.command, self.path, dict(self.headers), body))
            running.answer(running, self)

        def log_message(self, *_: object) -> None:
            """Nothing to the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    running.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield running
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def send(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    """Answer with *body*."""
    handler.send_response(status)
    for name, value in {"Content-Type": "application/json", **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def figures(rows: int, columns: int) -> tuple[list[list[float]], list[list[float]]]:
    """Metres and seconds that tell row and column: 1,000 m for each row, 10 m for each column."""
    metres = [[1000.0 * r + 10.0 * c for c in range(columns)] for r in range(rows)]
    return metres, [[each / 10 for each in row] for row in metres]


def osrm(served: Served, handler: BaseHTTPRequestHandler) -> None:
    """The table of OSRM's HTTP API, version 1."""
    parts = urlsplit(handler.path)
    asked = parse_qs(parts.query)
    rows, columns = (len(asked[name][0].split(";")) for name in ("sources", "destinations"))
    metres, seconds = figures(rows, columns)
    send(
        handler,
        json.dumps(
            {"code": "Ok", "distances": metres, "durations": seconds, "sources": [{}] * rows}
        ).encode(),
    )


def ors(served: Served, handler: BaseHTTPRequestHandler) -> None:
    """The matrix of openrouteservice's API, version 2."""
    body = served.asked[-1][3]
    metres, seconds = figures(len(body["sources"]), len(body["destinations"]))
    send(
        handler,
        json.dumps({"distances": metres, "durations": seconds, "metadata": {"query": {}}}).encode(),
    )
