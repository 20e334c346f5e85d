"""An exchange's settings for this region, in the class that the exchange declares."""

from __future__ import annotations

from typing import Any

from cypn_core.domain.errors import BadRegion
from cypn_core.hub import Hub


def settings_of(hub: Hub, exchange: str) -> Any:
    """The region's table ``[exchanges.<exchange>]`` as the declared class, or None without one.

    :raises BadRegion: naming the field, when the table does not fit the class.
    """
    declared = hub.exchange(exchange).settings
    raw = hub.region.exchanges.get(exchange, {})
    if declared is None:
        return None
    try:
        return declared(**raw)
    except (TypeError, ValueError) as error:
        raise BadRegion(f"exchanges.{exchange}", str(error)) from None
