"""What the tests of the website share: all exchanges, the starter's too, and their kinds."""

from __future__ import annotations

import cypn_exchange_starter.plugin as starter
import cypn_region_northshire.plugin as northshire
from cypn_core.hub import Hub
from cypn_procurement import plugin as procurement
from cypn_transport import plugin as transport
from cypn_venue_bank import plugin as venue_bank

HUB = Hub.of(venue_bank, transport, procurement, starter, northshire)
REGION = HUB.region
EXCHANGES = {kind: each for each in HUB.exchanges.values() for kind in each.kinds}
KINDS = tuple(EXCHANGES)
