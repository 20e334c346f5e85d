"""What a log may say of an exception: its class and where it was raised, and none of its words.

A message may quote what somebody posted, and that of a database quotes whole rows, so logs hold
neither: the place is what is needed to mend it.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator


def report(log: logging.Logger, error: BaseException, said: str, *args: object) -> None:
    """Log *said*, a pattern for *args*, as an error, with where *error* comes from."""
    log.error(f"{said}\n%s", *args, "\n".join(places(error)))  # noqa: G004 - the pattern is ours


def places(error: BaseException | None) -> Iterator[str]:
    """The frames of *error*, the outermost first, then its class; and those of what caused it.

    >>> try:
    ...     {}["Amber Lane"]
    ... except KeyError as error:
    ...     list(places(error))[-1]
    'KeyError'
    """
    while error is not None:
        for frame in traceback.extract_tb(error.__traceback__):
            yield f"  {frame.filename}:{frame.lineno} in {frame.name}"
        yield type(error).__qualname__
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
