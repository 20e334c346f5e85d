"""The rule pack of this exchange.

A region replaces its numbers, puts a rule off or sets its day, by its code; a plugin's rule of the
same code that *replaces* stands in for it, and others are added to it.
"""

from __future__ import annotations

import datetime as dt

from cypn_core.matching.rules import NEED, Judge
from cypn_transport import drivers, escorts, permits, regulated, vehicles
from cypn_transport.offers import DRIVER, ESCORT, VEHICLE
from cypn_transport.pack import HUB, PackRule, version

WRITTEN = "2026-11-23"
_READ = dt.date(2026, 11, 23)
"""When the pages that are marked as read were read, as far as they were kept."""

_LAW = "https://www.legislation.gov.uk/uksi/2009/365"
_PERMITS = (
    "https://www.gov.uk/government/publications/"
    "section-19-and-22-permits-not-for-profit-passenger-transport"
)
_BORROWED = "https://bookings.mwscouts.org/minibus-permits/"
_INSPECTED = (
    "https://castleminibus.co.uk/compliance/how-often-should-you-do-a-minibus-safety-inspection"
)
_HOURS = (
    "https://www.gov.uk/guidance/drivers-hours-passenger-vehicles/2-great-britain-domestic-rules"
)
_MOT = "https://www.gov.uk/getting-an-mot"
_INSURED = "https://www.gov.uk/vehicle-insurance"
_MIDAS = "https://bookings.mwscouts.org/what-is-midas"
_ACCESSIBLE = "https://www.neondriving.co.uk/midas"
_LICENCE = "https://castleminibus.co.uk/driving-a-school-minibus-faqs"
_CHECKS = "https://www.gov.uk/government/collections/dbs-eligibility-guidance"
_REGULATED = "https://www.policecautions.uk/2017/02/08/regulated-activity-with-children/"
_CHILD_SEATS = "https://www.gov.uk/child-car-seats-the-rules"
_NEED_VEHICLE, _NEED_DRIVER, _PAIR = (NEED, VEHICLE), (NEED, DRIVER), (VEHICLE, DRIVER)
_NEED_ESCORT = (NEED, ESCORT)
_SINCE = dt.date(2009, 4, 6)
"""When the permit regulations of 2009 came into force."""
_ALWAYS = dt.date(2000, 1, 1)
_OPENED = frozenset(
    {_PERMITS, _BORROWED, _INSPECTED, _HOURS, _MIDAS, _ACCESSIBLE, _LICENCE, _REGULATED,
     _CHILD_SEATS}
)  # fmt: skip


def _rule(
    code: str,
    between: tuple[str, str],
    judge: Judge,
    source: str,
    since: dt.date,
    sentence: str,
    *,
    lasting: bool = True,
) -> PackRule:
    return PackRule(
        code=code,
        between=between,
        judge=judge,
        source=source,
        valid_from=since,
        sentence=sentence,
        opened=_READ if source in _OPENED else None,
        lasting=lasting,
    )


PACK: tuple[PackRule, ...] = (
    _rule("access", _NEED_VEHICLE, vehicles.access, HUB, _ALWAYS,
          "Wheelchair users need a lift or ramp; unknown accessibility is not accessible."),
    _rule("seats", _NEED_VEHICLE, vehicles.room, HUB, _ALWAYS,
          "One stated layout takes everybody: children, adults, wheelchair users, an escort."),
    _rule("child_seats", _NEED_VEHICLE, vehicles.child_seats, _CHILD_SEATS, _ALWAYS,
          "The child seats that are asked for come with the vehicle, sort by sort; no law makes a "
          "minibus bring them, and what there is must be used."),
    _rule("mot", _NEED_VEHICLE, vehicles.mot, _MOT, _ALWAYS,
          "The MOT is in date at the last return."),
    _rule("insurance", _NEED_VEHICLE, vehicles.insurance, _INSURED, _ALWAYS,
          "The insurance is in date at the last return."),
    _rule("inspection", _NEED_VEHICLE, vehicles.inspection, _INSPECTED, _ALWAYS,
          "Before every date a safety inspection lies at most 10 weeks back, 6 from 12 years on."),
    _rule("permit", _NEED_VEHICLE, permits.permit, _PERMITS, _SINCE,
          "For hire or reward, which is any payment that gives a right to be carried, there is a "
          "permit, in date at the last return and for 5 years at most; above 16 a large one."),
    _rule("borrowers_permit", _NEED_VEHICLE, permits.borrowed, _BORROWED, _SINCE,
          "Who drives a borrowed vehicle has a permit of its own, or is a member of its scheme."),
    _rule("passenger_class", _NEED_VEHICLE, permits.passenger_class, _LAW, _SINCE,
          "A section 19 permit names every class of passengers that rides, of every group."),
    _rule("public", _NEED_VEHICLE, permits.public, _PERMITS, _SINCE,
          "The general public rides for payment under section 22 or a PSV licence only."),
    _rule("price", _NEED_VEHICLE, vehicles.price, HUB, _ALWAYS,
          "What is certain to be paid is within the group's budget.", lasting=False),
    _rule("safeguarding", _NEED_DRIVER, drivers.safeguarding, _CHECKS, _ALWAYS,
          "The driver's checks are in date at the last return."),
    _rule("regulated", _NEED_DRIVER, regulated.driving, _REGULATED, _ALWAYS,
          "Who drives children weekly or on 4 days in 30 has an enhanced check with the children's "
          "barred list."),
    _rule("minimum_age", _NEED_DRIVER, drivers.minimum_age, HUB, _ALWAYS,
          "The driver is at least 21."),
    _rule("experience", _NEED_DRIVER, drivers.experience, HUB, _ALWAYS,
          "The driver has driven minibuses for 12 months."),
    _rule("midas", _NEED_DRIVER, drivers.training, _MIDAS, _ALWAYS,
          "MiDAS, which lasts 4 years, is in date at the last return."),
    _rule("midas_accessible", _NEED_DRIVER, drivers.accessible_training, _ACCESSIBLE, _ALWAYS,
          "With wheelchair users Accessible MiDAS is in date at the last return, and MiDAS too."),
    _rule("driving_time", _NEED_DRIVER, drivers.driving_time, _HOURS, _ALWAYS,
          "At most 10 hours at the wheel in a day, in weeks with a day of more than 4."),
    _rule("driving_break", _NEED_DRIVER, drivers.driving_break, _HOURS, _ALWAYS,
          "After 5½ hours at the wheel there is time for a break of 30 minutes."),
    _rule("escort_checks", _NEED_ESCORT, escorts.safeguarding, _CHECKS, _ALWAYS,
          "The escort's checks are in date at the last return."),
    _rule("escort_regulated", _NEED_ESCORT, regulated.escorting, _REGULATED, _ALWAYS,
          "Who rides with children weekly or on 4 days in 30 has that enhanced check too."),
    _rule("escort_skills", _NEED_ESCORT, escorts.skills, HUB, _ALWAYS,
          "With wheelchair users or child seats the escort has learnt to make these fast."),
    _rule("escort_reach", _NEED_ESCORT, escorts.reach, HUB, _ALWAYS,
          "The outing starts within the distance that the escort will go."),
    _rule("reach", _PAIR, drivers.reach, HUB, _ALWAYS,
          "The vehicle stands within the distance that the driver will go."),
    _rule("entitlement", _PAIR, drivers.entitlement, _LICENCE, _SINCE,
          "D; D1 to 16 passengers; D1(101) too, to 70 unless renewed, and not under a PSV licence; "
          "B for 8 passengers and 3.5 t; beyond that from 21, held two years, expenses only, to "
          "3.5 t (4.25 t adapted), no trailer, D1 medical at 70; automatics if so licensed."),
)  # fmt: skip

RULES = tuple(each.rule() for each in PACK)
VERSION = version(PACK, WRITTEN)
"""Of this pack, with a digest of its table: it is logged with whatever is agreed by it."""
