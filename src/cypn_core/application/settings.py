"""An exchange's settings for this region, in the class that the exchange declares."""

from __future__ import annotations

from typing import Any

from cypn_core.hub import Hub
from cypn_core.wire.strict import structured


def settings_of(hub: Hub, exchange: str) -> Any:
    """The region's table ``[exchanges.<exchange>]`` as the declared class, or None without one.

    :raises BadRegion: naming the field, when the table does not fit the class.
    """
    declared = hub.exchange(exchange).settings
    if declared is None:
        return None
    return structured(hub.region.exchanges.get(exchange, {}), declared, f"exchanges.{exchange}")
