"""One text for each value, so that equal values have equal digests on every machine."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any


def canonical(value: Any) -> str:
    r"""*value* as JSON: sorted names, no spaces, ASCII only.

    :raises ValueError: on a float, whose text is no promise between machines, on a name that is
        not text and on what JSON does not know.

    >>> canonical({"b": [1, None], "a": "£"})
    '{"a":"\\u00a3","b":[1,null]}'
    """
    _refuse_inexact(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def digest(value: Any) -> str:
    """The SHA-256 of the canonical text of *value*, as 64 hex digits."""
    return sha256(canonical(value).encode()).hexdigest()


def _refuse_inexact(value: Any) -> None:
    if isinstance(value, dict):
        if any(not isinstance(name, str) for name in value):
            raise ValueError("value must have texts as names: write numbers as texts")
        value = list(value.values())
    parts = value if isinstance(value, list | tuple) else ()
    exact = isinstance(value, list | tuple | str | int | None)
    if not exact:
        raise ValueError(f"value must hold no {type(value).__name__}: write amounts in whole pence")
    for part in parts:
        _refuse_inexact(part)
