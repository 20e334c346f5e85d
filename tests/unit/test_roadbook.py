"""What was asked of the roads is remembered, believed within reason, and never waited for twice."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Mapping

import pytest
from attrs import define, field
from tests.towns import NOW

from cypn_core.application import roadbook
from cypn_core.application.roadbook import QUIET_SECONDS, Roadbook, Unasked, believable
from cypn_core.domain.places import Point, km
from cypn_core.matching.rules import Context
from cypn_core.matching.travel import NoAnswer, Pair, Way, estimated

A, B, C = Point(300_000, 200_000), Point(310_000, 200_000), Point(300_000, 215_000)
PAIRS = ((A, B), (B, A), (A, C))


def crooked(pair: Pair) -> Way:
    """Half as long again as the line, at a kilometre a minute."""
    return Way(1.5 * km(*pair), 1.5 * km(*pair), "Somebody")


@define
class Somebody:
    """Knows the roads; notes what it was asked."""

    says: Callable[[Pair], Way | None] = crooked
    asked: list[tuple[Pair, ...]] = field(factory=list)

    def ways(self, pairs: Collection[Pair]) -> Mapping[Pair, Way | None]:
        """See `TravelTime`."""
        self.asked.append(tuple(pairs))
        return {pair: self.says(pair) for pair in pairs}


@define
class Ticking:
    """A monotonic clock that a test moves."""

    now: float = 1000.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


def test_each_pair_is_asked_for_once() -> None:
    """A second answer asks for what is new alone, and for nothing where nothing is."""
    somebody = Somebody()
    book = Roadbook(travel=somebody)
    assert book.asked(PAIRS[:2]) == {pair: crooked(pair) for pair in PAIRS[:2]}
    assert book.asked(PAIRS) == {pair: crooked(pair) for pair in PAIRS}
    assert book.asked(PAIRS).keys() == set(PAIRS)
    assert somebody.asked == [PAIRS[:2], PAIRS[2:]]


def test_what_no_road_leads_to_is_not_asked_for_again() -> None:
    """It is estimated, like what nobody is asked about."""
    somebody = Somebody(says=lambda _: None)
    book = Roadbook(travel=somebody)
    assert book.asked(PAIRS) == book.asked(PAIRS) == {}
    assert len(somebody.asked) == 1
    context = Context(now=NOW, zone="Europe/London", ways=book.known(PAIRS))
    assert context.way(A, B) == estimated(context.roads, A, B)
    assert context.way(A, None) is None


@pytest.mark.parametrize("error", [NoAnswer("HTTP 500"), ZeroDivisionError("secret")])
def test_a_failure_is_one_line_of_the_log_and_a_minute_of_quiet(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """No traceback, no words of an error that is not ours, and nobody waits for it again soon."""

    def raises(_: Pair) -> Way:
        raise error

    somebody, clock = Somebody(says=raises), Ticking()
    book = Roadbook(travel=somebody, clock=clock)
    with caplog.at_level(logging.WARNING):
        assert book.asked(PAIRS) == book.asked(PAIRS) == {}
    (line,) = caplog.records
    assert "estimated" in line.getMessage()
    assert line.exc_info is None
    assert "secret" not in line.getMessage()
    somebody.says = crooked
    clock.now += QUIET_SECONDS - 1
    assert book.asked(PAIRS) == {}
    clock.now += 1
    assert book.asked(PAIRS).keys() == set(PAIRS)


UNBELIEVABLE = {
    "shorter than the line": Way(5.0, 8.0),
    "round the world": Way(900.0, 1000.0),
    "faster than a train": Way(12.0, 2.0),
    "days on end": Way(12.0, 5000.0),
    "not finite": Way(float("inf"), 10.0),
    "not a number": Way(12.0, float("nan")),
}


@pytest.mark.parametrize("way", UNBELIEVABLE.values(), ids=UNBELIEVABLE)
def test_what_cannot_be_is_not_believed(way: Way, caplog: pytest.LogCaptureFixture) -> None:
    """A service of another country's roads, or one that errs, changes no price."""
    assert not believable((A, B), way)
    book = Roadbook(travel=Somebody(says=lambda p: way if p == (A, B) else crooked(p)))
    assert book.asked(PAIRS).keys() == set(PAIRS) - {(A, B)}
    assert "1 of 3" in caplog.text


def test_what_was_not_asked_for_is_left_alone() -> None:
    """More than was asked for is dropped; what is left out for want of time is asked for again."""

    @define
    class Hasty(Somebody):
        """Answers the first pair, and one that nobody asked for."""

        def ways(self, pairs: Collection[Pair]) -> Mapping[Pair, Way | None]:
            """See `TravelTime`."""
            self.asked.append(tuple(pairs))
            return {pair: crooked(pair) for pair in (next(iter(pairs)), (C, B))}

    somebody = Hasty()
    book = Roadbook(travel=somebody)
    assert book.asked(PAIRS).keys() == {(A, B)}
    assert book.asked(PAIRS).keys() == {(A, B), (B, A)}
    assert book.known([(C, B)]) == {}


def test_a_writer_is_told_to_ask_first() -> None:
    """It raises what is wanted until that was asked for, and then no more, answered or not."""
    somebody = Somebody(says=lambda _: None)
    book = Roadbook(travel=somebody)
    with pytest.raises(Unasked) as wanted:
        book.known_or_raise(PAIRS)
    book.ask(wanted.value.pairs)
    assert book.known_or_raise(PAIRS) == {}


def test_the_book_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """At its limit it is begun anew, with what was asked for last."""
    monkeypatch.setattr(roadbook, "MOST", 2)
    book = Roadbook(travel=Somebody())
    book.asked(PAIRS[:2])
    assert book.asked(PAIRS[2:]).keys() == {PAIRS[2]}
    assert book.known(PAIRS).keys() == {PAIRS[2]}


def test_two_threads_ask_one_question() -> None:
    """While one asks, the other waits for that answer instead of asking the same."""
    began, go_on = threading.Event(), threading.Event()

    def slowly(pair: Pair) -> Way:
        began.set()
        assert go_on.wait(10)
        return crooked(pair)

    somebody = Somebody(says=slowly)
    book = Roadbook(travel=somebody)
    found: list[Mapping[Pair, Way]] = []
    threads = [threading.Thread(target=lambda: found.append(book.asked(PAIRS))) for _ in range(2)]
    threads[0].start()
    assert began.wait(10)
    threads[1].start()
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert len(somebody.asked) == 1
    assert [len(each) for each in found] == [3, 3]
