"""The co-ops' rule of packs and tolerance, case by case as it is defined."""

from __future__ import annotations

import pytest

from cypn_procurement.legacy import Wish, handed_out, packs

Row = tuple[int, list[tuple[int, int]], int, list[int]]

CASES: dict[str, Row] = {
    "whole packs from quantities": (6, [(4, 0), (2, 0)], 1, [4, 2]),
    "nothing wanted": (6, [(0, 0)], 0, [0]),
    "never a pack from tolerance alone": (6, [(0, 9), (0, 9)], 0, [0, 0]),
    "nor after whole packs": (6, [(6, 9)], 1, [6]),
    "a started pack is filled": (6, [(4, 2)], 1, [6]),
    "tolerance one short: no pack": (6, [(4, 1)], 0, [0]),
    "filled from several, first come": (6, [(3, 2), (1, 2)], 1, [5, 1]),
    "tolerance only as far as needed": (6, [(5, 9), (0, 9)], 1, [6, 0]),
    "no more than one pack from tolerance": (4, [(5, 20)], 2, [8]),
    "short: the last come goes without": (6, [(4, 0), (4, 0)], 1, [4, 2]),
    "short: all tolerance waits for quantity": (6, [(4, 1), (4, 1)], 1, [4, 2]),
    "tolerance of the first before the second's": (10, [(3, 3), (3, 3)], 1, [6, 4]),
    "single units": (1, [(2, 5), (3, 0)], 5, [2, 3]),
}


@pytest.mark.parametrize(("pack", "wishes", "ordered", "units"), CASES.values(), ids=CASES)
def test_the_rule_as_it_is_defined(
    pack: int, wishes: list[tuple[int, int]], ordered: int, units: list[int]
) -> None:
    """Worked by hand from the definition."""
    turns = [Wish(id=f"n{at}", quantity=q, tolerance=t) for at, (q, t) in enumerate(wishes)]
    found = handed_out(turns, pack)
    assert (found.packs, list(found.units.values())) == (ordered, units)


def test_a_wish_raised_later_has_a_later_turn() -> None:
    """The first two units come before the other group's, the last two after."""
    turns = [Wish(id="x", quantity=2), Wish(id="y", quantity=3), Wish(id="x", quantity=2)]
    assert handed_out(turns, 6).units == {"x": 3, "y": 3}


def test_bad_numbers_are_refused() -> None:
    """With the field first."""
    with pytest.raises(ValueError, match=r"^quantity must"):
        Wish(id="x", quantity=-1)
    with pytest.raises(ValueError, match=r"^tolerance must"):
        Wish(id="x", quantity=1, tolerance=-1)
    with pytest.raises(ValueError, match=r"^pack must"):
        packs(1, 1, 0)
