"""Reading a spreadsheet in a process of its own, which has little memory and little time.

A file of a kilobyte can claim a sheet of a million rows by sixteen thousand columns. Whatever reads
it then dies of want of memory, and is not to take the server with it. The process gets the bytes
and nothing of what this one knows, such as how to reach the store.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import resource
import subprocess
import sys
from typing import IO, Final

from python_calamine import CalamineError, CalamineWorkbook

SECONDS: Final = 20.0
MEMORY: Final = 1 << 29
"""Half a gibibyte of addresses, of which the interpreter and its libraries take about an eighth."""
MOST_CELLS: Final = 100_000
_PASSED_ON: Final = ("PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH")


def lines_apart(content: bytes) -> list[list[str]] | None:
    """The cells of the first sheet as texts, line by line; None where it cannot be read."""
    command = [sys.executable, "-P", "-m", __name__]
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command, input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=passed_on, timeout=SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return None
    found: list[list[str]] | None = json.loads(done.stdout) if done.returncode == 0 else None
    return found


def lines(content: bytes) -> list[list[str]] | None:
    """As `lines_apart`, in this process."""
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        if sheet.total_height * sheet.total_width > MOST_CELLS:
            return None
        found = sheet.to_python(skip_empty_area=False)
    except CalamineError:
        return None
    return [[_cell(cell) for cell in line] for line in found]


def _cell(value: object) -> str:
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def main(given: IO[bytes], out: IO[str]) -> None:
    """Read the spreadsheet on *given* and write its lines to *out*, as JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump(lines(given.read()), out)


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout)
