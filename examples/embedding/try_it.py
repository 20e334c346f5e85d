# ruff: noqa: INP001 - a file to copy, in no package
"""A web site that shows what a hub lists: the pages beside this file, as any web server gives them.

Run it with ``python examples/embedding/try_it.py --hub http://127.0.0.1:8080``, while the hub runs
with ``CYPN_EMBED_HOSTS=http://127.0.0.1:8000``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from wsgiref.simple_server import make_server
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

HERE = Path(__file__).parent
HUB = "https://hub.example.org"
FILES = {
    "/": ("host.html", "text/html; charset=utf-8"),
    "/frame": ("frame.html", "text/html; charset=utf-8"),
    "/height.js": ("height.js", "text/javascript; charset=utf-8"),
}


def site(hub: str) -> WSGIApplication:
    """The site, which shows what the hub at *hub* lists and allows nothing else from elsewhere."""
    policy = (
        f"default-src 'none'; script-src 'self' {hub}; connect-src {hub}; frame-src {hub}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        name, media_type = FILES.get(environ["PATH_INFO"], ("", ""))
        if not name:
            start("404 Not Found", [("Content-Type", "text/plain")])
            return [b"There is nothing here.\n"]
        body = (HERE / name).read_text(encoding="utf-8").replace(HUB, hub).encode()
        start("200 OK", [("Content-Type", media_type), ("Content-Security-Policy", policy)])
        return [body]

    return answer


def main() -> None:
    """Serve the site until Ctrl-C."""
    said = argparse.ArgumentParser(description="A site that shows what a hub lists.")
    said.add_argument("--hub", default="http://127.0.0.1:8080", help="where the hub is")
    said.add_argument("--port", type=int, default=8000, help="the port of this site")
    given = said.parse_args()
    with make_server("127.0.0.1", given.port, site(given.hub.rstrip("/"))) as server:
        sys.stdout.write(f"http://127.0.0.1:{given.port}/ shows what {given.hub} lists\n")
        server.serve_forever()


if __name__ == "__main__":
    main()
