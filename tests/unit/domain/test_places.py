"""Finding places by what people write, and joining zones that are too small."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cypn_core.domain.errors import Invalid
from cypn_core.domain.places import (
    OUTSIDE,
    WHOLE,
    Gazetteer,
    Place,
    Point,
    Postcode,
    Spot,
    Ward,
    Zone,
    key,
    km,
    merged_zones,
)

HOME = Point(400000, 300000)
PLACES = (
    Place("shire", "Northshire", "district", HOME),
    Place("city", "Norchester", "city", HOME, "shire", ("City of Norchester",), "centre"),
    Place("marsh", "Marsh End, Norchester", "suburb", HOME, "city", ("Marsh End",)),
    Place("sea", "Marsh End-on-Sea", "town", HOME, None, ("Marsh End",), inside=False),
    Place("mill", "Millbank", "suburb", HOME, "city"),
    Place("upper", "Upper Millbank", "hamlet", HOME, "shire", ("Millbank",)),
    Place("west", "West Northshire", "district", HOME, inside=False),
    Place("ring", "Ring", "hamlet", HOME, "gnir"),
    Place("gnir", "Gnir", "hamlet", HOME, "ring"),
)
WARDS = (Ward("W1", "Castle"), Ward("W2", "Millbank"))
ZONES = (Zone("centre", "Centre", ("W1",)), Zone("rest", "Rest", ("W2",)))
POSTCODES = {
    "ZZ1 1AA": Postcode("ZZ1 1AA", Point(400000, 300000), "W1"),
    "ZZ1 1AB": Postcode("ZZ1 1AB", Point(400200, 300100), "W1"),
    "ZZ2 1AA": Postcode("ZZ2 1AA", Point(400900, 300900), "W2"),
}
GAZETTEER = Gazetteer("Northshire", PLACES, WARDS, ZONES, POSTCODES)


def refusal(text: str, field: str = "place") -> str:
    with pytest.raises(Invalid) as caught:
        GAZETTEER.find(text, field)
    ((name, (said,)),) = caught.value.fields.items()
    assert name == field
    return said


@pytest.mark.parametrize(
    "text",
    ["Norchester", " norchester ", "NORCHESTER!", "city of norchester", "\uff2eorchester"],
)
def test_a_name_is_found_however_it_is_written(text: str) -> None:
    """Case, punctuation, spaces, accents and width make no difference; aliases count."""
    assert GAZETTEER.find(text) == Spot("Norchester", HOME, "centre")


def test_a_place_without_a_zone_lies_in_its_parents() -> None:
    """Zones are inherited; without any, or in a ring of parents, the whole region is shown."""
    assert GAZETTEER.find("Marsh End, Norchester").zone == "centre"
    assert GAZETTEER.find("Northshire").zone == WHOLE
    assert GAZETTEER.find("Ring").zone == WHOLE


@pytest.mark.parametrize("text", ["ZZ1 1AA", "zz11aa", " zz1-1aa "])
def test_a_postcode_is_found_with_its_ward(text: str) -> None:
    """A postcode gives its centroid, its ward and that ward's zone."""
    assert GAZETTEER.find(text) == Spot("ZZ1 1AA", HOME, "centre", ward="W1")


def test_a_ward_lies_at_the_mean_of_its_postcodes() -> None:
    """Wards are found by name, and places come before wards of the same name."""
    assert GAZETTEER.find("Castle") == Spot("Castle", Point(400100, 300050), "centre", ward="W1")
    assert GAZETTEER.find("Millbank").ward is None


def test_an_ambiguous_name_lists_what_to_write() -> None:
    """A name of two places is refused with both, and each of them is then found."""
    said = refusal("marsh end")
    assert said.endswith("write one of: Marsh End, Norchester; Marsh End-on-Sea")
    assert GAZETTEER.find("Marsh End, Norchester").inside


def test_a_places_own_name_wins_over_anothers_alias() -> None:
    """What is written exactly is meant exactly."""
    assert GAZETTEER.find("Millbank").label == "Millbank"


def test_a_place_outside_is_refused_unless_it_may_be() -> None:
    """Another district is told apart; a destination may lie there, and shows no zone."""
    assert "this hub serves Northshire" in refusal("West Northshire", "origin")
    spot = GAZETTEER.find("West Northshire", outside=True)
    assert (spot.inside, spot.zone) == (False, OUTSIDE)


def test_a_misspelt_name_gets_suggestions() -> None:
    """Near names are offered; where none is near, the region is named."""
    assert "did you mean Norchester" in refusal("Norchestr")
    assert refusal("Xyzzy 9") == "is not known here; give a place or postcode of Northshire"


@pytest.mark.parametrize("text", ["", "  ", "...", "a\0b", "\ud800", "\u202eBath", "x" * 81])
def test_what_no_place_is_called_is_refused(text: str) -> None:
    """Control characters, lone surrogates and overlong texts get a plain sentence."""
    assert refusal(text).startswith(("must", "has"))


@given(st.text(max_size=100))
def test_any_text_is_a_spot_or_invalid(text: str) -> None:
    """No text provokes anything but an answer or a refusal that can be sent as UTF-8."""
    try:
        GAZETTEER.find(text)
    except Invalid as error:
        assert str(error).encode()  # noqa: PT017


@given(st.text(max_size=30))
def test_a_key_is_its_own_key(text: str) -> None:
    """Reducing a spelling twice changes nothing."""
    assert key(key(text)) == key(text)


def test_distance_is_the_straight_line() -> None:
    """Kilometres, the same in both directions."""
    assert km(HOME, Point(403000, 304000)) == km(Point(403000, 304000), HOME) == 5.0


@pytest.mark.parametrize(("east", "north"), [(-1, 0), (0, -1), (800_001, 0), (0, 1_400_001)])
def test_a_point_off_the_grid_is_refused(east: int, north: int) -> None:
    """Points lie on the national grid."""
    with pytest.raises(ValueError, match="must be at"):
        Point(east, north)


# -- zones ---------------------------------------------------------------------------------

LINE = tuple(
    Zone(code, code.upper(), neighbours=tuple(near))
    for code, near in (("a", "b"), ("b", "ac"), ("c", "bd"), ("d", "c"))
)
counted = st.fixed_dictionaries({zone.code: st.integers(0, 9) for zone in LINE})


def test_zones_that_hold_enough_stay_alone() -> None:
    """Nothing is merged without need."""
    assert merged_zones(dict.fromkeys("abcd", 5), LINE, 5) == dict(zip("abcd", "ABCD", strict=True))


def test_the_smallest_zone_joins_its_smallest_neighbour() -> None:
    """The smallest goes first and only to where it borders."""
    labels = merged_zones({"a": 9, "b": 1, "c": 6, "d": 5}, LINE, 5)
    assert labels == {"a": "A", "b": "B, C", "c": "B, C", "d": "D"}


def test_a_zone_without_neighbours_joins_any() -> None:
    """An island is not shown alone."""
    island = (Zone("i", "Isle"), Zone("m", "Mainland"))
    assert set(merged_zones({"m": 9, "i": 1}, island, 5).values()) == {"Isle, Mainland"}


@given(counted, st.integers(1, 12), st.permutations(LINE))
def test_every_shown_area_holds_enough(
    counts: dict[str, int], minimum: int, order: list[Zone]
) -> None:
    """Each label holds the minimum or is the whole region, whatever order the zones come in."""
    labels = merged_zones(counts, LINE, minimum)
    held = {
        label: sum(counts[c] for c in labels if labels[c] == label) for label in labels.values()
    }
    assert len(held) == 1 or min(held.values()) >= minimum
    again = merged_zones(counts, tuple(order), minimum)
    assert {c: set(again[c].split(", ")) for c in again} == {
        c: set(labels[c].split(", ")) for c in labels
    }
