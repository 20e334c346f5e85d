"""``cypn backup`` and ``cypn restore``: a whole store as one file, and back."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from cypn_core.application.verify import Verified
from cypn_core.application.verify import verify as look
from cypn_core.storage import backup as stored
from cypn_core.storage.export import counts
from cypn_core.storage.health import prepare
from cypn_services.cli.console import json_option, running, say, say_json, settings


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write the whole store to FILE, while it is served.

    Everything that was acknowledged before the start is in it, and it is consistent. It holds
    names, contacts and secrets: keep it where only you can read it, and off this machine.

    \b
    Example:
      cypn backup network-$(date +%F).cypn
    """  # noqa: D301 - click reads the escape
    with closing(settings().store()) as store, _watched("Writing the backup"):
        label = stored.backup(store, file)
    say(f"{file}: {label.size} bytes of {label.store} at schema {label.schema}.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--verify", is_flag=True, help="Look at every reference, use and seal afterwards.")
@json_option
def restore(file: Path, verify: bool, as_json: bool) -> None:  # noqa: FBT001
    """Fill a new store from the backup in FILE; exit code 1 when --verify finds anything wrong.

    The store must be of the same kind, and have no tables: what is there is never overwritten. An
    older backup is brought to the schema of this version.

    \b
    Example:
      CYPN_DATABASE_URL=sqlite:///try.sqlite3 cypn restore network.cypn --verify
    """  # noqa: D301 - click reads the escape
    with closing(settings().store()) as store:
        with _watched("Restoring"):
            label = stored.restore_backup(store, file)
        with _watched("Bringing it to this version's schema"):
            prepare(store)
        with store.reading() as connection:
            restored = counts(connection)
    found = _looked_at() if verify else None
    if as_json:
        flaws = None if found is None else list(found.flaws)
        say_json({"schema_of_backup": label.schema, "counts": dict(restored), "flaws": flaws})
    else:
        _tell(restored, found)
    if found and found.flaws:
        sys.exit(1)


def _looked_at() -> Verified:
    with _watched("Verifying"), running() as network, network.reading() as work:
        return look(work)


def _tell(restored: Mapping[str, int], found: Verified | None) -> None:
    held = ", ".join(f"{count} {name}" for name, count in restored.items() if count)
    say(f"Restored: {held or 'a store with nothing in it'}.")
    if found is None:
        say("Not verified: --verify looks at every reference, use and seal.")
        return
    for flaw in found.flaws:
        say(f"Wrong: {flaw}")
    if found.flaws:
        say("Do not serve this store: restore an older backup into a new one.")
    else:
        say(f"Sound: references, uses beside capacities, and {found.days_sealed} sealed days.")


@contextmanager
def _watched(what: str) -> Iterator[None]:
    """A bar that moves on the error stream, where somebody watches: how long is not known."""
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        bar.add_task(what, total=None)
        yield
