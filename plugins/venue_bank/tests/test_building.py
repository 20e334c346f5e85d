"""The building: floor, sole use, starting times, who else is there, and which building it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from cypn_core.application.sketch import Sketch
from cypn_core.domain.times import Schedule, Window
from cypn_core.matching.rules import Context, Finding
from cypn_venue_bank.building import together
from cypn_venue_bank.codes import AgeGroup, Entry, Neighbour
from cypn_venue_bank.needs import SpaceNeed
from cypn_venue_bank.offers import SpaceOffer
from cypn_venue_bank.settings import CoUse, VenueBankSettings


def at(starts: str, ends: str) -> Schedule:
    return Schedule(dt.date(2027, 1, 5), starts, ends)


FITS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"floor_m2": 60}, {"floor_m2": 60}),
    ({}, {"floor_m2": 10}),
    ({"sole_use": True}, {"sole_use": True}),
    ({"when": at("17:30", "19:00")}, {"starts_every": 30}),
    ({"when": at("17:10", "19:00")}, {"starts_every": 0}),
    ({"age_group": AgeGroup.ADULTS}, {"beside": frozenset({Neighbour.ADULTS_ONLY})}),
]
BARRED: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"floor_m2": 60}, {}, "floor"),
    ({"sole_use": True}, {}, "sole_use"),
    ({"sole_use": True}, {"sole_use": False}, "sole_use"),
    ({"when": at("17:15", "19:00")}, {"starts_every": 30}, "starts_every"),
    ({}, {"entry": Entry.OPENED_BY_STAFF, "caretaker_hours": 90 * 24}, "notice"),
]
PARTLY: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"floor_m2": 60}, {"floor_m2": 58}, "floor"),
    (
        {"age_group": AgeGroup.ADULTS},
        {"beside": frozenset({Neighbour.YOUNG_CHILDREN}), "shared_toilets": True},
        "coordinator",
    ),
    (
        {"age_group": AgeGroup.PRIMARY},
        {"beside": frozenset({Neighbour.ADULTS_ONLY})},
        "coordinator",
    ),
]


@pytest.mark.parametrize(("need", "offer"), FITS)
def test_what_fits(
    sketch: Sketch,
    space_need: Callable[..., SpaceNeed],
    space_offer: Callable[..., SpaceOffer],
    need: dict[str, Any],
    offer: dict[str, Any],
) -> None:
    """What is there, or what nobody asks for, stands in nobody's way."""
    sketch.offer(space_offer(**offer))
    assert sketch.answer(sketch.need(space_need(**need))).full


@pytest.mark.parametrize(("need", "offer", "code"), BARRED)
def test_what_bars(
    sketch: Sketch,
    space_need: Callable[..., SpaceNeed],
    space_offer: Callable[..., SpaceOffer],
    need: dict[str, Any],
    offer: dict[str, Any],
    code: str,
) -> None:
    """What is not there bars by its code, and unknown is never yes."""
    sketch.offer(space_offer(**offer))
    (refusal,) = sketch.answer(sketch.need(space_need(**need))).refused
    assert [reason.code for reason in refusal.reasons] == [code]


@pytest.mark.parametrize(("need", "offer", "code"), PARTLY)
def test_what_is_lacking(
    sketch: Sketch,
    space_need: Callable[..., SpaceNeed],
    space_offer: Callable[..., SpaceOffer],
    need: dict[str, Any],
    offer: dict[str, Any],
    code: str,
) -> None:
    """A floor a little too small is a partial plan; whom to ask first is named."""
    sketch.offer(space_offer(**offer))
    (plan,) = sketch.answer(sketch.need(space_need(**need))).partial
    assert [missing.code for missing in plan.missing] == [code]


def test_a_near_miss_lands_on_a_time_at_which_uses_start(
    sketch: Sketch,
    space_need: Callable[..., SpaceNeed],
    space_offer: Callable[..., SpaceOffer],
) -> None:
    """A quarter past is moved to the half hour or the full hour, whichever is nearer first."""
    sketch.offer(space_offer(starts_every=30))
    near = sketch.answer(sketch.need(space_need(when=at("17:15", "19:00")))).near
    assert {each.relaxed.sentence for each in near[:2]} == {
        "17:30 instead of 17:15",
        "17:00 instead of 17:15",
    }


def test_parts_of_one_name_in_two_buildings_are_two_things(
    sketch: Sketch,
    space_need: Callable[..., SpaceNeed],
    space_offer: Callable[..., SpaceOffer],
) -> None:
    """One holder's two halls do not stand in each other's way; two offers of one hall do."""
    north = space_offer(building="north", parts=("hall", "stage"))
    sketch.offer(north, party="cedar")
    sketch.offer(space_offer(building="south", parts=("hall",)), party="cedar")
    half = sketch.offer(space_offer(building="north", parts=("hall",)), party="cedar")
    taken = Window(
        dt.datetime(2027, 1, 5, 17, tzinfo=dt.UTC), dt.datetime(2027, 1, 5, 19, tzinfo=dt.UTC)
    )
    sketch.use(half, taken)
    need = sketch.need(space_need(when=at("17:00", "19:00")))
    assert len(sketch.answer(need).full) == 1


@pytest.mark.parametrize(
    ("settings", "outcome"),
    [
        ({}, "partial"),
        ({"co_use": CoUse.BAR}, "unmet"),
        ({"co_use": CoUse.ALLOW}, "full"),
        ({"co_use_under": 2}, "full"),
    ],
)
def test_a_region_sets_what_becomes_of_adults_beside_children(
    space_need: Callable[..., SpaceNeed],
    space_offer: Callable[..., SpaceOffer],
    settings: dict[str, Any],
    outcome: str,
) -> None:
    """Referred to the coordinator, barred, or allowed; and from which age on children are young."""
    context = Context(
        now=dt.datetime(2026, 11, 22, tzinfo=dt.UTC),
        zone="Europe/London",
        settings=VenueBankSettings(**settings),
    )
    need = space_need(age_group=AgeGroup.PRE_SCHOOL)
    verdict = together(need, space_offer(beside=frozenset({Neighbour.ADULTS_ONLY})), context)
    found = {Finding.BARS: "unmet", Finding.LACKS: "partial"}
    assert (found[verdict.finding] if verdict else "full") == outcome
