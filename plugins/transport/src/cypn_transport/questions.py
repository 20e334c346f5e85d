"""The questions of the transport exchange's forms, with hints, headings and short labels.

Keys are explained in ``docs/hooks.md``.
"""

from __future__ import annotations

from collections.abc import Mapping

_WHO, _TIMES, _MONEY = "Who rides", "Dates and times", "Money"
_PAPERS, _VEHICLE, _WAY = "Papers and checks", "The vehicle", "The way"

_OUTING = {
    "hint.trip_need": "One outing, there and back.",
    "trip_need.place": "Where does the outing start?",
    "hint.trip_need.place": "The name of a place, or a postcode inside the region.",
    "destination": "Where does it go?",
    "hint.destination": "A place or postcode; it may lie outside the region.",
    "on": "On which day?",
    "label.on": "Day",
    "leaves": "At what time do you leave?",
    "back_by": "By what time must you be back?",
    "children": "How many children and young people ride?",
    "adults": "How many adults ride along?",
    "hint.adults": "The driver is not one of them.",
    "nights": "How many nights are you away?",
    "hint.nights": "0 if you are back on the same day.",
    "away": "Can vehicle and driver leave you there and come back?",
    "hint.away": "Leave it out if they stay with you all the time.",
    "away.arrives": "When do you arrive there?",
    "away.back_from": "From when on do you wait to be fetched?",
    "wheelchair_users": "How many of them ride in a wheelchair?",
    "ages": "Which ages are the children?",
    "needs_driver": "Do you need a driver as well?",
    "may_share": "May another group ride along?",
    "passengers_pay": "Does anybody pay for being carried?",
    "hint.passengers_pay": "In cash or kind; fees of a club or camp count too.",
    "own_permit": "Do you hold a permit of your own, with a disc for this outing?",
    "trip_need.classes": "Who are the passengers, as permits name them?",
    "budget_pence": "How much can you spend at most, in all?",
    "hint.budget_pence": "Nobody but you sees it.",
    "label.budget_pence": "Budget",
    "distance_km": "How many kilometres is it by road, one way?",
    "hint.distance_km": "Only needed where the hub does not know the place.",
}

_GIVEN = {
    "hint.vehicle_offer": "A vehicle that others may use for outings.",
    "hint.driver_offer": "Somebody who drives for others. No name is asked for.",
    "vehicle_offer.place": "Where does the vehicle stand?",
    "driver_offer.place": "Where does the driver start from?",
    "auto_accept": "Shall the hub say yes for you when a checked group fits?",
    "layouts": "How can it be set out?",
    "hint.layouts": "Each way as one entry. The driver's seat does not count.",
    "layouts.seats": "How many passenger seats?",
    "layouts.wheelchairs": "How many wheelchair spaces?",
    "vehicle_offer.hours": "When may it be asked for?",
    "driver_offer.hours": "When can the driver drive?",
    "comes_with_driver": "Does it come with a driver of yours?",
    "vehicle_offer.access": "How does a wheelchair user come aboard?",
    "gearbox": "What gears has it?",
    "mass_kg": "What maximum mass does the plate state, in kg?",
    "hint.mass_kg": "Not what it weighs empty.",
    "registered": "In which year was it first registered?",
    "inspections": "When were safety inspections done, or are they booked?",
    "mot_until": "Until when is the MOT in date?",
    "insured_until": "Until when is it insured?",
    "permit": "Under which permit may it carry passengers?",
    "permit_until": "Until when does the permit last?",
    "vehicle_offer.classes": "Which passengers does the permit name?",
    "rates": "What does an outing cost?",
    "hint.rates": "0 says that there is no such charge; empty says that it is not known yet.",
    "rates.hire_pence": "Hire",
    "rates.fuel_pence": "Fuel",
    "rates.distance_pence": "For each kilometre or mile",
    "rates.per": "Is that for a kilometre or a mile?",
    "rates.insurance_pence": "Insurance",
    "rates.driver_pence": "Expenses or pay of the driver who comes with it",
    "vehicle_offer.buffer_minutes": "How many minutes do you need before and after each outing?",
    "driver_offer.buffer_minutes": "How many minutes must lie between two outings?",
    "categories": "Which licence categories does the driver hold?",
    "born": "In which year was the driver born?",
    "hint.born": "Only the year: nobody but you sees it.",
    "licence_until": "Until when is the licence in date?",
    "b_since": "Since when has the car licence been held?",
    "automatic_only": "Is the licence for automatics only?",
    "medical_at_70": "Was it renewed at 70 with a D1 medical?",
    "drives_minibuses_since": "Since when has the driver driven minibuses?",
    "midas_until": "Until when is the MiDAS certificate in date?",
    "midas_accessible_until": "Until when is the accessible MiDAS module in date?",
    "paid": "Is the driver paid, beyond expenses?",
    "expenses_pence": "What are the expenses, or the pay, for one outing?",
    "claims_mileage": "Is the way to the vehicle by own car claimed?",
    "furthest_km": "How many kilometres away may the vehicle stand?",
}

_GROUPS = {
    _WHO: ("ages", "wheelchair_users", "may_share", "passengers_pay"),
    _TIMES: ("nights", "away", "buffer_minutes"),
    _WAY: ("needs_driver", "distance_km", "furthest_km"),
    _VEHICLE: ("comes_with_driver", "access", "gearbox", "mass_kg", "registered"),
    _PAPERS: (
        "inspections", "mot_until", "insured_until", "permit", "permit_until", "classes",
        "own_permit", "licence_until", "b_since", "automatic_only", "medical_at_70",
        "drives_minibuses_since", "midas_until", "midas_accessible_until",
    ),
    _MONEY: ("budget_pence", "rates", "paid", "expenses_pence", "claims_mileage"),
}  # fmt: skip

QUESTIONS: Mapping[str, str] = {
    **_OUTING,
    **_GIVEN,
    **{f"group.{name}": group for group, names in _GROUPS.items() for name in names},
}
