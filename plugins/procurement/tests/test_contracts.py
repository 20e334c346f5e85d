"""When notice is due, by when a pool decides, and the yearly review in which silence is no."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cypn_procurement.clearing import Member, cleared
from cypn_procurement.contracts.renewals import Renewal, check_deadline, latest_deadline
from cypn_procurement.contracts.reviews import reviewed
from cypn_procurement.tariffs import Tariff

RETAINER = Tariff(tiers=((1, 120_000), (4, 90_000)), most=100)
RENEWALS = st.builds(
    Renewal,
    ends=st.dates(dt.date(2026, 1, 1), dt.date(2030, 1, 1)),
    notice_days=st.integers(0, 400),
)


@given(st.lists(RENEWALS, min_size=1, max_size=8))
@settings(max_examples=500, deadline=None)
def test_the_last_deadline_leaves_each_member_its_notice(renewals: list[Renewal]) -> None:
    """On the last day everybody can give notice; a day later somebody cannot."""
    last = latest_deadline(renewals)
    assert last is not None
    assert all(last + dt.timedelta(days=r.notice_days) <= r.ends for r in renewals)
    check_deadline(last, renewals)
    with pytest.raises(ValueError, match=rf"^deadline must be {last.isoformat()} at the latest"):
        check_deadline(last + dt.timedelta(days=1), renewals)


def test_negative_notice_is_refused() -> None:
    """Notice cannot be due after the end."""
    with pytest.raises(ValueError, match="notice_days"):
        Renewal(ends=dt.date(2027, 1, 1), notice_days=-1)


CAPS = st.lists(st.integers(80_000, 150_000), min_size=1, max_size=7)


@given(CAPS, st.dictionaries(st.integers(0, 6).map(str), st.booleans()))
@settings(max_examples=500, deadline=None)
def test_only_who_said_yes_can_stay(caps: list[int], answers: dict[str, bool]) -> None:
    """Silence and no are the same; nobody stays at a loss; all are told apart."""
    members = [Member(str(n), 1, cap) for n, cap in enumerate(caps)]
    found = reviewed(RETAINER, members, answers)
    assert all(answers.get(member) for member in found.staying)
    assert sorted(found.staying + found.out) == sorted(member.id for member in members)
    assert found.pool == cleared(RETAINER, [m for m in members if answers.get(m.id)])


def test_silence_ends_a_pool() -> None:
    """Nobody answered: nobody is bound for another year."""
    found = reviewed(RETAINER, [Member("a", 1, None)], {})
    assert (found.staying, found.out, found.pool) == ((), ("a",), None)
