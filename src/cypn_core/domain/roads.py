"""What a straight line comes to by road, estimated from a region's own measured coefficients."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated

from annotated_types import Ge, Le
from attrs import frozen

from cypn_core.domain.constraints import constrained

_Factor = Annotated[float, Ge(1), Le(5)]


@frozen(kw_only=True, field_transformer=constrained)
class Roads:
    """Coefficients for kilometres and minutes by road.

    Kilometres are the straight line times ``factor_at_1_km - factor_slope * ln(km)``, kept between
    *factor_low* and *factor_high*: the longer a way, the straighter. Minutes are
    ``minutes_at_start + minutes_per_km * km`` by road: a way is slow where it starts and ends, so
    that a line with an intercept errs less than a speed.
    """

    factor_at_1_km: _Factor = 1.72
    factor_slope: Annotated[float, Ge(0), Le(1)] = 0.14
    factor_low: _Factor = 1.15
    factor_high: _Factor = 1.6
    minutes_at_start: Annotated[float, Ge(0), Le(60)] = 4.0
    minutes_per_km: Annotated[float, Ge(0.3), Le(30)] = 1.3

    def km(self, straight: float) -> float:
        """Kilometres by road for a straight line of so many; never fewer for a longer line.

        >>> round(Roads().km(10), 2)
        13.98
        """
        if straight <= 0:
            return 0.0
        bent = self.factor_at_1_km - self.factor_slope * math.log(straight)
        return straight * max(self.factor_low, min(self.factor_high, bent))

    def minutes(self, km: float) -> float:
        """How long so many kilometres by road take; whoever stays where they are takes none.

        >>> Roads().minutes(10), Roads().minutes(0)
        (17.0, 0.0)
        """
        return self.minutes_at_start + self.minutes_per_km * km if km > 0 else 0.0


def contradictions(roads: Roads) -> Iterator[tuple[str, str]]:
    """The field and the sentence of what does not add up in *roads*."""
    if roads.factor_low > roads.factor_high:
        yield "factor_low", "is above factor_high"
