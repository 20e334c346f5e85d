"""What is withheld cannot be worked out from what is told, by whoever knows the rules too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cypn_core.domain import disclosure
from cypn_core.domain.disclosure import Row, publish, steady

Counts = tuple[int, ...]
Told = tuple[object, ...]


def told(rows: Sequence[Row[str]]) -> Told:
    """Everything that a reader has, in a form that can be compared."""
    total = sum(row.count or 0 for row in rows)
    return (total, *((row.key, row.count, tuple(sorted(row.parts.items()))) for row in rows))


def table(counts: Counts, parts: int) -> dict[str, dict[str, int]]:
    """*counts* as rows a, b … of so many parts."""
    rows = [counts[at : at + parts] for at in range(0, len(counts), parts)]
    return {
        chr(ord("a") + n): {str(part): count for part, count in enumerate(row) if count}
        for n, row in enumerate(rows)
    }


def shown(rows: Sequence[Row[str]], counts: Counts, parts: int) -> list[bool]:
    """For each cell, whether its own number is told."""
    by_key = {row.key: row for row in rows}
    found = []
    for at in range(len(counts)):
        row = by_key.get(chr(ord("a") + at // parts))
        found.append(row is not None and str(at % parts) in row.parts)
    return found


def worked_out(rows: int, parts: int, most: int, limit: int) -> list[tuple[Counts, int]]:
    """Each (table, cell) in which brute force over all tables learns a small count.

    The attacker knows the rules, the limit and all that is told: whichever tables would be told in
    the same way are open to it, and where all of them agree on a cell it has that cell.
    """
    names = [str(part) for part in range(parts)]
    alike: dict[Told, list[Counts]] = defaultdict(list)
    hidden: dict[Counts, list[bool]] = {}
    for counts in product(range(most + 1), repeat=rows * parts):
        made = publish(table(counts, parts), names, limit)
        alike[told(made)].append(counts)
        hidden[counts] = [not each for each in shown(made, counts, parts)]
    return [
        (counts, cell)
        for same in alike.values()
        for cell in range(rows * parts)
        if len({each[cell] for each in same}) == 1
        for counts in same
        if hidden[counts][cell] and 0 < counts[cell] < limit
    ]


SIZES = pytest.mark.parametrize(
    ("rows", "parts", "most", "limit"), [(1, 2, 9, 3), (1, 3, 8, 4), (1, 4, 5, 3), (2, 3, 4, 3)]
)


@SIZES
def test_no_small_count_can_be_worked_out(rows: int, parts: int, most: int, limit: int) -> None:
    """Brute force over every table that would be told alike leaves each withheld count open."""
    assert worked_out(rows, parts, most, limit) == []


@SIZES
def test_without_complementary_suppression_it_could(
    rows: int, parts: int, most: int, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: with only the small ones withheld, subtraction gives some of them away."""
    monkeypatch.setattr(disclosure, "_hidden", lambda left, parts, least: True)
    assert worked_out(rows, parts, most, limit)


def test_small_rows_are_named_and_not_numbered() -> None:
    """N02's table: four in one town are told; one in another is fewer than three."""
    rows = publish({"keynsham": {"any": 4}, "radstock": {"any": 1}, "x": {}}, ("any",), 3)
    assert [(row.key, row.count) for row in rows] == [("keynsham", 4), ("radstock", None)]


def test_a_part_that_would_give_another_away_goes_with_it() -> None:
    """Of 4 + 1 neither is told, of 4 + 4 both; of 4 + 2 + 1 the four, as three is not small."""
    cases: Mapping[str, Mapping[str, int]] = {
        "one": {"am": 4, "pm": 1}, "two": {"am": 4, "pm": 4}, "three": {"am": 4, "pm": 2, "eve": 1},
    }  # fmt: skip
    rows = {row.key: row.parts for row in publish(cases, ("am", "pm", "eve"), 3)}
    assert rows == {"one": {}, "two": {"am": 4, "pm": 4}, "three": {"am": 4}}


@pytest.mark.parametrize("limit", [1, 2])
def test_a_limit_that_would_hide_nothing_is_raised(limit: int) -> None:
    """A limit of two would say "fewer than 2", which is one: so the least limit is three."""
    assert [row.count for row in publish({"a": {"x": 2}, "b": {"x": 3}}, ("x",), limit)] == [
        3,
        None,
    ]


def test_the_order_of_the_input_changes_nothing() -> None:
    """The same table, given in another order, is told in the same order."""
    rows: list[tuple[str, dict[str, int]]] = [(name, {"x": 3}) for name in "dacb"]
    assert publish(dict(rows), ("x",), 3) == publish(dict(rows[::-1]), ("x",), 3)


divided = st.fixed_dictionaries({part: st.integers(0, 9) for part in ("am", "pm", "eve")})


@given(weeks=st.lists(divided, min_size=2, max_size=8), least=st.integers(3, 5))
def test_no_two_publications_differ_by_a_single_group(
    weeks: list[dict[str, int]], least: int
) -> None:
    """Of every number that is told twice running, the two are the same or a whole step apart."""
    was = None
    for week in weeks:
        for row in publish({"north": week}, tuple(week), least):
            fresh = {"groups": row.count, "times": dict(row.parts)}
            told = steady(was, fresh, least)
            if was is not None:
                assert all(n == 0 or n >= least for n in _steps(was, told))
            was = told


def _steps(was: dict[str, Any], told: dict[str, Any]) -> list[int]:
    """By how much each number has moved that both tell."""
    pairs = [(was["groups"], told["groups"])]
    pairs += [(n, told["times"].get(part)) for part, n in was["times"].items()]
    return [abs(a - b) for a, b in pairs if a is not None and b is not None]


def test_a_publication_follows_what_was_told_and_not_what_was_there() -> None:
    """One more each week: four stands until there are seven; what is told is always one whole."""
    was: dict[str, Any] = {"groups": 4, "times": {"am": 4}}
    found = []
    for count in (5, 6, 7):
        was = steady(was, {"groups": count, "times": {"am": count}}, 3)
        found.append((was["groups"], was["times"]["am"]))
    assert found == [(4, 4), (4, 4), (7, 7)]


def test_a_part_that_moved_by_one_is_left_out() -> None:
    """A count a whole step higher does not carry a part that is not."""
    was = {"groups": 8, "times": {"am": 4, "pm": 4}}
    told = steady(was, {"groups": 11, "times": {"am": 5, "pm": 6}}, 3)
    assert told == {"groups": 11, "times": {}}
