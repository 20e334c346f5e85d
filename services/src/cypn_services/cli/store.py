"""``cypn migrate``, ``tick``, ``export``, ``import`` and ``doctor``: the store and its keeping."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import attrs
import click
from rich.console import Console
from rich.progress import Progress

from cypn_core.application.tick import tick as let_time_pass
from cypn_core.domain.errors import Invalid
from cypn_core.storage import export as exported
from cypn_core.storage.health import prepare, ready
from cypn_core.storage.restore import restore
from cypn_services.cli.console import (
    json_option,
    running,
    say,
    say_json,
    say_table,
    settings,
)
from cypn_services.doctor import examine


@click.command()
@json_option
def tick(as_json: bool) -> None:  # noqa: FBT001
    """Do once what is due: close rounds, let deadlines lapse, deliver messages.

    `cypn serve` does it by itself; run this from a timer where you serve in another way.
    """
    with running() as network:
        done = let_time_pass(network)
    told = attrs.asdict(done)
    say_json(told) if as_json else say(
        ", ".join(f"{n} {k.replace('_', ' ')}" for k, n in told.items())
    )


@click.command()
def migrate() -> None:
    """Make the store, or bring it to the schema of this version."""
    with closing(settings().store()) as store:
        prepare(store)
    say("The store is at head.")


@click.command()
@click.argument(
    "file", default="-", type=click.Path(dir_okay=False, writable=True, allow_dash=True)
)
def export(file: str) -> None:
    """Write everything but the keys as JSON lines, to FILE or to the terminal.

    Each line is a row with its table. What exchanges stored is exported whether or not they are
    still installed; no plugin is asked.

    \b
    Example:
      cypn export network.jsonl
    """  # noqa: D301 - click reads the escape
    with closing(settings().store()) as store:
        ready(store)
        with store.reading() as connection, click.open_file(file, "w", encoding="utf-8") as out:
            total = sum(exported.counts(connection).values())
            for row in _shown(exported.rows(connection), total):
                out.write(json.dumps(row, ensure_ascii=False) + "\n")


@click.command(name="import")
@click.argument("file", default="-", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
def import_(file: str) -> None:
    """Read what `cypn export` wrote, from FILE or from the terminal, into a new, empty store.

    All of it or nothing. It may come from the other kind of store. Keys are not in it: make new
    ones.

    \b
    Examples:
      cypn migrate && cypn import network.jsonl
    """  # noqa: D301 - click reads the escape
    with closing(settings().store()) as store:
        ready(store)
        with click.open_file(file, encoding="utf-8") as lines:
            found = [_row(number, line) for number, line in enumerate(lines, 1)]
        done = store.transact(lambda connection: restore(connection, found))
    say(
        ", ".join(f"{count} {name}" for name, count in done.items() if count)
        or "Nothing was in it."
    )


def _row(number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict):
        raise Invalid({f"line {number}": ["must be an object of JSON, as cypn export writes it"]})
    return row


def _shown(rows: Iterator[dict[str, Any]], total: int) -> Iterator[dict[str, Any]]:
    with Progress(console=Console(stderr=True), transient=True) as progress:
        yield from progress.track(rows, total=total, description="Exporting")


@click.command()
@json_option
def doctor(as_json: bool) -> None:  # noqa: FBT001
    """Look whether everything is in order, and say what to mend; exit code 1 when something is."""
    found = examine(settings())
    if as_json:
        say_json(found)
    else:
        rows = [(key, _cell(value)) for key, value in found.items() if key != "problems"]
        say_table("Doctor", ("what", "found"), rows)
        for problem in found["problems"]:
            say(f"To mend: {problem}")
    if found["problems"]:
        sys.exit(1)


def _cell(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case dict():
            return ", ".join(f"{name} {count}" for name, count in value.items()) or "none"
        case list():
            return ", ".join(value) or "none"
        case _:
            return str(value)
