"""What the tests of the pages did, told at the end of a run and kept where that is asked for."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

KEPT = "CYPN_BROWSER_FIGURES"
"""Names the file that `make figures` writes."""
COUNTED = ("journeys", "pages", "axe runs")
HEAVIEST = "heaviest"


def summary(properties: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """The counts added up, and the heaviest page.

    >>> summary([("pages", 2), ("heaviest", (9, "start")), ("pages", 3), ("heaviest", (5, "x"))])
    {'pages': 5, 'heaviest page': 'start', 'its bytes, compressed': 9}
    """
    known = list(properties)
    counts: Counter[str] = Counter()
    for name, value in known:
        if name in COUNTED:
            counts[name] += value
    told: dict[str, Any] = {name: counts[name] for name in COUNTED if counts[name]}
    weights = [tuple(value) for name, value in known if name == HEAVIEST]
    if weights:
        weight, page = max(weights)
        told |= {"heaviest page": page, "its bytes, compressed": weight}
    return told


def keep(told: dict[str, Any]) -> None:
    """Write *told* to the file that the environment names, if it names one."""
    if os.environ.get(KEPT):
        Path(os.environ[KEPT]).write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
