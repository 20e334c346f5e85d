"""The rule pack of this exchange. A region replaces its numbers; plugins add rules of their own."""

from __future__ import annotations

import datetime as dt

from cypn_core.matching.rules import NEED, Judge
from cypn_transport import drivers, escorts, vehicles
from cypn_transport.offers import DRIVER, ESCORT, VEHICLE
from cypn_transport.pack import PackRule

VERSION = "2026-11-22"
"""The day on which the pack was written. Not every source was opened then: see RULES.md."""

_HUB = "hub"
_CTA = "https://ctauk.org/cta-advice-service/faq/who-can-drive-section-19-22-permits/"
_LAW = "https://www.legislation.gov.uk/uksi/2009/365"
_PERMITS = (
    "https://www.gov.uk/government/publications/"
    "section-19-and-22-permits-not-for-profit-passenger-transport"
)
_ROADWORTHY = "https://www.gov.uk/government/publications/guide-to-maintaining-roadworthiness"
_HOURS = "https://www.gov.uk/drivers-hours/gb-domestic-rules"
_MOT = "https://www.gov.uk/getting-an-mot"
_INSURED = "https://www.gov.uk/vehicle-insurance"
_MIDAS = "https://ctauk.org"
_CHILD_SEATS = (
    "https://www.gov.uk/child-car-seats-the-rules/when-a-child-can-travel-without-a-car-seat"
)
_CHECKS = "https://www.gov.uk/government/collections/dbs-eligibility-guidance"
_NEED_VEHICLE, _NEED_DRIVER, _PAIR = (NEED, VEHICLE), (NEED, DRIVER), (VEHICLE, DRIVER)
_NEED_ESCORT = (NEED, ESCORT)
_SINCE = dt.date(2009, 4, 6)
"""When the permit regulations of 2009 came into force."""
_ALWAYS = dt.date(2000, 1, 1)


def _rule(
    code: str,
    between: tuple[str, str],
    judge: Judge,
    source: str,
    since: dt.date,
    sentence: str,
) -> PackRule:
    return PackRule(
        code=code, between=between, judge=judge, source=source, valid_from=since, sentence=sentence
    )


PACK: tuple[PackRule, ...] = (
    _rule("access", _NEED_VEHICLE, vehicles.access, _HUB, _ALWAYS,
          "Wheelchair users need a lift or ramp; unknown accessibility is not accessible."),
    _rule("seats", _NEED_VEHICLE, vehicles.room, _HUB, _ALWAYS,
          "One stated layout takes everybody: children, adults and wheelchair users."),
    _rule("child_seats", _NEED_VEHICLE, vehicles.child_seats, _CHILD_SEATS, _ALWAYS,
          "The child seats that are asked for come with the vehicle, sort by sort."),
    _rule("mot", _NEED_VEHICLE, vehicles.mot, _MOT, _ALWAYS,
          "The MOT is in date at the return."),
    _rule("insurance", _NEED_VEHICLE, vehicles.insurance, _INSURED, _ALWAYS,
          "The insurance is in date at the return."),
    _rule("inspection", _NEED_VEHICLE, vehicles.inspection, _ROADWORTHY, _ALWAYS,
          "A safety inspection lies at most 10 weeks before the return, 6 for an old vehicle."),
    _rule("permit", _NEED_VEHICLE, vehicles.permit, _PERMITS, _SINCE,
          "For hire or reward there is a permit, in date at the return; above 16 a large one."),
    _rule("passenger_class", _NEED_VEHICLE, vehicles.passenger_class, _LAW, _SINCE,
          "A section 19 permit names a class to which the group belongs."),
    _rule("price", _NEED_VEHICLE, vehicles.price, _HUB, _ALWAYS,
          "What is certain to be paid is within the group's budget."),
    _rule("safeguarding", _NEED_DRIVER, drivers.safeguarding, _CHECKS, _ALWAYS,
          "The driver's checks are in date at the return."),
    _rule("minimum_age", _NEED_DRIVER, drivers.minimum_age, _PERMITS, _ALWAYS,
          "The driver is at least 21."),
    _rule("experience", _NEED_DRIVER, drivers.experience, _HUB, _ALWAYS,
          "The driver has driven minibuses for 12 months."),
    _rule("midas", _NEED_DRIVER, drivers.training, _MIDAS, _ALWAYS,
          "MiDAS is in date at the return."),
    _rule("midas_accessible", _NEED_DRIVER, drivers.accessible_training, _MIDAS, _ALWAYS,
          "With wheelchair users Accessible MiDAS is in date at the return."),
    _rule("driving_time", _NEED_DRIVER, drivers.driving_time, _HOURS, _ALWAYS,
          "At most 10 hours at the wheel in a day."),
    _rule("escort_checks", _NEED_ESCORT, escorts.safeguarding, _CHECKS, _ALWAYS,
          "The escort's checks are in date at the last return."),
    _rule("escort_skills", _NEED_ESCORT, escorts.skills, _HUB, _ALWAYS,
          "With wheelchair users or child seats the escort has learnt to make these fast."),
    _rule("escort_reach", _NEED_ESCORT, escorts.reach, _HUB, _ALWAYS,
          "The outing starts within the distance that the escort will go."),
    _rule("reach", _PAIR, drivers.reach, _HUB, _ALWAYS,
          "The vehicle stands within the distance that the driver will go."),
    _rule("entitlement", _PAIR, drivers.entitlement, _CTA, _SINCE,
          "D; D1 to 16 passengers; D1(101) to 70 unless renewed; B alone from 21, held two years, "
          "expenses only, to 3.5 t (4.25 t adapted), at 70 with a D1 medical; automatics if so "
          "licensed."),
)  # fmt: skip

RULES = tuple(each.rule() for each in PACK)
