"""The hooks that this plugin answers. The entry point in ``pyproject.toml`` names this module."""

from __future__ import annotations

from cypn_core import hookimpl
from cypn_core.exchange import Exchange
from cypn_exchange_starter.actions import ARRANGED, RECORD_ATTENDANCE, claimed
from cypn_exchange_starter.model import CourseOffer, Settings, TeachingOffer, TrainingNeed
from cypn_exchange_starter.planner import plans
from cypn_exchange_starter.rules import RULES

WORDS = {
    "first_aid": "first aid",
    "safeguarding": "safeguarding",
    "fundraising": "fundraising",
    "spreadsheets": "spreadsheets",
    "teacher": "group that teaches",
    "course": "course",
    "training_need": "training that is wanted",
    "teaching_offer": "teaching in return for teaching",
    "course_offer": "a course with seats",
    "arranged": "arranged",
    "taught": "has taken place",
}


@hookimpl
def cypn_exchange() -> Exchange:
    return Exchange(
        name="exchange_starter",
        title="Training exchange",
        summary="Teach what you know, learn what you need, or take a seat on a course.",
        needs=(TrainingNeed,),
        offers=(TeachingOffer, CourseOffer),
        planner=plans,
        rules=RULES,
        settings=Settings,
        actions=(RECORD_ATTENDANCE,),
        words=WORDS,
        served=claimed,
        agreed_as=ARRANGED,
    )
