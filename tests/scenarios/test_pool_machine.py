"""A pool's life at random: members join, commit, change, vote, answer and leave in any order."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from tests.pools import BUYING, PRESENT, Buyers, hr

from cypn_core.domain.deals import DealState
from cypn_core.domain.ids import DealId
from cypn_core.storage import tables
from cypn_core.storage.engine import Store, open_store
from cypn_core.testing.stores import BOTH, NewStore
from cypn_procurement.pool.states import AFTER, BEFORE, COMMITTED, DECISION, GATHERING

WHO = st.integers(0, len(PRESENT) - 1)
FINE = {200, 201}
REFUSED = {403, 404, 409, 412, 422}
"""What somebody may be told who is too early, too late, or not in it."""


class Life(RuleBasedStateMachine):
    """Six members and a pool; every step is sent, whether it is its time or not."""

    store: Store
    reached: ClassVar[set[str]] = set()

    def __init__(self) -> None:
        super().__init__()
        self.pool = Buyers.on(self.store, [hr(present) for present in PRESENT])
        self.pool.gathering(target=4)

    def sent(self, who: int, what: str, body: object = None) -> int:
        """A step at the revision that is read; its status."""
        pool = self.pool
        path = f"/v1/deals/{pool.pool}"
        read = pool.members[who].get(BUYING, path)
        tag = read.headers.get("ETag", '"1"')
        answer = pool.members[who].post(BUYING, f"{path}/{what}", body, If_Match=tag)
        assert answer.status_code in FINE | REFUSED, (what, answer.text)
        return answer.status_code

    @rule(who=WHO)
    def joins(self, who: int) -> None:
        """Somebody joins."""
        path = f"/v1/needs/{self.pool.needs[who]}/join"
        answer = self.pool.members[who].post(BUYING, path, {"deal": self.pool.pool})
        assert answer.status_code in FINE | REFUSED, answer.text

    @rule(who=WHO, signed=st.booleans(), insist=st.booleans())
    def commits(self, who: int, signed: bool, insist: bool) -> None:  # noqa: FBT001
        """Somebody commits."""
        self.sent(who, "commit", {"signatory": signed, "insist": insist})

    @rule(who=WHO, what=st.sampled_from(["withdraw", "cancel", "close", "decide"]))
    def steps(self, who: int, what: str) -> None:
        """Somebody takes a step that asks for nothing."""
        self.sent(who, what)

    @rule(who=WHO, days=st.integers(1, 20))
    def reopens(self, who: int, days: int) -> None:
        """Somebody wants to gather on."""
        later = self.pool.town.clock.now.date() + dt.timedelta(days=days)
        self.sent(who, "reopen", {"gather_until": later.isoformat()})

    @rule(who=WHO)
    def takes_the_lead(self, who: int) -> None:
        """Somebody wants to lead."""
        self.sent(who, "take-role", {"pool_role": "lead"})

    @rule(who=WHO, interest=st.sampled_from(["no_interest", "has_interest"]))
    def declares_and_votes(self, who: int, interest: str) -> None:
        """Somebody declares, and votes."""
        self.sent(who, "declare", {"interest": interest})
        self.sent(who, "vote", {"chosen_quote": self.pool.quotes[0]})

    @rule()
    def all_decide(self) -> None:
        """All commit, declare and vote, and the lead closes and decides."""
        for who in range(len(PRESENT)):
            self.joins(who)
            self.commits(who, signed=True, insist=False)
        for who in range(len(PRESENT)):
            self.sent(who, "close")
        for who in range(len(PRESENT)):
            self.declares_and_votes(who, "no_interest")
        for who in range(len(PRESENT)):
            self.sent(who, "decide")

    @rule(who=WHO)
    def says_yes(self, who: int) -> None:
        """Somebody agrees."""
        self.sent(who, "agree")

    @rule()
    def all_say_yes(self) -> None:
        """Everybody agrees who is asked."""
        for who in range(len(PRESENT)):
            self.sent(who, "agree")

    @rule(pence=st.sampled_from([70_000, 90_000, 125_000]))
    def the_supplier_moves(self, pence: int) -> None:
        """New terms are entered."""
        self.sent(0, "enter-terms", {"new_unit_pence": pence})

    @rule(days=st.sampled_from([1, 8]))
    def time_passes(self, days: int) -> None:
        """A day, or more than there is to answer."""
        self.pool.town.clock.pass_time(days=days)
        self.pool.town.tick()

    @invariant()
    def it_adds_up(self) -> None:
        """Shares are the whole price, every table knows who is in it, nobody is bound unasked."""
        network = self.pool.town.network
        with network.reading() as work:
            deal = work.deals.get(DealId(self.pool.pool))
            known = tables.deal_need.c
            rows = work.connection.execute(
                select(known.posting_id).where(known.deal_id == deal.id)
            ).scalars()
            assert set(rows) == {need for need, _ in deal.seekers}
            states = {work.postings.get(need).state.value for need, _ in deal.seekers}
        self.reached.add(deal.sub_state)
        if deal.plan.legs:
            assert sum(share.pence for share in deal.plan.shares) == deal.plan.pence
            assert {share.need for share in deal.plan.shares} == {n for n, _ in deal.seekers}
        if deal.state is DealState.AGREED:
            assert states == {"matched"}
            assert not deal.waiting_for()
            assert deal.sub_state in AFTER
        elif deal.state is DealState.GATHERING:
            assert states == {"open"}
            assert deal.sub_state in BEFORE


@pytest.mark.parametrize("dialect", BOTH)
def test_a_pool_lives_through_anything(dialect: str, new_store: NewStore) -> None:
    """Whatever its members send, and in whatever order."""

    class OnStore(Life):
        def __init__(self) -> None:
            type(self).store = open_store(new_store(dialect))
            super().__init__()

        def teardown(self) -> None:
            self.store.close()

    run_state_machine_as_test(
        OnStore,
        settings=settings(
            max_examples=8, stateful_step_count=20, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    assert {GATHERING, DECISION, COMMITTED} <= OnStore.reached


def test_members_commit_change_and_leave_at_once_and_none_is_lost(store: Store) -> None:
    """Whoever is told 200 is in the book; whoever is told that it changed sends it again."""
    pool = Buyers.on(store, [hr(present) for present in PRESENT])
    pool.gathering()
    for who in range(1, 6):
        pool.join(who)

    def insistently(who: int) -> int:
        path = f"/v1/deals/{pool.pool}"
        what, body = ("cancel", None) if who == 5 else ("commit", {"signatory": True})
        for attempt in range(60):
            tag = pool.members[who].get(BUYING, path).headers["ETag"]
            answer = pool.members[who].post(BUYING, f"{path}/{what}", body, If_Match=tag)
            if answer.status_code == 200:
                return attempt
            assert answer.status_code in {409, 412, 503}, answer.text
        raise AssertionError("never came through")

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(insistently, range(6)))
    assert all(pool.seen(who)["book"]["you_committed"] for who in range(5))
    gone = pool.members[5].get(BUYING, f"/v1/deals/{pool.pool}")
    assert gone.status_code == 404
