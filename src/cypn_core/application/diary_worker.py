"""Reading a stranger's calendar in a process of its own, which is killed when it takes too long.

The process gets the bytes, a zone and the time, and nothing of what this one knows, such as how to
reach the store. It says when it is ready, so that a busy machine does not count against the file.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from threading import Timer
from typing import IO, Any, Final

from cypn_core.application.diary_reading import Reading, read
from cypn_core.domain.errors import Conflict, Invalid
from cypn_core.domain.times import Window

SECONDS: Final = 2.0
_TO_START: Final = 30.0
_READY: Final = b"ready\n"
_PASSED_ON: Final = ("PYTHONPATH", "PYTHONHOME", "SYSTEMROOT", "LD_LIBRARY_PATH", "PYTHONTZPATH")


def read_apart(raw: bytes, zone: str, now: dt.datetime, seconds: float = SECONDS) -> Reading:
    """What :func:`~cypn_core.application.diary_reading.read` makes of *raw*, within *seconds*.

    :raises Invalid: as that does, and when it takes longer.
    :raises Conflict: when no process could be started.
    """
    command = [sys.executable, "-P", "-m", __name__, zone, now.isoformat()]
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    with subprocess.Popen(  # noqa: S603 - our own module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        bufsize=0, env=passed_on,
    ) as worker:  # fmt: skip
        _await(worker)
        try:
            said, _ = worker.communicate(raw, timeout=seconds)
        except subprocess.TimeoutExpired:
            worker.kill()
            advice = "export fewer months, with fewer rules that go back for years"
            said_so = f"took longer than {seconds:g} seconds to read: {advice}"
            raise Invalid({"body": [said_so]}) from None
    return _told(said)


def _await(worker: subprocess.Popen[bytes]) -> None:
    """Wait until *worker* is ready."""
    end = Timer(_TO_START, worker.kill)
    end.start()
    try:
        ready = worker.stdout.readline() if worker.stdout else b""
    finally:
        end.cancel()
    if ready != _READY:
        worker.kill()
        raise Conflict("The calendar could not be read just now: try again in a while.")


def _told(said: bytes) -> Reading:
    try:
        found: Mapping[str, Any] = json.loads(said)
    except ValueError:
        raise Invalid({"body": ["cannot be read as a calendar: export it again"]}) from None
    if "refused" in found:
        raise Invalid(found["refused"])
    windows = tuple(Window(_instant(start), _instant(end)) for start, end in found["windows"])
    return Reading(windows, found["events"], found["dates"], found["left_out"])


def _instant(epoch: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(epoch, dt.UTC)


def _answer(raw: bytes, zone: str, now: str) -> Mapping[str, Any]:
    try:
        found = read(raw, zone, dt.datetime.fromisoformat(now))
    except Invalid as refused:
        return {"refused": refused.fields}
    windows = [(int(w.start.timestamp()), int(w.end.timestamp())) for w in found.windows]
    told = {"events": found.events, "dates": found.dates, "left_out": dict(found.left_out)}
    return {"windows": windows, **told}


def main(zone: str, now: str, given: IO[bytes], out: IO[bytes]) -> None:
    """Read the calendar on *given* and write what it says to *out*."""
    out.write(_READY)
    out.flush()
    out.write(json.dumps(_answer(given.read(), zone, now)).encode())
    out.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.stdin.buffer, sys.stdout.buffer)
