"""Who stands in which role on which day."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cypn_core.domain.standing import Check, CheckOutcome, Passport, latest, stands

DECIDED, LAST = dt.date(2026, 1, 11), dt.date(2027, 1, 10)
DAY = dt.timedelta(days=1)


def check(
    outcome: CheckOutcome = CheckOutcome.PASSED,
    decided: dt.date = DECIDED,
    expires: dt.date | None = LAST,
    role: str = "seeker",
) -> Check:
    return Check(
        subject="ann",
        role=role,
        version="1",
        outcome=outcome,
        checker="key:1",
        decided_on=decided,
        expires_on=expires,
    )


@pytest.mark.parametrize(
    ("day", "missing"),
    [
        (DECIDED - DAY, "seeker: not checked yet"),
        (DECIDED, None),
        (LAST, None),
        (LAST + DAY, "seeker: out of date since 2027-01-10"),
    ],
)
def test_a_check_holds_from_its_day_to_its_last(day: dt.date, missing: str | None) -> None:
    """Both days are included; outside of them it is said what is wrong."""
    assert stands([check()], "seeker", day) == missing


def test_a_check_without_an_end_goes_on() -> None:
    """What does not expire is not out of date."""
    assert stands([check(expires=None)], "seeker", dt.date(2199, 1, 1)) is None


@pytest.mark.parametrize("outcome", [CheckOutcome.FAILED, CheckOutcome.PENDING])
def test_what_is_not_a_pass_opens_nothing(outcome: CheckOutcome) -> None:
    """Nor does a pass in another role."""
    assert stands([check(outcome)], "seeker", DECIDED) == f"seeker: {outcome.value}"
    assert stands([check(role="holder")], "seeker", DECIDED) == "seeker: not checked yet"


def test_the_last_decision_counts() -> None:
    """A later failure closes what was open, and a later pass opens it again."""
    failed = check(CheckOutcome.FAILED, DECIDED + DAY)
    again = check(decided=DECIDED + 2 * DAY)
    assert stands([check(), failed], "seeker", DECIDED + DAY) == "seeker: failed"
    assert stands([check(), failed, again], "seeker", DECIDED + 2 * DAY) is None


@given(st.permutations(list(CheckOutcome)))
def test_of_one_day_the_strictest_counts(order: list[CheckOutcome]) -> None:
    """In whatever order they are read."""
    counts = latest([check(outcome) for outcome in order], "seeker", DECIDED)
    assert counts is not None
    assert counts.outcome is CheckOutcome.FAILED


def test_a_check_cannot_end_before_it_was_decided() -> None:
    """The mistake names its field."""
    with pytest.raises(ValueError, match=r"^expires_on must"):
        check(expires=DECIDED - DAY)


def test_a_passport_covers_its_last_day() -> None:
    """And none after it; without an end it covers all."""
    assert Passport(until=LAST).covers(LAST)
    assert not Passport(until=LAST).covers(LAST + DAY)
    assert Passport().covers(dt.date(2199, 1, 1))
