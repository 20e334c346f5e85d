"""The plain scan: free windows by brute force, capacity, lapsing checks, clock changes."""
# ruff: noqa: D102 - what the sample does stands above it

from __future__ import annotations

import datetime as dt
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from tests.sample_exchange import ThingNeed, ThingOffer

from cypn_core.domain.ids import Party, PostingId, ResourceId
from cypn_core.domain.postings import Claim, Need, Offer, Unit
from cypn_core.domain.standing import Passport
from cypn_core.domain.times import Schedule, Window
from cypn_core.matching.candidates import (
    Offered,
    PlainScan,
    Refusal,
    Snapshot,
    Survivor,
    Taken,
    Wanted,
    free_windows,
    peak,
)
from cypn_core.matching.rules import Context

START = dt.datetime(2027, 1, 11, 9, tzinfo=dt.UTC)
THING = ResourceId("thing")
ZONE = "Europe/London"
SPAN = 40
"""Minutes that the brute force looks at."""


class Timed(ThingOffer):
    """Three at a time, two a need; a minute kept free before and two after."""

    kind = "timed_thing"

    def units(self) -> tuple[Unit, ...]:
        return (Unit(capacity=3),)

    def claims(self, need: Need) -> tuple[Claim, ...]:
        return tuple(Claim(unit, 2) for unit in self.units())

    @property
    def buffers(self) -> tuple[int, int]:
        return (1, 2)


def _window(first: int, last: int) -> Window:
    return Window(START + dt.timedelta(minutes=first), START + dt.timedelta(minutes=last))


@st.composite
def spans(draw: st.DrawFn, most: int = 12) -> tuple[int, int]:
    """Minutes from and to."""
    first = draw(st.integers(5, SPAN - most - 5))
    return first, first + draw(st.integers(1, most))


def _offered(open_: tuple[Window, ...], body: Offer | None = None, **more: object) -> Offered:
    given_: dict[str, object] = {
        "id": PostingId("offer"),
        "party": Party("holder"),
        "body": body or Timed(),
        "open": open_,
        "resources": {None: THING},
    }
    return Offered(**(given_ | more))  # type: ignore[arg-type]


def _wanted(windows: tuple[Window, ...], **more: object) -> Wanted:
    given_: dict[str, object] = {
        "id": PostingId("need"),
        "party": Party("seeker"),
        "body": ThingNeed(),
        "windows": windows,
        "posted": START,
    }
    return Wanted(**(given_ | more))  # type: ignore[arg-type]


@given(
    wanted=st.lists(spans(), min_size=1, max_size=4),
    hours=st.lists(spans(25), max_size=3),
    taken=st.lists(st.tuples(spans(), st.integers(1, 3)), max_size=4),
)
def test_free_windows_are_those_of_the_brute_force(
    wanted: list[tuple[int, int]],
    hours: list[tuple[int, int]],
    taken: list[tuple[tuple[int, int], int]],
) -> None:
    """Minute by minute: given throughout, and room for two beside all uses, buffers too."""

    def is_given(minute: int) -> bool:
        return any(first <= minute < last for first, last in hours)

    def used(minute: int) -> int:
        return sum(count for (first, last), count in taken if first <= minute < last)

    expected = tuple(
        _window(first, last)
        for first, last in wanted
        if all(is_given(minute) for minute in range(first, last))
        and all(used(minute) + 2 <= 3 for minute in range(first - 1, last + 2))
    )
    uses = {THING: [Taken(_window(*span), count) for span, count in taken]}
    need = _wanted(tuple(_window(*span) for span in wanted))
    offered = _offered(tuple(_window(*span) for span in hours))
    assert free_windows(need, offered, uses) == expected


@given(spans(), st.lists(st.tuples(spans(), st.integers(1, 3)), max_size=5))
def test_the_peak_is_that_of_the_brute_force(
    looked_at: tuple[int, int], taken: list[tuple[tuple[int, int], int]]
) -> None:
    """The most that is in use in any minute of the window."""
    first, last = looked_at
    expected = max(
        sum(count for (a, b), count in taken if a <= minute < b) for minute in range(first, last)
    )
    uses = [Taken(_window(*span), count) for span, count in taken]
    assert peak(_window(first, last), uses) == expected


def test_checks_that_end_in_mid_series_leave_all_dates_free() -> None:
    """V07: agreeing comes first; a date on which a check is out of date is suspended when it is."""
    weekly = Schedule(dt.date(2027, 1, 12), "10:00", "11:00", "FREQ=WEEKLY;COUNT=4")
    windows = weekly.windows(ZONE, {})
    papers = Passport(frozenset({"holder"}), dt.date(2027, 1, 26))
    given = _offered(windows, passport=papers)
    assert free_windows(_wanted(windows, passport=papers), given, {}) == windows


def test_both_nights_when_the_clocks_change_are_as_long_as_they_are() -> None:
    """Hours given from midnight to six hold a need of the same wall times, and one use in it."""
    for day, minutes in ((dt.date(2027, 3, 28), 5 * 60), (dt.date(2027, 10, 31), 7 * 60)):
        (night,) = Schedule(day, "00:00", "06:00").windows(ZONE, {})
        assert night.minutes == minutes
        early, late = Schedule(day, "00:30", "03:30"), Schedule(day, "04:00", "05:00")
        wanted = _wanted(early.windows(ZONE, {}) + late.windows(ZONE, {}))
        uses = {THING: [Taken(wanted.windows[0], 3)]}
        assert free_windows(wanted, _offered((night,)), {}) == wanted.windows
        assert free_windows(wanted, _offered((night,)), uses) == wanted.windows[1:]


@given(used=st.integers(0, 4))
def test_what_is_used_up_is_unavailable(used: int) -> None:
    """Three untimed things: the fourth is refused, in a word that tells nothing else."""
    offered = _offered((), ThingOffer())
    snapshot = Snapshot(offers=(offered,), uses={THING: [Taken(None)] * used})
    context = Context(now=START, zone=ZONE)
    survivors, refused = PlainScan().find(_wanted(()), "thing", snapshot, (), context)
    assert bool(survivors) == (used < 3)
    assert [reason.code for each in refused for reason in each.reasons] == (
        [] if used < 3 else ["unavailable"]
    )


@given(wanted=st.lists(spans(), min_size=1, max_size=4, unique=True))
def test_partly_free_offers_survive_and_name_their_dates(wanted: list[tuple[int, int]]) -> None:
    """An offer that is free on no date is refused; on some, the missing dates are counted."""
    windows = tuple(_window(*span) for span in wanted)
    snapshot = Snapshot(offers=(_offered(windows[:1]),))
    context = Context(now=START, zone=ZONE)
    survivors, refused = PlainScan().find(_wanted(windows), "thing", snapshot, (), context)
    found: list[Survivor | Refusal] = [*survivors, *refused]
    assert found == list(survivors)
    (survivor,) = survivors
    lost = sum(window not in survivor.free for window in windows)
    assert sum(len(missing.dates) for missing in survivor.missing) == lost


def test_nobody_is_offered_what_is_its_own() -> None:
    """One's own offer is neither a survivor nor a refusal."""
    offered = _offered((), ThingOffer(), party=Party("seeker"))
    found = PlainScan().find(
        _wanted(()), "thing", Snapshot(offers=(offered,)), (), Context(now=START, zone=ZONE)
    )
    assert found == ((), ())


def test_survivors_come_best_first_and_ties_go_by_a_hash() -> None:
    """With nothing to choose between them the order is fixed, and not that of the ids."""
    offers = tuple(_offered((), ThingOffer(), id=PostingId(f"offer{at}")) for at in range(6))
    survivors, _ = PlainScan().find(
        _wanted(()), "thing", Snapshot(offers=offers), (), Context(now=START, zone=ZONE)
    )
    order = [survivor.offer.id for survivor in survivors]
    assert sorted(order) == [offer.id for offer in offers]
    assert any(first > second for first, second in pairwise(order))
