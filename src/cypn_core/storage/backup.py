"""Backups: one file that holds a whole store and shows by itself whether it is still whole.

A line of JSON says what it is; what follows is the store as its own tools write it: an SQLite file,
or what ``pg_dump -Fc`` makes. The digest in the line is over everything, so that one flipped bit
anywhere is seen before anything is restored.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from attrs import asdict, evolve, frozen

from cypn_core.domain.errors import Conflict, Invalid
from cypn_core.storage import copies
from cypn_core.storage.engine import Store
from cypn_core.storage.health import health
from cypn_core.storage.migrations import revisions

FORMAT = 1
PIECE = 1 << 20
LONGEST_LINE = 1000


@frozen(kw_only=True)
class Label:
    """What a backup says of itself. *size* is in bytes, of what comes after the line."""

    cypn_backup: int
    store: str
    schema: str
    size: int
    sha256: str = ""

    def line(self) -> bytes:
        """The line, as it stands in the file."""
        return json.dumps(asdict(self), sort_keys=True).encode() + b"\n"


def backup(store: Store, file: Path) -> Label:
    """Write all of *store*, as it is at one instant, to *file*, which must not be there yet.

    The store goes on being used meanwhile. Only the owner may read the file: it holds everything.

    :raises Conflict: when *file* is there, or the store or its tools cannot do it.
    """
    if file.exists():
        raise Conflict(f"{file} is there already: name a new file.")
    found = health(store)
    if found.revision is None:
        raise Conflict("There is nothing to back up: the store was never migrated or is away.")
    if not file.parent.is_dir():
        raise Conflict(f"There is no folder {file.parent}: make it first.")
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".cypn-backup-") as folder:
        content, whole = Path(folder) / "content", Path(folder) / "whole"
        copies.copy_out(store, content)
        label = Label(
            cypn_backup=FORMAT,
            store=store.dialect,
            schema=found.revision,
            size=content.stat().st_size,
        )
        label = evolve(label, sha256=_digest(label, content, 0))
        _write(whole, label, content)
        _put(whole, file)
    return label


def restore_backup(store: Store, file: Path) -> Label:
    """Fill *store*, which must have no tables, with the backup in *file*.

    :raises Conflict: when the file is damaged or of another kind of store, or the store holds
        anything; nothing was changed then.
    """
    label, start = _labelled(file)
    _fits(label, store)
    if _digest(evolve(label, sha256=""), file, start) != label.sha256:
        raise _damaged(file)
    copies.must_be_bare(store)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".cypn-restore-") as folder:
        content = Path(folder) / "content"
        with content.open("wb") as out:
            for piece in _pieces(file, start):
                out.write(piece)
        copies.copy_in(store, content)
    return label


def _labelled(file: Path) -> tuple[Label, int]:
    """What *file* says of itself, and where its content starts."""
    with file.open("rb") as opened:
        line = opened.readline(LONGEST_LINE)
    try:
        label = Label(**json.loads(line))
        whole = label.line() == line and file.stat().st_size == len(line) + label.size
    except (ValueError, TypeError):
        raise Invalid({str(file): ["is no backup that cypn backup wrote, or is damaged"]}) from None
    if not whole:
        raise _damaged(file)
    return label, len(line)


def _fits(label: Label, store: Store) -> None:
    if label.cypn_backup != FORMAT or label.schema not in revisions():
        raise Conflict("A newer version of cypn made this backup: install that one, then restore.")
    if label.store != store.dialect:
        raise Conflict(
            f"This is a backup of {label.store} and the store is {store.dialect}: restore it into "
            f"{label.store}, then go over with cypn export and cypn import."
        )


def _damaged(file: Path) -> Conflict:
    return Conflict(
        f"{file} is damaged: it is not as cypn backup wrote it. Take another copy or an older "
        "backup. Nothing was restored."
    )


def _digest(label: Label, file: Path, start: int) -> str:
    made = sha256(label.line())
    for piece in _pieces(file, start):
        made.update(piece)
    return made.hexdigest()


def _pieces(file: Path, start: int) -> Iterator[bytes]:
    with file.open("rb") as opened:
        opened.seek(start)
        while piece := opened.read(PIECE):
            yield piece


def _write(whole: Path, label: Label, content: Path) -> None:
    with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(label.line())
        for piece in _pieces(content, 0):
            out.write(piece)
        _sync(out)


def _sync(out: BinaryIO) -> None:
    out.flush()
    os.fsync(out.fileno())


def _put(whole: Path, file: Path) -> None:
    """Give the finished file its name, unless somebody else has taken that meanwhile."""
    try:
        os.link(whole, file)
    except FileExistsError:
        raise Conflict(f"{file} is there already: name a new file.") from None
