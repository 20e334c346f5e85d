"""T07: wheelchair users in the minibus."""

from __future__ import annotations

from tests.scenarios.transport_sketch import codes, missing, network, offers, outing, vehicle

from cypn_core.domain.ids import PostingId
from cypn_core.matching.answer import Answer
from cypn_transport.offers import Access, Layout

LAYOUTS = (Layout(14, 0), Layout(12, 1), Layout(10, 2), Layout(8, 3))


def asked(wheelchairs: int, seated: int, access: Access | None) -> tuple[PostingId, Answer]:
    """What the vehicle with those layouts says to so many people."""
    sketch = network()
    offer = sketch.offer(vehicle(*LAYOUTS, access=access, comes_with_driver=True))
    people = {"children": wheelchairs + seated - 2, "adults": 2, "wheelchair_users": wheelchairs}
    return offer, sketch.answer(sketch.need(outing(**people)))


def test_t07_two_wheelchair_users_and_ten_seated_fit() -> None:
    """Laid out as 10+2 the vehicle takes group 1."""
    offer, answer = asked(2, 10, Access.LIFT)
    assert offers(answer.full) == [{offer}]
    assert any("10+2" in sentence for sentence in answer.full[0].because)


def test_t07_one_seated_passenger_more_is_one_seat_short() -> None:
    """Group 2 does not fit: with two wheelchair spaces there are ten seats."""
    offer, answer = asked(2, 11, Access.LIFT)
    assert answer.full == ()
    assert missing(answer) == {frozenset({offer}): ["1 seat short"]}


def test_t07_four_wheelchair_users_are_refused() -> None:
    """Group 3 finds 3 spaces for 4: it is not split, and no relaxation gives way on access."""
    offer, answer = asked(4, 4, Access.LIFT)
    assert (answer.full, answer.partial, answer.near) == ((), (), ())
    assert codes(answer) == {offer: ["wheelchairs"]}


def test_t07_unknown_accessibility_never_counts_as_accessible() -> None:
    """Vehicle E states layouts with wheelchair spaces, but not how anybody comes aboard."""
    offer, answer = asked(2, 10, None)
    assert codes(answer) == {offer: ["access"]}
    assert codes(asked(2, 10, Access.NONE)[1]).popitem()[1] == ["access"]
    assert asked(0, 14, None)[1].full
