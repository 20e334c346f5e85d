"""Law 6: every loss has a code and one plain sentence."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.networks import EXCHANGES, HUB, networks, sketched
from tests.unit.matching.contenders import contenders

from cypn_core.domain.rounds import Contender
from cypn_core.matching.allocate import Queue
from cypn_core.matching.rules import Finding
from cypn_transport.offers import DRIVER, ESCORT

CODE = re.compile(r"[a-z][a-z0-9_]*(:[a-z][a-z0-9_]*)?")


def is_sentence(text: str) -> bool:
    """True for what starts with a capital letter or a figure, ends with a stop and has a word."""
    return bool(re.fullmatch(r"[A-Z0-9\u00a3].*[a-z].*[.]", text, re.DOTALL))


def is_phrase(text: str) -> bool:
    """True for what can be read after "missing:": words or figures, no edge of blanks."""
    return bool(text) and text == text.strip() and bool(re.search("[a-z]", text))


@pytest.mark.parametrize("exchange", EXCHANGES)
@given(data=st.data())
def test_law_06_every_offer_survives_or_is_refused_with_a_reason(
    exchange: str, data: st.DataObject
) -> None:
    """No offer of somebody else's is silently dropped; each reason has a code and a sentence."""
    drawn = data.draw(networks(exchange))
    made = sketched(drawn)
    for (_, party), need in zip(drawn.needs, made.needs, strict=True):
        board = made.sketch.board(need)
        roles = HUB.exchange(exchange).roles
        stands = {s.offer.id for role in roles for s in board.survivors(role)}
        refused = {r.offer: r for role in roles for r in board.refused(role)}
        others = {
            offer
            for (_, owner), offer in zip(drawn.offers, made.offers, strict=True)
            if owner != party
        }
        assert stands | refused.keys() == others
        assert stands.isdisjoint(refused)
        for reason in (reason for each in refused.values() for reason in each.reasons):
            assert reason.finding is Finding.BARS
            assert CODE.fullmatch(reason.code), reason
            assert is_sentence(reason.sentence), reason
        assert all(each.reasons for each in refused.values())


@pytest.mark.parametrize("exchange", EXCHANGES)
@given(data=st.data())
def test_law_06_every_survivor_is_in_a_plan_or_refused_beside_the_others(
    exchange: str, data: st.DataObject
) -> None:
    """What fits the need and still comes to no plan has its reason in the answer.

    But for spare drivers and escorts: a vehicle that brings its own driver, or goes without, loses
    nobody, nor does a group that rides without an escort.
    """
    made = sketched(data.draw(networks(exchange)))
    roles = set(HUB.exchange(exchange).roles) - {DRIVER, ESCORT}
    for need in made.needs:
        board, answer = made.sketch.board(need), made.sketch.answer(need)
        planned = {leg.offer for plan in (*answer.full, *answer.partial) for leg in plan.legs}
        told = {refusal.offer for refusal in answer.refused}
        assert {s.offer.id for role in roles for s in board.survivors(role)} <= planned | told


@pytest.mark.parametrize("exchange", EXCHANGES)
@given(data=st.data())
def test_law_06_every_partial_plan_names_what_is_missing(
    exchange: str, data: st.DataObject
) -> None:
    """In a code and in words that are there to be read; so do the reasons why a plan is good."""
    made = sketched(data.draw(networks(exchange)))
    for need in made.needs:
        answer = made.sketch.answer(need)
        for plan in answer.partial:
            assert plan.missing
            for missing in plan.missing:
                assert CODE.fullmatch(missing.code), missing
                assert is_phrase(missing.sentence), missing
        for plan in (*answer.full, *answer.partial):
            assert all(map(is_phrase, plan.because))
        assert all(is_phrase(near.relaxed.sentence) for near in answer.near)


@given(drawn=contenders(), places=st.integers(0, 6))
def test_law_06_every_loser_of_a_round_reads_why(drawn: list[Contender], places: int) -> None:
    """One plain sentence for each, the winners too."""
    placed = Queue().allocate(drawn, places)
    assert {each.contender.need for each in placed} == {each.need for each in drawn}
    assert all(is_sentence(each.sentence) for each in placed)
