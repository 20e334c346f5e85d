"""Forms are derived: what a form shows of a value is read back as that value, for every kind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, ClassVar

import pytest
from annotated_types import Ge, Le, MaxLen
from attrs import evolve, field, frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sites import EXCHANGES, HUB, KINDS, REGION
from werkzeug.datastructures import MultiDict

from cypn_core.domain.constraints import Code, HeadCount, Note, Pence, WallTime, constrained
from cypn_core.domain.errors import Invalid
from cypn_core.domain.postings import Need
from cypn_core.domain.times import Schedule
from cypn_core.testing.conformance import word_complaints
from cypn_core.testing.strategies import strategy_for
from cypn_core.web.schemas import load
from cypn_core.wire.converter import converter_for
from cypn_site.forms import ABSENT, Question, Widget, inputs, placed, questions, read
from cypn_site.forms.schedules import DAYS, REPEATS, made

CONVERTER = converter_for({})
FEW = settings(max_examples=40, deadline=None)


class Colour(Enum):
    """Codes that are numbers."""

    RED = 1
    BLUE = 2


@frozen(kw_only=True, field_transformer=constrained)
class Part:
    """Something inside something else."""

    name: Code
    pence: Pence | None = None
    on: dt.date | None = None
    heads: tuple[HeadCount, ...] = ()


@frozen(kw_only=True, field_transformer=constrained)
class EveryForm(Need):
    """A need with a field of every form that there is on the wire."""

    kind: ClassVar[str] = "every_form"
    checklist: ClassVar[str] = "seeker"

    text: Note
    colour: Colour
    at: WallTime
    moment: dt.datetime
    exact: Annotated[Decimal, Ge(-5), Le(5)]
    part: Part
    maybe: Colour | None = None
    truth: bool | None = None
    whole: int = -3
    owed_pence: int = 0
    parts: Annotated[tuple[Part, ...], MaxLen(4)] = ()
    other: Part | None = None
    colours: frozenset[Colour] = frozenset()
    codes: frozenset[Code] = frozenset()
    days: tuple[dt.date, ...] = ()
    moments: tuple[dt.datetime, ...] = ()
    amounts: Mapping[Code, Pence] = field(factory=dict)
    schedule: Schedule | None = None
    schedules: tuple[Schedule, ...] = ()


def asked(kind: type[Any]) -> dict[str, Question]:
    """The questions of *kind* by name."""
    words = EXCHANGES[kind].words if kind in EXCHANGES else {}
    return {each.name: each for each in questions(kind, words, REGION)}


def through_a_form(kind: type[Any], value: Any) -> Any:
    """*value* after it was shown in a form and read back."""
    body, found = CONVERTER.write(value), {}
    for name, question in asked(kind).items():
        said = read(question, MultiDict(inputs(question, body[name])))
        if said is not ABSENT:
            found[name] = said
    return load(kind, {"kind": kind.kind, **found})


def plain(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Values of *kind*; the line ends of a longer text are those that browsers send."""
    return strategy_for(kind).map(lambda value: evolve(value, note=_lines(value.note)))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")


@pytest.mark.parametrize("kind", [*KINDS, EveryForm], ids=lambda kind: kind.kind)
def test_what_a_form_shows_is_read_back(kind: type[Any]) -> None:
    """The round trip holds for every kind of every exchange, and for every form of field."""

    @FEW
    @given(plain(kind))
    def holds(value: Any) -> None:
        if kind is EveryForm:
            value = evolve(value, text=_lines(value.text))
            if not value.text:
                value = evolve(value, text="x")
        assert through_a_form(kind, value) == value

    holds()


@st.composite
def said(draw: st.DrawFn) -> Schedule:
    """Schedules that the form can say."""
    first = draw(st.dates(dt.date(2026, 1, 1), dt.date(2029, 12, 31)))
    repeats = draw(st.sampled_from([sort for sort, _ in REPEATS]))
    by_week = repeats in {"weekly", "fortnightly"}
    days = draw(st.lists(st.sampled_from(DAYS), unique=True)) if by_week else []
    end = "" if repeats == "once" else draw(st.sampled_from(["", ";COUNT=7", ";UNTIL=20300101"]))
    return Schedule(
        first,
        "09:00",
        "24:00",
        made(repeats, first, days, end),
        during=tuple(draw(st.lists(st.sampled_from(sorted(REGION.calendars)), unique=True))),
        extra_dates=(first + dt.timedelta(days=3),),
    )


@FEW
@given(said())
def test_what_the_form_can_say_needs_no_rule(when: Schedule) -> None:
    """Schedules that are made by the form are shown in its own terms, never as a rule."""
    question = asked(EveryForm)["schedule"]
    shown = inputs(question, CONVERTER.write(when))
    assert "schedule.rrule" not in shown
    assert load(Schedule, read(question, MultiDict(shown))) == when


@pytest.mark.parametrize(
    ("kind", "sent", "wrong"),
    [
        ("trip_need", {"on.day": "31", "on.month": "2", "on.year": "2027"}, {"on"}),
        ("trip_need", {"on.day": "1", "on.month": "2", "on.year": "27"}, {"on"}),
        ("trip_need", {"on.day": "٣", "on.month": "2", "on.year": "2027"}, {"on"}),
        ("space_need", {"budget_pence": "1,50"}, {"budget_pence"}),
        ("space_need", {"budget_pence": "1" + "0" * 40}, {"budget_pence"}),
        ("space_need", {"budget_pence": "9" * 5000}, {"budget_pence"}),
        ("space_need", {"budget_pence": "12.505"}, {"budget_pence"}),
        ("space_need", {"budget_pence": "-1"}, {"budget_pence"}),
        ("space_need", {"headcount": "1" + "0" * 39}, {"headcount"}),
        ("space_need", {"headcount": "12.0"}, {"headcount"}),
        ("space_need", {"headcount": "a dozen"}, {"headcount"}),
        ("space_need", {"note": "\0"}, {"note"}),
        ("space_need", {"note": "\ud800"}, {"note"}),
        ("space_need", {"note": "x" * 501}, {"note"}),
        ("space_need", {"age_group": "grown_ups"}, {"age_group"}),
        ("space_need", {"quiet": "true"}, {"quiet"}),
        ("space_need", {"must": "gold"}, {"must"}),
        ("space_need", {"space_types": ""}, {"space_types"}),
        ("trip_need", {"leaves": "25:99"}, {"leaves"}),
        ("trip_need", {"leaves": "9.30"}, {"leaves"}),
        ("trip_need", {"away.arrives": "10:00"}, {"away.back_from"}),
        ("vehicle_offer", {"layouts[0].seats": "x", "layouts[2].seats": "y"},
         {"layouts[0].seats", "layouts[2].seats"}),
        ("vehicle_offer", {"inspections": "1/2/2027\n31/2/2027"}, {"inspections"}),
        ("space_offer", {"price.basis": "per_hour"}, {"price.pence"}),
        ("space_offer", {"price.pence": "12.50"}, {"price.basis"}),
        ("space_offer", {"parts": "upper\nUPPER"}, {"parts"}),
    ],
)  # fmt: skip
def test_bad_input_is_told_beside_its_field(
    kind: str, sent: dict[str, str], wrong: set[str]
) -> None:
    """No traceback and no guess: each complaint stands under the path of one input."""
    cls = next(each for each in KINDS if each.kind == kind)
    name = next(iter(sent)).split(".")[0].split("[")[0]
    with pytest.raises(Invalid) as told:
        read(asked(cls)[name], MultiDict(sent))
    assert set(told.value.fields) == wrong


WHEN = {
    "when.first.day": "2", "when.first.month": "2", "when.first.year": "2027",
    "when.starts": "14:00", "when.ends": "16:00", "when.repeats": "weekly",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"when.ends": "13:00"}, "when.ends"),
        ({"when.first.day": "31"}, "when.first"),
        ({"when.repeats": ""}, "when.repeats"),
        ({"when.repeats": "once", "when.count": "3"}, "when.count"),
        ({"when.count": "3", "when.until": "1/3/2027"}, "when.count"),
        ({"when.count": "500"}, "when.count"),
        ({"when.until": "soon"}, "when.until"),
        ({"when.repeats": "daily", "when.days": "MO"}, "when.days"),
        ({"when.except_dates": "9/2/2027\nnever"}, "when.except_dates"),
        ({"when.repeats": "kept", "when.rrule": "FREQ=SECONDLY"}, "when.repeats"),
        ({"when.during": "No such"}, "when.during"),
    ],
)
def test_a_schedule_says_what_to_mend(changed: dict[str, str], wrong: str) -> None:
    """Each part of a schedule complains for itself."""
    cls = next(each for each in KINDS if each.kind == "space_need")
    with pytest.raises(Invalid) as told:
        read(asked(cls)["when"], MultiDict({**WHEN, **changed}))
    assert list(told.value.fields) == [wrong]


def test_a_rule_that_the_form_cannot_say_is_kept() -> None:
    """It stays as it is while another answer of the same schedule is changed."""
    question = asked(EveryForm)["schedule"]
    rule = "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1"
    shown = inputs(question, CONVERTER.write(Schedule(dt.date(2027, 2, 2), "10:00", "12:00", rule)))
    assert shown["schedule.repeats"] == ["kept"]
    found = read(question, MultiDict({**shown, "schedule.ends": ["13:00"]}))
    assert (found["rrule"], found["ends"]) == (rule, "13:00")


def test_pounds_are_exact() -> None:
    """Every penny up to a thousand pounds survives, and none is made by a float."""
    cls = next(each for each in KINDS if each.kind == "space_need")
    question = asked(cls)["budget_pence"]
    assert question.widget is Widget.POUNDS
    for pence in range(0, 100_000, 7):
        assert read(question, MultiDict(inputs(question, pence))) == pence
    assert read(question, MultiDict({"budget_pence": "£12.5"})) == 1250


@pytest.mark.parametrize("name", ["procurement", "transport", "venue_bank"])
def test_every_required_field_has_a_question(name: str) -> None:
    """A volunteer reads a sentence, and no key is a slip of the pen."""
    assert word_complaints(HUB.exchange(name)) == []


def test_a_slip_in_the_words_is_found() -> None:
    """A hint for a field that nobody has, and a required field without a question, are told."""
    slip = evolve(HUB.exchange("venue_bank"), words={"hint.headcuont": "Helpers too.", "when": "?"})
    said = word_complaints(slip)
    assert "hint.headcuont: no kind has such a field" in said
    assert "space_need.headcount: has no question: give it words" in said


def test_no_question_of_ours_speaks_of_pence() -> None:
    """Amounts are asked for in pounds, and every field has words in the three exchanges."""
    for kind, exchange in EXCHANGES.items():
        for question in questions(kind, exchange.words, REGION):
            assert "pence" not in question.label.casefold()
            plain = question.name.replace("_", " ").capitalize()
            assert exchange.name == "exchange_starter" or question.label != plain


@pytest.mark.parametrize(
    ("path", "beside"),
    [
        ("hours[1].ends", "hours[1].ends"),
        ("hours[1].rrule", "hours[1].repeats"),
        ("hours[1].during[0]", "hours[1].during"),
        ("hours[7].ends", "hours"),
        ("hours", "hours"),
        ("hours[0].nothing.like.this", "hours[0]"),
        ("note", None),
    ],
)
def test_a_complaint_stands_at_the_nearest_input(path: str, beside: str | None) -> None:
    """Paths of the house become inputs that the page has; those of other fields are not its own."""
    cls = next(each for each in KINDS if each.kind == "space_offer")
    form = MultiDict({"hours[0].starts": "10:00", "hours[1].starts": "12:00"})
    found = placed(asked(cls)["hours"], form, {path: ["is wrong"]})
    assert found == ({} if beside is None else {beside: ["is wrong"]})
