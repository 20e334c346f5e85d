"""T08: bad journey requests. The overlaps (409) are the guard's."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.scenarios.transport_sketch import outing

import cypn_region_banes.plugin as banes
from cypn_core.domain.constraints import Shown
from cypn_core.domain.errors import Invalid
from cypn_core.domain.shapes import Form, fields_of
from cypn_core.hub import Hub
from cypn_core.web.schemas import load
from cypn_transport import plugin
from cypn_transport.needs import Away, TripNeed

HUB = Hub.of(plugin, banes)
BAD: list[tuple[dict[str, Any], str]] = [
    ({"children": 0, "adults": 0}, "children"),
    ({"children": -1}, "children"),
    ({"children": 500}, "children"),
    ({"adults": 500}, "adults"),
    ({"back_by": "08:00"}, "back_by"),
    ({"back_by": "09:00"}, "back_by"),
    ({"nights": -1}, "nights"),
    ({"nights": 400}, "nights"),
    ({"leaves": "25:00"}, "leaves"),
    ({"away": Away(arrives="16:00", back_from="11:00")}, "away"),
    ({"wheelchair_users": 17}, "wheelchair_users"),
    ({"on": dt.date(9999, 7, 10)}, "on"),
    ({"distance_km": 0}, "distance_km"),
    ({"budget_pence": -1}, "budget_pence"),
]


@pytest.mark.parametrize(("changes", "field"), BAD)
def test_t08_what_does_not_add_up_is_refused_by_the_name_of_its_field(
    changes: dict[str, Any], field: str
) -> None:
    """The message begins with the field that is to be mended."""
    with pytest.raises(ValueError, match=f"^{field} "):
        outing(**changes)


def test_t08_children_without_the_minimum_of_adults_are_refused_by_that_rule() -> None:
    """16 children and no adult: the objection names the field and the rule."""
    (said,) = HUB.objections("transport", outing(children=16, adults=0))
    assert (said.field, said.sentence.split(" for ")[0]) == ("adults", "must be at least 2")
    assert "adults_per_child" in said.sentence
    assert HUB.objections("transport", outing(children=16, adults=2)) == ()


def test_t08_a_pick_up_outside_the_region_is_refused_and_a_destination_is_not() -> None:
    """The outing starts inside the region; it may go anywhere that is known."""
    (said,) = HUB.objections("transport", outing(place="Bristol"))
    assert said.field == "place"
    assert "outside the region" in said.sentence
    assert HUB.objections("transport", outing(destination="Bristol")) == ()


def test_t08_an_unknown_destination_asks_for_its_distance() -> None:
    """A place that the gazetteer lacks is taken with a distance by road, and not without."""
    (said,) = HUB.objections("transport", outing(destination="Lake of Nowhere"))
    assert said.field == "destination"
    assert "distance_km" in said.sentence
    assert HUB.objections("transport", outing(destination="Lake of Nowhere", distance_km=40)) == ()


def test_t08_a_return_too_early_for_the_way_is_refused() -> None:
    """There must be time to get there and back."""
    (said,) = HUB.objections("transport", outing(back_by="09:30"))
    assert said.field == "back_by"


def test_t08_there_is_no_field_for_the_names_of_children() -> None:
    """A list of passengers is an unknown field, and every text is hidden, a place or a time."""
    fields = fields_of(TripNeed)
    texts = {name for name, shape in fields.items() if shape.form is Form.TEXT}
    assert texts == {"note", "place", "destination", "leaves", "back_by"}
    assert Shown.SEALED in fields["note"].marks
    with pytest.raises(Invalid, match="passengers"):
        load(TripNeed, {"kind": "trip_need", "passengers": ["A name"]})
