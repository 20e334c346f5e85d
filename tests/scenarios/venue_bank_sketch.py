"""The venue bank in memory, for its scenarios: in this region and in another (R01)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from attrs import frozen

import cypn_region_banes.plugin as banes
import cypn_region_northshire.plugin as northshire
from cypn_core.application.sketch import Sketch
from cypn_core.domain.times import Schedule
from cypn_core.hub import Hub
from cypn_core.matching.answer import Answer
from cypn_venue_bank import plugin
from cypn_venue_bank.codes import SpaceType
from cypn_venue_bank.offers import SpaceOffer

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
WHOLE_YEAR = (Schedule(dt.date(2027, 1, 1), "09:00", "22:00", "FREQ=DAILY"),)


@frozen
class Network:
    """A region, and three of its places: a town, the city 10.4 km off, a village 3.0 km off."""

    region: Any
    town: str
    city: str
    village: str

    def sketch(self) -> Sketch:
        """An empty venue bank of this network."""
        return Sketch(Hub.of(plugin, self.region), "venue_bank", NOW)


NETWORKS = (
    Network(banes, "Keynsham", "Bath", "Saltford"),
    Network(northshire, "Wexbridge", "Norchester", "Sallow"),
)


def hall(place: str, **changes: Any) -> SpaceOffer:
    """A hall for 40, open every day of 2027."""
    given: dict[str, Any] = {
        "place": place,
        "space_type": SpaceType.HALL,
        "capacity": 40,
        "hours": WHOLE_YEAR,
    }
    return SpaceOffer(**given | changes)


def refusals(answer: Answer) -> dict[str, list[str]]:
    """Every refused offer with the codes of its reasons."""
    return {str(each.offer): [reason.code for reason in each.reasons] for each in answer.refused}
