"""Which allocator decides a season: leximin where its solver is installed, else the turn order."""

from __future__ import annotations

import importlib
from importlib.util import find_spec

from cypn_core.matching.leximin import InTurn, SeasonAllocator


def allocator(seconds: float = 60.0) -> SeasonAllocator:
    """The best that is installed; its allotments say by which method they were made.

    After *seconds* a solver keeps the best that it has found, and says how far off that may be.
    """
    if find_spec("scipy") is None:
        return InTurn()
    module = importlib.import_module("cypn_core.application.season_milp")
    found: SeasonAllocator = module.Leximin(seconds=seconds)
    return found
