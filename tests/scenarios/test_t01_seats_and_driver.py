"""T01: an outing needs seats and a driver."""

from __future__ import annotations

from tests.scenarios.transport_sketch import driver, missing, network, offers, outing, vehicle

from cypn_transport.offers import Layout


def test_t01_full_combined_and_partial_answers_each_say_what_they_are() -> None:
    """A alone and C with D are full; B is 2 seats short and C alone has no driver."""
    sketch = network()
    a = sketch.offer(vehicle(Layout(16), comes_with_driver=True))
    b = sketch.offer(vehicle(Layout(14), comes_with_driver=True))
    c = sketch.offer(vehicle(Layout(16)))
    d = sketch.offer(driver())
    answer = sketch.answer(sketch.need(outing()))
    assert sorted(map(sorted, offers(answer.full))) == sorted([[a], sorted([c, d])])
    assert missing(answer) == {frozenset({b}): ["2 seats short"], frozenset({c}): ["no driver"]}


def test_t01_the_adults_count_as_passengers() -> None:
    """14 children alone would fill B; with their 2 adults it is short."""
    sketch = network()
    b = sketch.offer(vehicle(Layout(14), comes_with_driver=True))
    fits = sketch.answer(sketch.need(outing(children=12, adults=2)))
    assert offers(fits.full) == [{b}]
    assert not sketch.answer(sketch.need(outing())).full


def test_t01_a_driver_who_is_away_then_is_not_joined() -> None:
    """Vehicle and driver must both be free for the whole outing."""
    sketch = network()
    c, d = sketch.offer(vehicle()), sketch.offer(driver())
    need = sketch.need(outing())
    (window,) = sketch.board(need).need.windows
    sketch.use(d, window)
    assert missing(sketch.answer(need)) == {frozenset({c}): ["no driver"]}
