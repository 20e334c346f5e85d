"""Pence as people write them, and shares that add up; P03 has the properties of a split."""

from __future__ import annotations

import pytest

from cypn_core.domain.money import apportion, pounds


@pytest.mark.parametrize(
    ("pence", "said"),
    [(0, "£0.00"), (5, "£0.05"), (100, "£1.00"), (-5, "-£0.05"), (100_000_00, "£100,000.00")],
)
def test_pounds_are_written_out(pence: int, said: str) -> None:
    """Always two digits of pence, the sign before the pound."""
    assert pounds(pence) == said


def test_a_tie_for_the_odd_penny_goes_by_the_id_of_the_share() -> None:
    """The lowest id has it, wherever it stands in the input."""
    assert apportion(1, {"b": 1, "a": 1}) == {"b": 0, "a": 1}


def test_the_larger_remainder_comes_before_the_id() -> None:
    """Two thirds of a penny beat one third."""
    assert apportion(1, {"a": 1, "b": 2}) == {"a": 0, "b": 1}


def test_nothing_is_shared_as_nothing() -> None:
    """A total of zero is a total."""
    assert apportion(0, {"a": 1, "b": 2}) == {"a": 0, "b": 0}


@pytest.mark.parametrize(
    ("total", "weights", "said"),
    [
        (1, {}, "at least one share"),
        (-1, {"a": 1}, "must not be negative"),
        (1, {"b": 0, "a": -1, "c": 1}, "at least 1: a, b"),
    ],
)
def test_what_cannot_be_shared_is_refused(total: int, weights: dict[str, int], said: str) -> None:
    """The message names what to mend."""
    with pytest.raises(ValueError, match=said):
        apportion(total, weights)
