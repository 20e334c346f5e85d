"""What a region may set of shared procurement, in its table ``[exchanges.procurement]``."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge, Le
from attrs import frozen

from cypn_core.domain.constraints import constrained

NAME = "procurement"

_Cost = Annotated[int, Ge(0), Le(100_000)]


@frozen(kw_only=True, field_transformer=constrained)
class ProcurementSettings:
    """What work is valued at, and how long is calculated for."""

    hour_pence: _Cost = 1500
    """What an hour of a member's work is valued at in the net saving."""
    coordination_pence: _Cost = 6000
    """What it costs to run one more pool: none is proposed that saves less."""
    formation_seconds: Annotated[int, Ge(0), Le(600)] = 5
    """How long pools are put together before the best found so far is taken; 0: a quick look."""
