"""The gate inside the store's query says what the domain says of the same checks."""

from __future__ import annotations

import datetime as dt
from itertools import count

from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert
from tests.sample_exchange import ThingNeed

from cypn_core.domain.ids import OrganisationId, PostingId
from cypn_core.domain.postings import Posting
from cypn_core.domain.standing import Check, CheckOutcome, stands
from cypn_core.storage import tables
from cypn_core.storage.engine import Store
from cypn_core.storage.organisations import Organisations
from cypn_core.storage.postings import Postings
from cypn_core.wire.converter import converter_for

FIRST = dt.date(2027, 1, 1)
NOON = dt.datetime(2027, 1, 1, 12, tzinfo=dt.UTC)
CONVERTER = converter_for({ThingNeed.kind: ThingNeed})
OWNER = OrganisationId("owner")
POSTED = Posting(
    id=PostingId("need"),
    organisation=OWNER,
    exchange="things",
    body=ThingNeed(),
    created=NOON,
    fresh_until=NOON + dt.timedelta(days=90),
)

days = st.integers(0, 5).map(lambda passed: FIRST + dt.timedelta(days=passed))


@st.composite
def checks(draw: st.DrawFn) -> Check:
    """A check within a few days, of this role or another, of this subject or another."""
    decided = draw(days)
    return Check(
        subject=draw(st.sampled_from(["owner", "owner", "owner", "somebody"])),
        role=draw(st.sampled_from(["seeker", "seeker", "seeker", "holder"])),
        version="1",
        outcome=draw(st.sampled_from(CheckOutcome)),
        checker="desk",
        decided_on=decided,
        expires_on=draw(st.none() | days.filter(lambda day: day >= decided)),
    )


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=st.lists(checks(), max_size=5))
def test_the_stores_gate_is_the_domains_gate(store: Store, history: list[Check]) -> None:
    """On every day of every history of checks the query opens exactly when ``stands`` does."""
    with store.writing() as connection, connection.begin_nested() as trial:
        connection.execute(insert(tables.organisation).values(id=OWNER, body="{}", created=0))
        connection.execute(delete(tables.standing))
        organisations = Organisations(connection, CONVERTER)
        postings = Postings(connection, CONVERTER)
        postings.add(POSTED)
        for at, check in zip(count(), history, strict=False):
            organisations.record(f"check{at}", check)
        mine = [check for check in history if check.subject == OWNER]
        for passed in range(-1, 8):
            day = FIRST + dt.timedelta(days=passed)
            open_ = [each.id for each in postings.open("things", "need", day, NOON)]
            stands_ = stands(mine, ThingNeed.checklist, day) is None
            assert open_ == ([POSTED.id] if stands_ else []), (day, mine)
        trial.rollback()


def test_what_is_found_of_one_says_nothing_of_another(store: Store) -> None:
    """Owners that were checked on different days, one of them failed: the others all get in."""
    names = [OrganisationId(name) for name in ("first", "second", "third")]
    outcomes = [CheckOutcome.PASSED, CheckOutcome.PASSED, CheckOutcome.FAILED]
    with store.writing() as connection:
        organisations, postings = (
            Organisations(connection, CONVERTER),
            Postings(connection, CONVERTER),
        )
        for at, (name, outcome) in enumerate(zip(names, outcomes, strict=True)):
            connection.execute(insert(tables.organisation).values(id=name, body="{}", created=0))
            postings.add(evolve(POSTED, id=PostingId(name), organisation=name))
            day = FIRST + dt.timedelta(days=at)
            check = Check(
                subject=name,
                role="seeker",
                version="1",
                outcome=outcome,
                checker="desk",
                decided_on=day,
                expires_on=None,
            )
            organisations.record(name, check)
        today = FIRST + dt.timedelta(days=3)
        found = postings.open("things", "need", today, NOON)
    assert [each.organisation for each in found] == names[:2]
