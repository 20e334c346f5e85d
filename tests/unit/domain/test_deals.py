"""Consent: what voids it, and what does not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from attrs import evolve

from cypn_core.domain.deals import Deal, DealState
from cypn_core.domain.ids import DealId, OrganisationId, PostingId
from cypn_core.domain.plans import Leg, Plan, PriceLine, Share
from cypn_core.domain.postings import Claim, Unit
from cypn_core.domain.times import Window

NOON = dt.datetime(2027, 1, 11, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
ANN, BEN, CAT = (OrganisationId(name) for name in ("ann", "ben", "cat"))
NEED, OTHER, OFFER = (PostingId(name) for name in ("need", "other", "offer"))


def plan(pence: int = 900, windows: tuple[Window, ...] = (Window(NOON, NOON + HOUR),)) -> Plan:
    """Two needs that share one offer's price equally."""
    leg = Leg(
        offer=OFFER,
        role="thing",
        windows=windows,
        claims=(Claim(Unit()),),
        lines=(PriceLine("hire", 2 * pence),),
    )
    shares = (Share(NEED, pence, "half"), Share(OTHER, pence, "half"))
    return Plan(needs=(NEED, OTHER), legs=(leg,), shares=shares)


def deal() -> Deal:
    return Deal(
        id=DealId("deal"),
        exchange="things",
        plan=plan(),
        seekers=((NEED, ANN), (OTHER, BEN)),
        holders=((OFFER, CAT),),
        created=NOON,
    )


def agreed() -> Deal:
    return deal().agreed_by(ANN, NOON).agreed_by(BEN, NOON).agreed_by(CAT, NOON)


def test_a_deal_waits_for_every_party() -> None:
    """Each yes is taken once, and of its giver alone."""
    given = deal().agreed_by(ANN, NOON)
    assert deal().waiting_for() == {ANN, BEN, CAT}
    assert given.agreed_by(ANN, NOON + HOUR).waiting_for() == {BEN, CAT}
    assert len(given.agreed_by(ANN, NOON + HOUR).consents) == 1
    assert agreed().waiting_for() == frozenset()


def test_a_lower_price_voids_no_payers_consent() -> None:
    """What was agreed to is a ceiling; whoever gives for less is asked again."""
    assert evolve(agreed(), plan=plan(800)).waiting_for() == {CAT}


def test_a_higher_price_is_a_new_question_to_whoever_pays() -> None:
    """A penny above the ceiling voids the yes."""
    assert {ANN, BEN} <= evolve(agreed(), plan=plan(901)).waiting_for()


def test_a_yes_to_the_new_terms_replaces_the_old_one() -> None:
    """After it, the new price is the ceiling."""
    dearer = evolve(agreed(), plan=plan(901)).agreed_by(ANN, NOON + HOUR)
    assert dearer.waiting_for() == {BEN, CAT}


@pytest.mark.parametrize(
    "worse",
    [
        lambda old: plan(windows=(Window(NOON + HOUR, NOON + 2 * HOUR),)),
        lambda old: plan(windows=()),
        lambda old: evolve(old, legs=(evolve(old.legs[0], claims=(Claim(Unit(), 2),)),)),
    ],
)
def test_other_times_or_amounts_are_a_new_question_to_all(worse: Callable[[Plan], Plan]) -> None:
    """Nobody is held to what they did not say yes to."""
    assert evolve(agreed(), plan=worse(plan())).waiting_for() == {ANN, BEN, CAT}


def test_an_organisation_pays_for_all_its_needs() -> None:
    """Its shares are added up; who holds pays nothing."""
    both = evolve(deal(), seekers=((NEED, ANN), (OTHER, ANN)))
    assert (both.pays(ANN), deal().pays(ANN), deal().pays(CAT)) == (1800, 900, 0)


def test_a_move_is_a_new_revision_and_keeps_the_consents() -> None:
    """Where it stands changes, and what was said does not."""
    moved = agreed().moved(DealState.AGREED, sub_state="arranged")
    assert (moved.state, moved.sub_state) == (DealState.AGREED, "arranged")
    assert (moved.revision, moved.consents) == (agreed().revision + 1, agreed().consents)


def test_asking_occupies_nothing_and_suspension_does() -> None:
    """Which states stand in others' way is fixed here, for every exchange."""
    assert {state.value for state in DealState if state.occupies} == {
        "held",
        "agreed",
        "done",
        "suspended",
    }


def test_names_are_open_only_after_agreement() -> None:
    """No state before it reveals, and every state that reveals is live."""
    assert {state for state in DealState if state.revealed} == {
        DealState.AGREED,
        DealState.DONE,
        DealState.SUSPENDED,
    }
    assert all(state.live for state in DealState if state.revealed)
