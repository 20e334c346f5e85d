"""A queue for the writers of one SQLite file, across threads and processes.

SQLite's own waiting is a lottery of growing naps, so the unlucky wait for seconds. A file lock
wakes the next writer at once. It is a matter of speed only: SQLite refuses two writers by itself,
which is why a system without ``fcntl`` may go without.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":

    @contextmanager
    def queued(path: Path) -> Iterator[None]:
        """No queue here; SQLite's own waiting remains."""
        yield

else:
    import fcntl

    @contextmanager
    def queued(path: Path) -> Iterator[None]:
        """Hold the lock file *path*; it is made when missing and freed when a process dies."""
        with path.open("ab") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield
