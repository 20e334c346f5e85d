"""Draws what ``cypn demo`` prints: ``python -m cypn_services.demo.picture docs/demo.svg``."""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from cypn_core.application.network import Network
from cypn_core.hub import Hub
from cypn_core.storage.engine import open_store
from cypn_core.storage.migrations import migrate
from cypn_services.demo.counts import matched
from cypn_services.demo.data import REGION
from cypn_services.demo.deal import rehearsed
from cypn_services.demo.loader import load_demo
from cypn_services.demo.show import show, show_deal

_WIDTH = 110


def drawn() -> str:
    """The demo of today as SVG."""
    console = Console(record=True, width=_WIDTH, file=io.StringIO(), force_terminal=True)
    with (
        tempfile.TemporaryDirectory(prefix="cypn-demo-") as folder,
        open_store(f"sqlite:///{Path(folder) / 'demo.sqlite3'}") as store,
    ):
        migrate(store)
        network = Network(hub=Hub.installed(region=REGION), store=store)
        load_demo(network)
        with network.reading() as work:
            show(console, work, matched(work))
            now = work.now
        show_deal(console, rehearsed(network.hub, now))
    return console.export_svg(title="cypn demo")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(drawn(), encoding="utf-8")
