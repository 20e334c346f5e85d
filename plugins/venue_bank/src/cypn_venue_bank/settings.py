"""What a region may set in its table ``[exchanges.venue_bank]``."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge, Le, MinLen
from attrs import frozen

from cypn_core.domain.constraints import Code, constrained

_Worth = Annotated[int, Ge(0), Le(100_000)]


@frozen(kw_only=True, field_transformer=constrained)
class VenueBankSettings:
    """Amounts in pence weigh what is not money against the price when answers are put in order."""

    km_bands: Annotated[tuple[Annotated[int, Ge(1), Le(200)], ...], MinLen(1)] = (2, 5, 10, 20)
    """Where one band of distance ends and the next begins."""
    pence_per_km: _Worth = 56
    """There and back at 45p a mile, the approved mileage rate of HMRC."""
    pence_per_wish: _Worth = 200
    """What a nice-to-have facility is worth, each session."""
    concession_role: Code = "concession"
    """The role in a passport that certifies a concession."""
