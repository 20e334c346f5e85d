"""Law 2: renaming or renumbering organisations changes no match, rank, plan or allocation."""

from __future__ import annotations

import datetime as dt
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.networks import EXCHANGES, HUB, NOW, Drawn, networks, sketched

from cypn_core.application.ask import ask
from cypn_core.application.match import answer_to
from cypn_core.application.network import Caller, Network, Work
from cypn_core.application.tick import tick
from cypn_core.domain.errors import CypnError
from cypn_core.domain.ids import OrganisationId, PostingId, fingerprint
from cypn_core.domain.organisations import Contact, Organisation, Profile, RunBy
from cypn_core.domain.postings import Posting
from cypn_core.domain.standing import Check, CheckOutcome
from cypn_core.storage.engine import open_store
from cypn_core.testing.stores import BOTH, NewStore
from cypn_core.testing.town import Clock


@pytest.mark.parametrize("exchange", EXCHANGES)
@given(data=st.data(), salt=st.text(max_size=8))
def test_law_02_renumbered_organisations_get_the_same_answers(
    exchange: str, data: st.DataObject, salt: str
) -> None:
    """Whatever the organisations' ids are, every answer is the same, scores included."""
    drawn = data.draw(networks(exchange))
    plain = sketched(drawn)
    other = sketched(drawn, lambda party: fingerprint(salt, str(party)))
    for need in plain.needs:
        assert repr(other.sketch.answer(need)) == repr(plain.sketch.answer(need))
        for role in HUB.exchange(exchange).roles:
            order = [s.offer.id for s in plain.sketch.board(need).survivors(role)]
            assert [s.offer.id for s in other.sketch.board(need).survivors(role)] == order


def _joined(work: Work, salt: str, exchange: str, party: int) -> OrganisationId:
    """A checked organisation all of whose identity comes from *salt*."""
    name = fingerprint(salt, str(party))
    organisation = Organisation(
        id=OrganisationId(name),
        profile=Profile(
            name=f"{salt} {name[:6]}",
            run_by=RunBy.VOLUNTEERS,
            place="Sallow",
            contact=Contact(name=name[6:12], email=f"{name[:4]}@example.org"),
        ),
        created=NOW - dt.timedelta(seconds=int(name[:4], 16)),
    )
    work.organisations.add(organisation)
    for role in HUB.exchange(exchange).checklists:
        passed = Check(
            subject=organisation.id,
            role=role,
            version="1",
            outcome=CheckOutcome.PASSED,
            checker="desk",
            decided_on=NOW.date(),
        )
        work.organisations.record(fingerprint(organisation.id, role), passed)
    return organisation.id


def _posted(work: Work, salt: str, drawn: Drawn) -> dict[PostingId, OrganisationId]:
    """Everything of *drawn*, under ids that do not depend on *salt*; the needs and their owners."""
    owners = {party: _joined(work, salt, drawn.exchange, party) for party in range(5)}
    needs: dict[PostingId, OrganisationId] = {}
    for at, (body, party) in enumerate((*drawn.needs, *drawn.offers)):
        posting = Posting(
            id=PostingId(fingerprint("posting", str(at))),
            organisation=owners[party],
            exchange=drawn.exchange,
            body=body,
            created=NOW,
            fresh_until=NOW + dt.timedelta(days=60),
        )
        work.postings.add(posting)
        if at < len(drawn.needs):
            needs[posting.id] = owners[party]
    return needs


def played(url: str, salt: str, drawn: Drawn) -> list[str]:
    """What becomes of *drawn* on a store: all answers, all deals, and who won the rounds."""
    numbers, clock = count(), Clock(NOW)
    with open_store(url) as store:
        network = Network(hub=HUB, store=store, clock=clock, new_id=lambda: f"{next(numbers):032x}")
        with network.writing() as work:
            needs = _posted(work, salt, drawn)
        with network.reading() as work:
            told = [repr(answer_to(work, work.postings.get(need))) for need in needs]
        asked = [_asked(network, drawn.exchange, need, owner) for need, owner in needs.items()]
        clock.pass_time(days=4)
        tick(network)
        with network.reading() as work:
            ended = [work.postings.get(need).state.value for need in needs]
    return [*told, *asked, *ended]


def _asked(network: Network, exchange: str, need: PostingId, owner: OrganisationId) -> str:
    caller = Caller(actor="test", scopes=frozenset({"member"}), organisation=owner)
    with network.reading() as work:
        full = answer_to(work, work.postings.get(need)).full
    if not full:
        return "nothing to ask for"
    try:
        deal = network.transact(lambda work: ask(work, caller, exchange, need, full[0].key))
    except CypnError as refused:
        return str(refused)
    return f"{deal.id} {deal.state} {deal.plan} {deal.round}"


@pytest.mark.parametrize("dialect", BOTH)
def test_law_02_the_store_plays_the_same_with_other_organisations(
    dialect: str, new_store: NewStore
) -> None:
    """Other ids, names, contacts and times of joining: the same answers, deals and winners."""

    @settings(max_examples=4)
    @given(drawn=st.sampled_from(EXCHANGES).flatmap(networks), salt=st.text("abcxyz", max_size=4))
    def holds(drawn: Drawn, salt: str) -> None:
        plain = played(new_store(dialect), "Original", drawn)
        assert played(new_store(dialect), f"Renamed {salt}", drawn) == plain

    holds()
