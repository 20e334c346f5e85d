"""T02: suitably experienced drivers only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pytest
from tests.scenarios.transport_sketch import (
    codes,
    driver,
    missing,
    network,
    offers,
    outing,
    vehicle,
)

from cypn_core import hookimpl
from cypn_core.domain.region import Region
from cypn_core.domain.standing import Passport
from cypn_core.matching.rules import Audience, Rule
from cypn_transport.offers import Category

DAY_BEFORE = dt.date(2027, 7, 9)
FAILURES: dict[str, dict[str, Any]] = {
    "entitlement": {"categories": frozenset({Category.B})},
    "experience": {"drives_minibuses_since": dt.date(2026, 7, 11)},
    "minimum_age": {"born": 2006},
    "midas": {"midas_until": DAY_BEFORE},
}
LAPSED = Passport(frozenset({"driver"}), DAY_BEFORE)


def test_t02_of_six_drivers_only_the_one_who_passes_every_test_is_proposed() -> None:
    """Five each fail one test, which alone is named; no plan has any of them."""
    sketch = network()
    sketch.offer(vehicle())
    failing = {code: sketch.offer(driver(**changes)) for code, changes in FAILURES.items()}
    failing["safeguarding"] = sketch.offer(driver(), passport=LAPSED)
    sixth = sketch.offer(driver())
    answer = sketch.answer(sketch.need(outing()))
    drivers = [leg.offer for p in (*answer.full, *answer.partial) for leg in p.legs[1:]]
    assert drivers == [sixth]
    refused = codes(answer)
    assert all(code in refused[offer] for code, offer in failing.items())
    tests = {"entitlement", "experience", "minimum_age", "midas", "safeguarding"}
    assert all(len(tests & set(refused[offer])) == 1 for offer in failing.values())


def test_t02_the_failing_test_is_not_told_to_the_group() -> None:
    """Driver and coordinator read which test failed; the seeker does not."""
    sketch = network()
    sketch.offer(vehicle())
    failing = [sketch.offer(driver(**changes)) for changes in FAILURES.values()]
    answer = sketch.answer(sketch.need(outing()))
    told = [r.audience for each in answer.refused if each.offer in failing for r in each.reasons]
    assert len(told) == len(FAILURES)
    assert set(told) == {frozenset({Audience.HOLDER, Audience.COORDINATOR})}


@pytest.mark.parametrize("date", ["licence_until", "midas_until"])
def test_t02_a_test_that_lapses_the_day_before_unassigns(date: str) -> None:
    """What ends the day before the return leaves the vehicle without a driver."""
    sketch = network()
    c = sketch.offer(vehicle())
    sketch.offer(driver(**{date: DAY_BEFORE}))
    assert missing(sketch.answer(sketch.need(outing()))) == {frozenset({c}): ["no driver"]}


def test_t02_a_later_return_is_what_counts() -> None:
    """Papers that end on the day of the outing do not carry one that is back a day later."""
    sketch = network()
    sketch.offer(vehicle())
    sketch.offer(driver())
    assert sketch.answer(sketch.need(outing())).full
    assert not sketch.answer(sketch.need(outing(nights=1))).full


def test_t02_a_region_can_ask_more_and_a_hook_that_raises_assigns_nobody() -> None:
    """A plugin's rule about drivers that raises leaves every vehicle without one."""

    class Broken:
        @hookimpl
        def cypn_rules(self, exchange: str, region: Region) -> Iterable[Rule] | None:
            return [Rule("asks_more", ("vehicle", "driver"), self._judge)]

        def _judge(self, *_: object) -> None:
            raise RuntimeError

    sketch = network(Broken())
    c, d = sketch.offer(vehicle()), sketch.offer(driver())
    answer = sketch.answer(sketch.need(outing()))
    assert missing(answer) == {frozenset({c}): ["no driver"]}
    assert codes(answer) == {d: ["rule_failed"]}
    assert offers(answer.full) == []
