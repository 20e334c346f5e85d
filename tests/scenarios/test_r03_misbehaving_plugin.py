"""R03: a third-party plugin misbehaves; what hangs is cut off in a later issue."""

from __future__ import annotations

import datetime as dt
import logging
import math
from collections.abc import Iterator
from typing import Any

import pytest
from attrs import evolve
from tests.sample_exchange import ThingNeed, ThingOffer, northtown, plugin, raises, things

from cypn_core.application.sketch import Sketch
from cypn_core.domain.events import Event
from cypn_core.domain.ids import PostingId
from cypn_core.domain.plans import Plan, Share
from cypn_core.domain.postings import Claim, Unit
from cypn_core.exchange import Objection
from cypn_core.hub import UNCHECKED, Hub
from cypn_core.matching.planner import Board, one_leg
from cypn_core.matching.rules import Rule, Verdict, bars, passes

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
PAIR = ("need", "thing")
HONEST = one_leg("thing", lambda *_: ())


def stranger(judge: Any) -> Any:
    """A plugin that adds one rule to the things."""
    rule = Rule("strange", PAIR, judge)
    return plugin(cypn_rules=lambda exchange: [rule] if exchange == "things" else None)


def asked(*plugins: Any, **changes: Any) -> tuple[Sketch, PostingId]:
    """A network with two things, and a need for one."""
    sketch = Sketch(Hub.of(things(**changes), northtown(), *plugins), "things", NOW)
    for _ in range(2):
        sketch.offer(ThingOffer())
    return sketch, sketch.need(ThingNeed())


def test_r03_a_rule_that_raises_bars_the_pair(caplog: pytest.LogCaptureFixture) -> None:
    """R03: it fails closed; the coordinator reads which rule, others a plain sentence."""
    sketch, need = asked(stranger(raises))
    answer = sketch.answer(need)
    assert answer.outcome == "unmet"
    (reason,) = {reason for refusal in answer.refused for reason in refusal.reasons}
    assert (reason.code, reason.private) == ("rule_failed", "the rule strange failed")
    assert "strange" not in reason.sentence
    assert "rule strange failed" in caplog.text


@pytest.mark.parametrize("said", [True, "fits", 1.0])
def test_r03_a_rule_that_says_something_else_bars_the_pair(said: object) -> None:
    """R03: what is no verdict is no pass."""
    sketch, need = asked(stranger(lambda *_: said))
    assert sketch.answer(need).outcome == "unmet"


@pytest.mark.parametrize("score", [math.nan, math.inf, -math.inf])
def test_r03_a_score_that_is_no_number_counts_as_nothing(
    score: float, caplog: pytest.LogCaptureFixture
) -> None:
    """R03: the ranking is as if the rule were not there, and the log says so."""
    sketch, need = asked(stranger(lambda *_: passes("strange", score=score)))
    plain, same = asked()
    ranked = [plan.legs[0].offer for plan in sketch.answer(need).full]
    assert ranked == [plan.legs[0].offer for plan in plain.answer(same).full]
    assert "rule strange gave no finite score" in caplog.text


def test_r03_a_bar_with_such_a_score_stays_a_bar() -> None:
    """R03: a broken number opens nothing."""

    def shut(*_: object) -> Verdict:
        return evolve(bars("strange", "Not for you."), score=math.nan)

    sketch, need = asked(stranger(shut))
    assert sketch.answer(need).outcome == "unmet"


def _foreign_need(plan: Plan) -> Plan:
    return evolve(plan, needs=(*plan.needs, PostingId("foreign")))


def _foreign_offer(plan: Plan) -> Plan:
    return evolve(plan, legs=(evolve(plan.legs[0], offer=PostingId("foreign")),))


def _foreign_payer(plan: Plan) -> Plan:
    return evolve(plan, shares=(Share(PostingId("foreign"), 0, "it pays"),))


def _foreign_unit(plan: Plan) -> Plan:
    claim = Claim(Unit(code="foreign", timed=False))
    return evolve(plan, legs=(evolve(plan.legs[0], claims=(claim,)),))


def _less_than_nothing(plan: Plan) -> Plan:
    claims = tuple(evolve(claim, quantity=-1) for claim in plan.legs[0].claims)
    return evolve(plan, legs=(evolve(plan.legs[0], claims=claims),))


def _wrong_price(plan: Plan) -> Plan:
    return evolve(plan, shares=(Share(plan.needs[0], 1, "a penny too much"),))


def _no_score(plan: Plan) -> Plan:
    return evolve(plan, score=math.nan)


@pytest.mark.parametrize(
    "spoil",
    [
        _foreign_need,
        _foreign_offer,
        _foreign_payer,
        _foreign_unit,
        _less_than_nothing,
        _wrong_price,
        _no_score,
    ],
)
def test_r03_a_planner_loses_the_plan_that_is_not_true(spoil: Any) -> None:
    """R03: what it says of foreign ids is dropped; its other plans stay."""

    def planner(board: Board) -> Iterator[Plan]:
        first, second = HONEST(board)
        yield spoil(first)
        yield second

    sketch, need = asked(planner=planner)
    honest, same = asked(planner=HONEST)
    kept = [plan.key for plan in sketch.answer(need).full]
    assert len(kept) == 1
    assert kept[0] in [plan.key for plan in honest.answer(same).full]


@pytest.mark.parametrize("planner", [raises, lambda board: None, lambda board: [None]])
def test_r03_a_planner_that_fails_answers_nothing(
    planner: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """R03: the need is answered as unmet, and the log says why."""
    sketch, need = asked(planner=planner)
    assert sketch.answer(need).outcome == "unmet"
    assert "the planner failed" in caplog.text


def test_r03_an_objection_that_raises_refuses_the_posting() -> None:
    """R03: it cannot be checked, so it cannot be posted; the other objections are told too."""
    broken = plugin(cypn_objections=raises)
    sound = plugin(cypn_objections=lambda body: [Objection("colour", f"not {body.colour}")])
    hub = Hub.of(things(), northtown(), broken, sound)
    said = hub.objections("things", ThingNeed())
    assert set(said) == {UNCHECKED, Objection("colour", "not red")}


def test_r03_a_listener_that_raises_silences_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """R03: whoever else listens still hears."""
    heard: list[str] = []
    sound = [plugin(cypn_heard=lambda event: heard.append(event.fact)) for _ in range(2)]
    hub = Hub.of(northtown(), sound[0], plugin(cypn_heard=raises), sound[1])
    hub.tell(Event(id="e1", at=NOW, actor="system", subject="s", fact="posted"))
    assert heard == ["posted", "posted"]
    assert "failed on event e1" in caplog.text


def test_r03_one_bad_plugin_does_not_stop_the_other_exchanges(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """R03: a planner and a rule that raise silence their own exchange only."""
    caplog.set_level(logging.CRITICAL)
    good = things(name="others", needs=(OtherNeed,), offers=(OtherOffer,))
    hub = Hub.of(things(planner=raises), good, northtown(), stranger(raises))
    sketch = Sketch(hub, "others", NOW)
    sketch.offer(OtherOffer())
    assert sketch.answer(sketch.need(OtherNeed())).outcome == "full"
    broken = Sketch(hub, "things", NOW)
    broken.offer(ThingOffer())
    assert broken.answer(broken.need(ThingNeed())).outcome == "unmet"


class OtherNeed(ThingNeed):
    """The same, of another exchange."""

    kind = "other_need"


class OtherOffer(ThingOffer):
    """The same, of another exchange."""

    kind = "other_offer"


def test_r03_what_a_plugin_is_given_names_no_organisation() -> None:
    """R03: rules see bodies and passports, planners a pseudonym; no field holds an identity."""
    seen: list[Any] = []

    def nosy(*given: object) -> None:
        seen.extend(given)

    sketch, need = asked(stranger(nosy))
    sketch.answer(need)
    board = sketch.board(need)
    names = {name for value in (*seen, board.need, *board.snapshot.offers) for name in dir(value)}
    assert {"organisation", "name", "contact"}.isdisjoint(names)
