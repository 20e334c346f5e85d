"""The region, as the hub asks for it."""

from __future__ import annotations

from cypn_core import hookimpl
from cypn_core.domain.region import Region
from cypn_core.wire.regionfile import load_region


@hookimpl
def cypn_region() -> Region:
    return load_region("cypn_region_northshire")
