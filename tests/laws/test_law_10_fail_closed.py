"""Law 10: a broken plugin opens no gate, adds no plan that honest rules bar, reveals nothing."""

from __future__ import annotations

import datetime as dt
import json
import logging
import math
import typing
from collections.abc import Callable, Iterator
from itertools import count, cycle, permutations
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.networks import EXCHANGES, HUB, KINDS, NOW, PLUGINS, Drawn, bodies, networks, sketched
from tests.sample_exchange import plugin

import cypn_region_northshire.plugin as northshire
from cypn_core.application.match import board_for
from cypn_core.domain.constraints import Shown, shown
from cypn_core.domain.ids import PostingId
from cypn_core.domain.plans import Plan, Share
from cypn_core.domain.postings import Claim, Posting, Unit
from cypn_core.domain.times import Window
from cypn_core.domain.views import Relation, view
from cypn_core.exchange import Exchange, Objection
from cypn_core.hub import Hub
from cypn_core.matching.planner import Board, Planner, leg_for, ranked
from cypn_core.matching.rules import NEED, Finding, Rule, Verdict, bars, lacks, passes
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Town
from cypn_core.wire.converter import converter_for

CONVERTER = converter_for(KINDS)


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Broken plugins are logged, here thousands of times."""
    caplog.set_level(logging.CRITICAL + 1)


def _raises(*_: object) -> Any:
    raise RuntimeError("broken")


def _exits(*_: object) -> Any:
    raise MemoryError


ANSWERS: list[Any] = [
    _raises,
    _exits,
    lambda *_: None,
    lambda *_: True,
    lambda *_: "fits",
    lambda *_: passes("strange", score=math.nan),
    lambda *_: passes("strange", score=math.inf),
    lambda *_: passes("strange", score=1e300),
    lambda *_: evolve(bars("strange", "Not for you."), score=-math.inf),
    lambda *_: lacks("strange", "something strange", score=math.nan),
]
answers = st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=4)


def _strange_rules(declared: Exchange, judges: list[Any]) -> Any:
    """A plugin whose rules answer in turn, on every pair of roles there is."""
    fresh, roles = cycle(judges), (NEED, *declared.roles)
    pairs = [pair for pair in permutations(roles, 2) if pair[1] != NEED]

    def judge(*given_: object) -> Verdict | None:
        found: Verdict | None = next(fresh)(*given_)
        return found

    rules = [Rule("strange", pair, judge) for pair in pairs]
    return plugin(cypn_rules=lambda exchange: rules if exchange == declared.name else None)


def _standing(board: Board, exchange: str) -> set[PostingId]:
    return {s.offer.id for role in HUB.exchange(exchange).roles for s in board.survivors(role)}


@pytest.mark.parametrize("exchange", EXCHANGES)
@given(data=st.data(), judges=answers)
def test_law_10_strange_rules_can_only_shut(
    exchange: str, data: st.DataObject, judges: list[Any]
) -> None:
    """With them no offer survives that did not without, and no plan uses one."""
    drawn = data.draw(networks(exchange))
    strange = _strange_rules(HUB.exchange(exchange), judges)
    honest, other = sketched(drawn), sketched(drawn, hub=Hub.of(*PLUGINS, northshire, strange))
    for need in honest.needs:
        sound = honest.sketch.board(need)
        stood = _standing(sound, exchange)
        free = {
            s.offer.id: s.free for r in HUB.exchange(exchange).roles for s in sound.survivors(r)
        }
        assert _standing(other.sketch.board(need), exchange) <= stood
        answer = other.sketch.answer(need)
        for leg in (leg for plan in (*answer.full, *answer.partial) for leg in plan.legs):
            if leg.offer in free:
                assert set(leg.windows) <= set(free[leg.offer])
            else:
                assert len(honest.needs) > 1, "a swap serves another need"


FOREIGN = PostingId("foreign")
LATE = Window(NOW + dt.timedelta(days=3000), NOW + dt.timedelta(days=3001))


def _leg(plan: Plan, **changes: Any) -> Plan:
    return evolve(plan, legs=(evolve(plan.legs[0], **changes), *plan.legs[1:]))


def _other_offers(board: Board, plan: Plan) -> Iterator[Plan]:
    """*plan* with each offer of the snapshot in the place of its first, in each role."""
    for offered in board.snapshot.offers:
        yield _leg(plan, offer=offered.id, role=offered.body.role, windows=(), claims=())
        yield evolve(plan, legs=(*plan.legs, evolve(plan.legs[0], offer=offered.id)))


def _all_together(board: Board) -> Iterator[Plan]:
    """Every two survivors in one plan, whatever the rules say of the two."""
    found = [s for each in HUB.exchanges.values() for r in each.roles for s in board.survivors(r)]
    for first, second in permutations(found, 2):
        legs = (leg_for(board, first), leg_for(board, second))
        yield Plan(needs=(board.need.id,), legs=legs)


SPOILT: list[Callable[[Board, Plan], Iterator[Plan]]] = [
    lambda _, plan: iter([evolve(plan, needs=(*plan.needs, FOREIGN))]),
    lambda _, plan: iter([evolve(plan, needs=(FOREIGN,))]),
    lambda _, plan: iter([_leg(plan, offer=FOREIGN)]),
    lambda _, plan: iter([_leg(plan, role="strange")]),
    lambda _, plan: iter([_leg(plan, windows=(LATE,))]),
    lambda _, plan: iter([_leg(plan, claims=(Claim(Unit(code="strange")),))]),
    lambda _, plan: iter([_leg(plan, claims=tuple(evolve(c, quantity=0) for c in _claims(plan)))]),
    lambda _, plan: iter([evolve(plan, shares=(Share(FOREIGN, 0, "it pays"),))]),
    lambda _, plan: iter([evolve(plan, shares=(Share(plan.needs[0], -7, "it earns"),))]),
    lambda _, plan: iter([evolve(plan, score=math.nan)]),
    lambda _, plan: iter([evolve(plan, legs=())]),
    _other_offers,
    lambda board, _: _all_together(board),
    lambda _, plan: _raises(),
    lambda _, plan: iter([plan]),
]


def _claims(plan: Plan) -> tuple[Claim, ...]:
    return plan.legs[0].claims or (Claim(Unit()),)


def _planner(honest: Planner, spoils: list[Any]) -> Planner:
    def plans(board: Board) -> Iterator[Plan]:
        for plan in honest(board):
            for spoil in spoils:
                yield from spoil(board, plan)

    return plans


@pytest.mark.parametrize("exchange", EXCHANGES)
@given(data=st.data(), spoils=st.lists(st.sampled_from(SPOILT), min_size=1, max_size=4))
def test_law_10_a_strange_planner_adds_no_plan_that_rules_bar(
    exchange: str, data: st.DataObject, spoils: list[Any]
) -> None:
    """What is kept names this need, survivors, their free windows and units, and sound shares."""
    made = sketched(data.draw(networks(exchange)))
    for need in made.needs:
        board = made.sketch.board(need)
        known = {board.need.id: board.need} | {each.id: each for each in board.others}
        for plan in ranked(board, _planner(HUB.exchange(exchange).planner, spoils)):
            assert need in plan.needs
            assert set(plan.needs) <= known.keys()
            assert math.isfinite(plan.score)
            assert {share.need for share in plan.shares} <= set(plan.needs)
            assert not plan.shares or sum(s.pence for s in plan.shares) == plan.pence
            parts = [_part(board, [known[n] for n in plan.needs], leg) for leg in plan.legs]
            assert parts
            for first, second in permutations(parts, 2):
                barred = [v for v in board.between(first, second) if v.finding is Finding.BARS]
                assert not barred


def _part(board: Board, wanted: list[Any], leg: Any) -> Any:
    """The survivor behind *leg*, with all that it takes there to be taken."""
    found = [s for n in wanted for s in board.survivors(leg.role, n) if s.offer.id == leg.offer]
    fitting = [s for s in found if set(leg.windows) <= set(s.free)]
    assert fitting
    units = fitting[0].offer.body.units()
    assert all(claim.unit in units and claim.quantity >= 1 for claim in leg.claims)
    return fitting[0]


OBJECTIONS: list[Any] = [
    _raises,
    _exits,
    lambda body: None,
    lambda body: [Objection("note", "say less")],
]


every_body = st.sampled_from(EXCHANGES).flatmap(lambda name: bodies(*HUB.exchange(name).kinds))


@given(body=every_body, others=st.lists(st.sampled_from(OBJECTIONS), max_size=4, unique=True))
def test_law_10_strange_objections_take_none_away(body: Any, others: list[Any]) -> None:
    """What honest plugins object to is still told, and one that fails refuses the posting."""
    name = next(each.name for each in HUB.exchanges.values() if type(body) in each.kinds)
    hub = Hub.of(*PLUGINS, northshire, *(plugin(cypn_objections=each) for each in others))
    told = hub.objections(name, body)
    assert set(HUB.objections(name, body)) <= set(told)
    if {_raises, _exits} & set(others):
        assert told


TYPED = "Robin of Amber Lane"


@given(
    body=every_body,
    relation=st.sampled_from(Relation),
    zone=st.sampled_from([HUB.region.zone_label, lambda place: None, _raises]),
)
def test_law_10_a_view_reveals_no_more_when_something_breaks(
    body: Any, relation: Relation, zone: Any
) -> None:
    """A stranger reads no sealed, owned or exact field; a failing region shows nothing at all."""
    body = evolve(body, note=TYPED)
    try:
        seen = view(body, relation, zone)
    except RuntimeError:
        assert relation in {Relation.STRANGER, Relation.PARTY}
        return
    hidden = {
        Relation.STRANGER: set(Shown),
        Relation.PARTY: {Shown.OWNER},
    }.get(relation, set())
    for name, hint in _hints(body).items():
        if shown(hint) in hidden and shown(hint) is not Shown.COARSE:
            assert name not in seen
    if relation is Relation.STRANGER:
        assert TYPED not in json.dumps(seen, default=str)
        assert seen.get("place") in {None, *(zone.name for zone in HUB.region.zones)}


def _hints(body: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(type(body), include_extras=True)
    return {name: hint for name, hint in hints.items() if hasattr(body, name)}


def test_law_10_strange_plugins_open_no_gate(store: Store) -> None:
    """An unchecked organisation may not post, and what it has is not in the snapshot."""
    fresh = count(1)

    @settings(max_examples=4)
    @given(drawn=st.sampled_from(EXCHANGES).flatmap(networks), judges=answers)
    def holds(drawn: Drawn, judges: list[Any]) -> None:
        exchange = HUB.exchange(drawn.exchange)
        strange = _strange_rules(exchange, judges)
        hub = Hub.of(*PLUGINS, northshire, strange, plugin(cypn_objections=lambda body: None))
        town = Town.on(store, hub, NOW)
        at = next(fresh)
        checked = town.member(f"Checked {at}", *sorted(exchange.checklists), place="Sallow")
        outsider = town.member(f"Plain Name {at}", place="Sallow")
        for side, (body, _) in (("need", drawn.needs[0]), ("offer", drawn.offers[0])):
            sent = json.loads(CONVERTER.dumps(body))
            assert outsider.post(exchange.name, f"/v1/{side}s", sent).status_code == 403
        with town.network.writing() as work:
            need = _posting(work.new_id(), checked.id, drawn.exchange, drawn.needs[0][0])
            work.postings.add(need)
            for body, _ in drawn.offers:
                work.postings.add(_posting(work.new_id(), outsider.id, drawn.exchange, body))
        with town.network.reading() as work:
            board = board_for(work, need)
        own = {offer.id for offer in board.snapshot.offers}
        assert not own

    holds()


def _posting(number: str, owner: Any, exchange: str, body: Any) -> Posting:
    return Posting(
        id=PostingId(number),
        organisation=owner,
        exchange=exchange,
        body=body,
        created=NOW,
        fresh_until=NOW + dt.timedelta(days=60),
    )
