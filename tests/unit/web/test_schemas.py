"""The edge refuses what does not fit, names the field, and says the mend in plain English."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sample_kinds import KINDS, Gathered, Plain

from cypn_core.domain.errors import Invalid
from cypn_core.domain.times import Schedule
from cypn_core.web.schemas import load, load_one_of

PLAIN = {
    "kind": "plain",
    "headcount": 12,
    "when": {"starts": "2027-01-01", "ends": "2027-01-02"},
}
GATHERED = {"kind": "gathered", "spans": [{"starts": "2027-01-01", "ends": "2027-01-02"}]}
WHOLE = "must be a whole number, without quotation marks or a decimal point"
DAY = "must be a date such as 2027-05-31"
UNREADABLE = "must not contain characters that cannot be shown (NUL, half characters)"
OBJECT = "must be an object in curly brackets"


def complaints_about(data: object) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as refused:
        load_one_of(KINDS.values(), data)
    return refused.value.fields


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"headcount": "5"}, {"headcount": [WHOLE]}),
        ({"headcount": True}, {"headcount": [WHOLE]}),
        ({"headcount": 5.7}, {"headcount": [WHOLE]}),
        ({"headcount": 5.0}, {"headcount": [WHOLE]}),
        ({"headcount": 0}, {"headcount": ["must be at least 1"]}),
        ({"headcount": -3}, {"headcount": ["must be at least 1"]}),
        ({"headcount": 2**63}, {"headcount": ["must be at most 2000"]}),
        ({"headcount": None}, {"headcount": ["must not be null"]}),
        ({"budget_pence": "free"}, {"budget_pence": [WHOLE]}),
        ({"budget_pence": -1}, {"budget_pence": ["must be at least 0"]}),
        ({"whole": 2**63}, {"whole": ["must be at most 9223372036854775807"]}),
        ({"sure": "yes"}, {"sure": ["must be true or false"]}),
        ({"sure": 1}, {"sure": ["must be true or false"]}),
        ({"name": ""}, {"name": ["must have at least 1 characters"]}),
        ({"name": "a\0b"}, {"name": [UNREADABLE]}),
        ({"note": "\ud800"}, {"note": [UNREADABLE]}),
        ({"note": 5}, {"note": ["must be a text in quotation marks"]}),
        ({"score": 5.5}, {"score": ['must be a number in quotation marks, such as "2.50"']}),
        ({"score": "1e400"}, {"score": ['must be a number in quotation marks, such as "2.50"']}),
        ({"score": "1000.01"}, {"score": ["must be at most 1000"]}),
        ({"manner": "fly"}, {"manner": ["must be one of: walk, ride"]}),
        ({"colour": "red"}, {"colour": ["is not known here: leave it out"]}),
        ({"kind": "none"}, {"kind": ["must be one of: plain, gathered"]}),
        ({"kind": ["plain"]}, {"kind": ["must be one of: plain, gathered"]}),
        ({"when": []}, {"when": [OBJECT]}),
        ({"when": {"starts": "2027-01-01"}}, {"when.ends": ["is missing: please give it"]}),
    ],
)
def test_single_values(change: dict[str, Any], said: dict[str, list[str]]):
    """Exactly the field to mend is named, in its limits' own words."""
    assert complaints_about({**PLAIN, **change}) == said


@pytest.mark.parametrize(
    "seen",
    ["2027-01-01T00:00:00", "2027-01-01", "2027-02-30T00:00:00Z", "0001-01-01T00:00:00+14:00", 5],
)
def test_instants_need_an_offset_and_must_exist(seen: object):
    """An instant without an offset, or outside the calendar, is refused by name."""
    (said,) = complaints_about({**PLAIN, "seen": seen})["seen"]
    assert said.startswith("must be a date and time with its offset")


@pytest.mark.parametrize(
    "day", ["20270101", "2027-W01-1", "2027-1-1", "2027-02-30", "\u0662027-01-01"]
)
def test_dates_are_strict(day: str):
    """Only YYYY-MM-DD of a day that exists is a date."""
    (said,) = complaints_about({**PLAIN, "when": {"starts": day, "ends": "2027-03-01"}})[
        "when.starts"
    ]
    assert said.startswith(DAY)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"spans": "abc"}, {"spans": ["must be a list in square brackets"]}),
        ({"spans": []}, {"spans": ["must have at least 1 entries"]}),
        ({"spans": [{"starts": "x", "ends": "2027-01-01"}]}, {"spans[0].starts": [DAY]}),
        (
            {"codes": ["ok", "B", 3]},
            {
                "codes[1]": ["must be a code such as step_free"],
                "codes[2]": ["must be a text in quotation marks"],
            },
        ),
        ({"colours": ["red", "red"]}, {"colours": ["must not name the same thing twice"]}),
        ({"sizes": [True]}, {"sizes[0]": ["must be one of: 1, 10"]}),
        (
            {"amounts": {"A": 1, "b": 0}},
            {
                "amounts.A": ["must be a code such as step_free"],
                "amounts.b": ["must be at least 1"],
            },
        ),
        ({"amounts": []}, {"amounts": [OBJECT]}),
        ({"holes": [None, 0]}, {"holes[1]": ["must be at least 1"]}),
        ({"labels": ["a\0"]}, {"labels[0]": [UNREADABLE]}),
    ],
)
def test_collections(change: dict[str, Any], said: dict[str, list[str]]):
    """A complaint about a member carries the member's own path."""
    assert complaints_about({**GATHERED, **change}) == said


def test_a_rule_across_fields_is_told_at_its_field():
    """What the constructor refuses is attributed to the field that its message names."""
    when = {"starts": "2027-01-05", "ends": "2027-01-02"}
    assert complaints_about({**PLAIN, "when": when}) == {"when.ends": ["must be after starts"]}


def test_everything_wrong_is_told_at_once():
    """All fields to mend are named in one answer."""
    said = complaints_about({"kind": "plain", "headcount": 0, "x": 1})
    assert set(said) == {"headcount", "when", "x"}


@pytest.mark.parametrize("data", [None, [], "text", 5])
def test_a_body_must_be_an_object(data: object):
    """What is no object is refused as a whole."""
    assert set(complaints_about(data)) == {"body"}


def test_limits_of_a_whole_and_its_parts_hold_in_the_constructor_too():
    """The declaration is enforced where nobody reads JSON."""
    good = load(Gathered, GATHERED)
    with pytest.raises(ValueError, match="amounts must be at least 1"):
        Gathered(spans=good.spans, amounts={"a": 0})
    with pytest.raises(ValueError, match="holes must be at most 2000"):
        Gathered(spans=good.spans, holes=(None, 3000))


def test_defaults_stand_in_for_what_is_left_out():
    """A field with a default may be left out."""
    assert load(Plain, PLAIN).manner == "walk"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ends": "09:00"}, "ends"),
        ({"starts": "25:00"}, "starts"),
        ({"rrule": "FREQ=SECONDLY"}, "rrule"),
        ({"rrule": "FREQ=DAILY;COUNT=10000"}, "rrule"),
        ({"extra_dates": ["2027-01-01"] * 401}, "extra_dates"),
    ],
)
def test_a_schedule_names_its_field(change: dict[str, Any], field: str):
    """V14: every bad time of a schedule is told at the field to mend."""
    schedule = {"first": "2027-01-05", "starts": "10:00", "ends": "12:00", **change}
    with pytest.raises(Invalid) as refused:
        load(Schedule, schedule)
    assert set(refused.value.fields) == {field}
