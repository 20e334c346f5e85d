"""``cypn demo``: the whole thing on one screen, in seconds."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable

import click
from attrs import evolve
from rich.console import Console
from rich.progress import Progress

from cypn_core.application.network import Network
from cypn_core.storage.engine import Store
from cypn_core.storage.migrations import migrate
from cypn_services.demo.counts import as_json, matched
from cypn_services.demo.data import REGION
from cypn_services.demo.deal import rehearsed
from cypn_services.demo.loader import load_demo, loaded_on, steps
from cypn_services.demo.roles import add_staff
from cypn_services.demo.show import show, show_deal, show_next
from cypn_services.settings import Settings


@click.command()
@click.option("--json", "as_counts", is_flag=True, help="Print the counts as JSON, and no more.")
def demo(*, as_counts: bool) -> None:
    """Load a network of invented groups and match its needs."""
    settings = Settings.read(os.environ)
    with settings.store() as store:
        network = _prepared(settings, store)
        if as_counts:
            _print_counts(network)
        else:
            _print_all(network, Console())


def _prepared(settings: Settings, store: Store) -> Network:
    """The network on *store*, migrated and with the demo in it; its region goes without saying."""
    hub = evolve(settings, region=settings.region or REGION).hub()
    migrate(store)
    network = Network(hub=hub, store=store)
    _with_progress(lambda step: load_demo(network, step=step))
    network.transact(add_staff)
    return network


def _with_progress(load: Callable[[Callable[[], None]], None]) -> None:
    """Run *load* with a bar on the error stream, and only where somebody watches."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("Loading the demo", total=steps())
        load(lambda: progress.advance(task))


def _print_counts(network: Network) -> None:
    with network.reading() as work:
        click.echo(json.dumps(as_json(work, matched(work))))
        _warn(work.today, loaded_on(work))


def _print_all(network: Network, console: Console) -> None:
    with network.reading() as work:
        show(console, work, matched(work))
        _warn(work.today, loaded_on(work))
        now = work.now
    show_deal(console, rehearsed(network.hub, now))
    show_next(console, network.store.engine.url.render_as_string(hide_password=True))


def _warn(today: dt.date, loaded: dt.date | None) -> None:
    """Say on the error stream when the dates of an older demo have begun to pass."""
    if loaded is not None and loaded < today:
        click.echo(
            f"This demo was loaded on {loaded}, and its dates count from then: delete its store "
            "and run this again for a fresh one.",
            err=True,
        )
