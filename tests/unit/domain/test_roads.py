"""Kilometres and minutes by road, estimated: the laws of the model."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cypn_core.domain.errors import BadRegion
from cypn_core.domain.places import Place, Point
from cypn_core.domain.region import Region
from cypn_core.domain.roads import Roads
from cypn_core.matching.travel import estimated

KM = st.floats(0.001, 2000)
FACTORS = st.floats(1, 5)


@st.composite
def any_roads(draw: st.DrawFn) -> Roads:
    """Coefficients as any region may state them."""
    low, high = sorted((draw(FACTORS), draw(FACTORS)))
    return Roads(
        factor_at_1_km=draw(FACTORS),
        factor_slope=draw(st.floats(0, 1)),
        factor_low=low,
        factor_high=high,
        minutes_at_start=draw(st.floats(0, 60)),
        minutes_per_km=draw(st.floats(0.3, 30)),
    )


@given(roads=any_roads(), straight=KM)
def test_a_way_is_the_line_times_a_factor_within_its_bounds(roads: Roads, straight: float) -> None:
    """Never below the lower factor, never above the upper one, so never shorter than the line."""
    by_road = roads.km(straight)
    assert roads.factor_low * straight <= by_road * (1 + 1e-12)
    assert by_road <= roads.factor_high * straight * (1 + 1e-12)


@given(roads=any_roads(), one=KM, other=KM)
def test_a_longer_line_is_no_shorter_a_way(roads: Roads, one: float, other: float) -> None:
    """Kilometres and minutes never fall as the straight line grows, whatever the coefficients."""
    near, far = (roads.km(straight) for straight in sorted((one, other)))
    assert near <= far * (1 + 1e-12)
    assert roads.minutes(near) <= roads.minutes(far) + 1e-9


@given(straight=KM)
def test_the_formula_is_the_one_that_was_measured(straight: float) -> None:
    """The factor is 1.72 - 0.14 ln km, clipped to 1.15 and 1.6; 1.3 minutes a km and 4 besides."""
    factor = min(1.6, max(1.15, 1.72 - 0.14 * math.log(straight)))
    assert Roads().km(straight) == pytest.approx(straight * factor)
    assert Roads().minutes(straight) == pytest.approx(4 + 1.3 * straight)


def test_staying_takes_nothing() -> None:
    """From a point to itself it is no kilometre and no minute."""
    here = Point(300_000, 200_000)
    way = estimated(Roads(), here, here)
    assert (way.km, way.minutes, way.by) == (0.0, 0.0, "")


def test_coefficients_that_contradict_each_other_are_named() -> None:
    """A lower factor above the upper one stops the start of the hub."""
    place = Place("here", "Here", "village", Point(300_000, 200_000))
    with pytest.raises(BadRegion, match=r"travel\.factor_low"):
        Region(
            code="one",
            name="One",
            zone_name="Europe/London",
            places=(place,),
            travel=Roads(factor_low=2.0, factor_high=1.5),
        )
