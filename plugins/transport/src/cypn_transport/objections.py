"""What is wrong with a posting in this region, field by field."""

from __future__ import annotations

import math
from collections.abc import Iterator

from cypn_core.domain.errors import Invalid
from cypn_core.domain.places import km
from cypn_core.domain.postings import Need, Offer
from cypn_core.domain.region import Region
from cypn_core.domain.times import DateSpan, Window
from cypn_core.exchange import Objection
from cypn_transport.escorts import EscortOffer
from cypn_transport.needs import YOUNG, TripNeed
from cypn_transport.offers import DriverOffer, Permit, VehicleOffer
from cypn_transport.settings import TransportSettings


def objections(body: Need | Offer, region: Region) -> Iterator[Objection]:
    """Everything that the author has to mend."""
    if isinstance(body, TripNeed):
        settings = TransportSettings.of(region)
        yield from _adults(body, settings)
        yield from _way(body, region)
    if isinstance(body, VehicleOffer | DriverOffer | EscortOffer):
        yield from _hours(body, region)
    if isinstance(body, VehicleOffer):
        yield from _papers(body)


def adults_needed(need: TripNeed, settings: TransportSettings) -> int:
    """How many adults must ride along: the region's minimum, or its ratio where that is more."""
    if not need.children:
        return 0
    young = not need.ages.isdisjoint(YOUNG)
    each = settings.young_children_per_adult if young else settings.children_per_adult
    return max(settings.minimum_adults, math.ceil(need.children / each))


def _adults(need: TripNeed, settings: TransportSettings) -> Iterator[Objection]:
    least = adults_needed(need, settings)
    if need.adults < least:
        yield Objection(
            "adults",
            f"must be at least {least} for {need.children} children: this network's rule "
            "of a minimum of adults (adults_per_child); the driver is not one of them",
        )


def _way(need: TripNeed, region: Region) -> Iterator[Objection]:
    """The destination is known, and there is time to get there and back."""
    try:
        windows = _windows(need, region)
        one_way = _one_way(need, region)
    except Invalid as error:
        yield from (Objection(field, said[0]) for field, said in error.fields.items())
        return
    ride = math.ceil(region.travel.minutes(one_way))
    if len(windows) < len(need.days(region)) * (1 if need.waits else 2):
        yield Objection("back_by", "leaves no time at all, as the clocks stand that night")
    elif not windows:
        yield Objection("repeats", "has no date in the terms or holidays that it names")
    elif _shortest(need, windows) < 2 * ride:
        yield Objection("back_by", f"is too early: the ride takes about {ride} minutes each way")


def _windows(need: TripNeed, region: Region) -> tuple[Window, ...]:
    try:
        return need.windows(region)
    except Invalid as error:  # a calendar that the region lacks
        said = {f"repeats.{field}": list(texts) for field, texts in error.fields.items()}
        raise Invalid(said) from None


def _shortest(need: TripNeed, windows: tuple[Window, ...]) -> int:
    """The minutes of the outing that has fewest, both ways together."""
    ways = 1 if need.waits else 2
    minutes = [window.minutes for window in windows]
    return min(sum(minutes[at : at + ways]) for at in range(0, len(minutes), ways))


def _one_way(need: TripNeed, region: Region) -> float:
    """Kilometres by road; ``Invalid`` on the place that is not known, or not ours to start from."""
    start = region.find(need.place)
    if need.distance_km is not None:
        return float(need.distance_km)
    try:
        there = region.find(need.destination, "destination", outside=True)
    except Invalid as error:
        said = " ".join(error.fields["destination"])
        raise Invalid({"destination": [f"{said}; or state distance_km, one way"]}) from None
    return region.travel.km(km(start.point, there.point))


def _papers(vehicle: VehicleOffer) -> Iterator[Objection]:
    """A permit that names passengers says whom."""
    named = {Permit.SECTION_19, Permit.SECTION_19_LARGE}
    if vehicle.permit in named and not vehicle.classes:
        yield Objection("classes", "must say whom the permit names: without it nobody may ride")


def _hours(body: VehicleOffer | DriverOffer | EscortOffer, region: Region) -> Iterator[Objection]:
    """The calendars that the hours lie in are the region's."""
    for at, hours in enumerate(body.hours):
        try:
            hours.over(DateSpan(hours.first, hours.first), region.zone_name, region.calendars)
        except Invalid as error:
            fields = error.fields.items()
            yield from (Objection(f"hours[{at}].{field}", said[0]) for field, said in fields)
