"""The whole price of an outing, line by line; where a part is unknown there is no price."""

from __future__ import annotations

from attrs import evolve, frozen

from cypn_core.domain.plans import PriceLine
from cypn_core.matching.rules import Context
from cypn_transport.escorts import EscortOffer
from cypn_transport.needs import TripNeed
from cypn_transport.offers import DistanceUnit, DriverOffer, Rates, VehicleOffer
from cypn_transport.travel import KM_PER_MILE, Journey, journey, there_and_back

EMPTY, LEVELLED = "empty running", "equal share of empty running"
"""The lines for kilometres without passengers: its own, or the same for every journey."""


@frozen
class Quote:
    """Lines that are known, and the names of those that are not."""

    lines: tuple[PriceLine, ...]
    unknown: tuple[str, ...] = ()

    @property
    def pence(self) -> int | None:
        """The whole price, or None while a part is unknown."""
        return None if self.unknown else self.known

    @property
    def known(self) -> int:
        """What is certain to be paid, whatever the rest comes to."""
        return sum(line.pence for line in self.lines)

    @property
    def empty(self) -> int:
        """The empty running in it, in pence."""
        return sum(line.pence for line in self.lines if line.label in {EMPTY, LEVELLED})

    def levelled(self, pence: int | None) -> Quote:
        """The same with *pence* in place of its own empty running; None puts nothing there."""
        lines = tuple(line for line in self.lines if line.label != EMPTY)
        even = (PriceLine(LEVELLED, pence),) if pence else ()
        return evolve(self, lines=(*lines, *even))


def distance_price(km: float, pence: int, per: DistanceUnit = DistanceUnit.KM) -> int:
    """The price of *km*, taken to a tenth, at *pence* for each kilometre or mile; half up.

    >>> distance_price(24.8, 60), distance_price(16.09344, 45, DistanceUnit.MILE)
    (1488, 450)
    """
    tenths = round((km / KM_PER_MILE if per is DistanceUnit.MILE else km) * 10)
    return (tenths * pence + 5) // 10


def vehicle_quote(need: TripNeed, vehicle: VehicleOffer, context: Context) -> Quote:
    """What *vehicle* is certain to cost for *need* alone; *context* is that of the pair.

    Where empty running is levelled it is no part of that.
    """
    quote = priced(vehicle, journey(need, context))
    return quote.levelled(None) if context.settings.rural_levelling else quote


def priced(vehicle: VehicleOffer, way: Journey | None) -> Quote:
    """What *vehicle* costs for *way*, with its own driver where one comes with it."""
    rates = vehicle.rates
    stated = [
        ("hire", rates.hire_pence),
        ("fuel", rates.fuel_pence),
        *_distance(rates, way),
        ("insurance", rates.insurance_pence),
    ]
    if vehicle.comes_with_driver:
        stated.append(("driver's expenses", rates.driver_pence))
    return _quote(stated)


def driver_quote(driver: DriverOffer, context: Context) -> Quote:
    """What *driver* costs; *context* is that of the vehicle and the driver."""
    stated = [("driver's pay" if driver.paid else "driver's expenses", driver.expenses_pence)]
    if driver.claims_mileage:
        rate = context.settings.own_car_pence_per_mile
        way = there_and_back(context)
        cost = None if way is None else distance_price(way, rate, DistanceUnit.MILE)
        stated.append(("driver's own car", cost))
    return _quote(stated)


def escort_quote(escort: EscortOffer) -> Quote:
    """What *escort* costs for one outing."""
    return _quote([("escort's expenses", escort.expenses_pence)])


def _distance(rates: Rates, way: Journey | None) -> list[tuple[str, int | None]]:
    """The lines for kilometres; with no charge for them the way need not be known."""
    if rates.distance_pence == 0:
        return []
    if rates.distance_pence is None or way is None:
        return [("mileage", None)]
    rate, per = rates.distance_pence, rates.per
    return [
        ("mileage with the group aboard", distance_price(way.aboard, rate, per)),
        (EMPTY, distance_price(way.empty, rate, per)),
    ]


def _quote(stated: list[tuple[str, int | None]]) -> Quote:
    lines = tuple(PriceLine(label, pence) for label, pence in stated if pence)
    return Quote(lines, tuple(label for label, pence in stated if pence is None))
