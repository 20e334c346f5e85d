"""What is asked for and what is given. One class for each kind; the fields are the form."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, ClassVar

from annotated_types import Ge, Le
from attrs import frozen

from cypn_core.domain.constraints import HeadCount, constrained
from cypn_core.domain.postings import Claim, Need, Offer, Unit


class Subject(Enum):
    """A code, not free text: what somebody types could tell strangers who they are."""

    FIRST_AID = "first_aid"
    SAFEGUARDING = "safeguarding"
    FUNDRAISING = "fundraising"
    SPREADSHEETS = "spreadsheets"


@frozen(kw_only=True, field_transformer=constrained)
class TrainingNeed(Need):
    """So many people want to learn a subject."""

    kind: ClassVar[str] = "training_need"
    checklist: ClassVar[str] = (
        "seeker"  # which of the region's checklists its owner must have passed
    )

    subject: Subject
    learners: HeadCount = 1


@frozen(kw_only=True, field_transformer=constrained)
class TeachingOffer(Offer):
    """A group teaches another one, and is taught something in return."""

    kind: ClassVar[str] = "teaching_offer"
    checklist: ClassVar[str] = "holder"
    role: ClassVar[str] = "teacher"  # the part it plays in a plan; rules and planners speak of it

    subject: Subject
    groups: Annotated[int, Ge(1), Le(20)] = 1

    def units(self) -> tuple[Unit, ...]:
        """The groups that it will teach. Not timed: they agree on a day among themselves."""
        return (Unit(capacity=self.groups, timed=False),)


@frozen(kw_only=True, field_transformer=constrained)
class CourseOffer(Offer):
    """A course with seats, open to all, for nothing in return."""

    kind: ClassVar[str] = "course_offer"
    checklist: ClassVar[str] = "holder"
    role: ClassVar[str] = "course"

    subject: Subject
    seats: HeadCount = 12

    def units(self) -> tuple[Unit, ...]:
        """Its seats, which run out. Core counts them and never gives one away twice."""
        return (Unit(capacity=self.seats, timed=False),)

    def claims(self, need: Need) -> tuple[Claim, ...]:
        """One seat for each learner."""
        learners = need.learners if isinstance(need, TrainingNeed) else 1
        return tuple(Claim(unit, learners) for unit in self.units())


@frozen(field_transformer=constrained)
class Attended:
    """What the holder is asked for when attendance is recorded."""

    learners: HeadCount


@frozen(kw_only=True, field_transformer=constrained)
class Settings:
    """What a region may set, in its table ``[exchanges.exchange_starter]``."""

    largest_group: HeadCount = 15
