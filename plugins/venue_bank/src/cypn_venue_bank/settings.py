"""What a region may set in its table ``[exchanges.venue_bank]``."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from annotated_types import Ge, Le, MinLen
from attrs import frozen

from cypn_core.domain.constraints import Code, constrained

_Worth = Annotated[int, Ge(0), Le(100_000)]


class CoUse(Enum):
    """What becomes of adults only beside young children who share toilets."""

    REFER = "refer"
    BAR = "bar"
    ALLOW = "allow"


@frozen(kw_only=True, field_transformer=constrained)
class VenueBankSettings:
    """Amounts in pence weigh what is not money against the price when answers are put in order."""

    km_bands: Annotated[tuple[Annotated[int, Ge(1), Le(200)], ...], MinLen(1)] = (2, 5, 10, 20)
    """Where one band of distance ends and the next begins."""
    pence_per_km: _Worth = 56
    """There and back at 45p a mile, the approved mileage rate of HMRC."""
    pence_per_wish: _Worth = 200
    """What a nice-to-have facility is worth, each session."""
    co_use: CoUse = CoUse.REFER
    """Whether adults only beside young children go to the coordinator, never, or always."""
    co_use_under: Annotated[int, Ge(0), Le(18)] = 8
    """The age under which children are young for that."""
    concession_role: Code = "concession"
    """The role in a passport that certifies a concession."""
