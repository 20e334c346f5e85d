"""The codes of the venue bank. A code says what a space is or what is done in it, never for whom.

Codes that would name the people (a faith, a country, a condition) are left out on purpose: a
holder learns what the space needs to know and nothing else.
"""

from __future__ import annotations

from enum import Enum


class SpaceType(Enum):
    """What a space is. Storage is a kind of its own."""

    HALL = "hall"
    MEETING_ROOM = "meeting_room"
    ACTIVITY_SPACE = "activity_space"
    COMMUNITY_FACILITY = "community_facility"
    SHARED_HUB = "shared_hub"
    HOST_PREMISES = "host_premises"
    SHARED_DESK = "shared_desk"
    OFFICE = "office"
    OUTDOOR = "outdoor"
    KITCHEN = "kitchen"


ROOMS = frozenset(
    {
        SpaceType.HALL,
        SpaceType.MEETING_ROOM,
        SpaceType.ACTIVITY_SPACE,
        SpaceType.COMMUNITY_FACILITY,
        SpaceType.SHARED_HUB,
        SpaceType.HOST_PREMISES,
    }
)
"""What a need that names no type may mean: somewhere indoors for a group to be."""


class Facility(Enum):
    """What a space may have."""

    KITCHEN = "kitchen"
    STAGE = "stage"
    TABLES_AND_CHAIRS = "tables_and_chairs"
    WIFI = "wifi"
    PROJECTOR = "projector"
    SOUND_SYSTEM = "sound_system"
    SPORTS_FLOOR = "sports_floor"
    MATS = "mats"
    CHANGING_ROOMS = "changing_rooms"
    GARDEN = "garden"
    CUPBOARD = "cupboard"
    PARKING = "parking"


class AccessFeature(Enum):
    """What makes a space usable for everybody. Never bargained away."""

    STEP_FREE = "step_free"
    ACCESSIBLE_TOILET = "accessible_toilet"
    CHANGING_PLACE = "changing_place"
    HOIST = "hoist"
    HEARING_LOOP = "hearing_loop"
    LIFT = "lift"
    ACCESSIBLE_PARKING = "accessible_parking"
    LOW_STIMULUS_ROOM = "low_stimulus_room"
    SECURE_PERIMETER = "secure_perimeter"


class Entry(Enum):
    """How a group gets in."""

    ENTRY_CODE = "entry_code"
    OPENED_BY_STAFF = "opened_by_staff"
    PHYSICAL_KEY = "physical_key"
    UNRESTRICTED = "unrestricted"


class Neighbour(Enum):
    """Who else is in the building while a space is let."""

    ADULTS_ONLY = "adults_only"
    YOUNG_CHILDREN = "young_children"
    OTHERS = "others"


class Conduct(Enum):
    """What a need declares that it brings, and what a house rule may forbid."""

    AMPLIFIED_MUSIC = "amplified_music"
    LOUD_MUSIC = "loud_music"
    FOOD = "food"
    ANIMALS = "animals"
    BALL_GAMES = "ball_games"


class AgeGroup(Enum):
    """Who comes, as a band. :data:`AGES` gives the years."""

    PRE_SCHOOL = "pre_school"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    TEENAGE = "teenage"
    YOUNG_PEOPLE = "young_people"
    FAMILIES = "families"
    MIXED = "mixed"
    ADULTS = "adults"


AGES = {
    AgeGroup.PRE_SCHOOL: (2, 4),
    AgeGroup.PRIMARY: (4, 11),
    AgeGroup.SECONDARY: (11, 16),
    AgeGroup.TEENAGE: (13, 19),
    AgeGroup.YOUNG_PEOPLE: (11, 25),
    AgeGroup.FAMILIES: (0, 99),
    AgeGroup.MIXED: (0, 23),
    AgeGroup.ADULTS: (18, 120),
}
"""Youngest and oldest of each band in years; assumed, as the report names bands without years."""


class Activity(Enum):
    """What is done in the space."""

    GROUP_CLASS = "group_class"
    SPORT = "sport"
    MARTIAL_ARTS = "martial_arts"
    JUDO = "judo"
    FOOTBALL = "football"
    CYCLING = "cycling"
    PLAY = "play"
    TOY_LIBRARY = "toy_library"
    PRE_SCHOOL = "pre_school"
    FOREST_SCHOOL = "forest_school"
    SATURDAY_SCHOOL = "saturday_school"
    HOLIDAY_ACTIVITY = "holiday_activity"
    YOUTH_CLUB = "youth_club"
    UNIFORMED = "uniformed"
    SOCIAL = "social"
    HEALTHY_EATING = "healthy_eating"
    MENTORING = "mentoring"
    ADVICE = "advice"
    EDUCATION_SUPPORT = "education_support"
    MEETING = "meeting"
    TRAINING_SESSION = "training_session"


_WIDER = {
    kind: wider
    for wider, kinds in {
        Activity.SPORT: (
            Activity.MARTIAL_ARTS, Activity.JUDO, Activity.FOOTBALL, Activity.CYCLING,
        ),
        Activity.PLAY: (Activity.TOY_LIBRARY, Activity.PRE_SCHOOL, Activity.FOREST_SCHOOL),
        Activity.GROUP_CLASS: (
            Activity.SATURDAY_SCHOOL, Activity.EDUCATION_SUPPORT, Activity.HEALTHY_EATING,
            Activity.TRAINING_SESSION,
        ),
        Activity.SOCIAL: (Activity.YOUTH_CLUB, Activity.UNIFORMED, Activity.HOLIDAY_ACTIVITY),
        Activity.MEETING: (Activity.MENTORING, Activity.ADVICE),
    }.items()
    for kind in kinds
}  # fmt: skip


def category_of(activity: Activity) -> Activity:
    """The wider activity that this is a kind of, or itself where it is one.

    >>> category_of(Activity.JUDO), category_of(Activity.SPORT)
    (<Activity.SPORT: 'sport'>, <Activity.SPORT: 'sport'>)
    """
    return _WIDER.get(activity, activity)


class BudgetPer(Enum):
    """What a budget for a space is counted by."""

    SESSION = "session"
    HOUR = "hour"


class StoreAccess(Enum):
    """How often a store can be reached."""

    MONTHLY = "monthly"
    WEEKLY = "weekly"
    DAILY = "daily"
    ANY_TIME = "any_time"

    def allows(self, wanted: StoreAccess) -> bool:
        """True when this is as often as *wanted*, or oftener.

        >>> StoreAccess.DAILY.allows(StoreAccess.WEEKLY)
        True
        """
        order = list(StoreAccess)
        return order.index(self) >= order.index(wanted)


class Basis(Enum):
    """What a price is counted by."""

    FREE = "free"
    AT_COST = "at_cost"
    PER_SESSION = "per_session"
    PER_HOUR = "per_hour"
    PER_MONTH = "per_month"


class ChargeFor(Enum):
    """What is charged beside the price, each time."""

    CARETAKER = "caretaker"
    CLEANING = "cleaning"
    HEATING = "heating"
    EQUIPMENT = "equipment"
    INSURANCE = "insurance"
