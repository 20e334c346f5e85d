"""Drafts: one person's own answers, kept for a while, posted at last; nobody else reads them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from attrs import evolve
from tests.towns import NOW, ONLY_VENUES, PLACE, VENUES, a_need, an_offer, inbox, posted

from cypn_core.application import drafts
from cypn_core.application.network import Caller
from cypn_core.domain.drafts import Draft
from cypn_core.domain.errors import Changed, Conflict, Invalid, NotChecked, NotFound
from cypn_core.domain.leaks import SENTENCES, Leak
from cypn_core.domain.postings import Need, Posting
from cypn_core.storage import events
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town
from cypn_core.web.schemas import load_one_of

KIND = "space_need"
WHEN = {"first": "2027-02-02", "starts": "14:00", "ends": "16:00"}


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ONLY_VENUES, NOW)


@pytest.fixture
def seeker(town: Town) -> Member:
    return town.member("Amber Lane", "seeker", "holder", place=PLACE)


def begun(town: Town, caller: Caller, **answers: Any) -> Draft:
    """A draft of a need with *answers*."""
    with town.network.writing() as work:
        draft = drafts.start(work, caller, VENUES, KIND)
        for name, value in answers.items():
            draft = drafts.answer(work, caller, VENUES, draft.id, name, value)
    return draft


def sent(town: Town, caller: Caller, draft: Draft, revision: int | None = None) -> Posting:
    """What *draft* comes to when it is posted."""
    with town.network.writing() as work:
        whole = drafts.whole(work, caller, draft)
        body = load_one_of(work.hub.exchange(VENUES).kinds, whole)
        return drafts.send(work, caller, draft, body, revision)


def acting_for(member: Member) -> Caller:
    """A coordinator who acts for *member*."""
    scopes = frozenset({"coordinator", "member"})
    return Caller(actor="staff:1", scopes=scopes, organisation=member.id, acts_for_another=True)


def test_a_draft_is_posted_and_gone(town: Town, seeker: Member) -> None:
    """Its answers become the body of the need, and nothing of the draft is left."""
    me = town.acting(seeker)
    draft = begun(town, me, place=PLACE, when=WHEN, headcount=12, note="We sing")
    need = sent(town, me, draft)
    assert need.body.place == PLACE
    with town.network.reading() as work:
        assert drafts.listed(work, me) == []
        assert work.postings.get(need.id).body.note == "We sing"
        with pytest.raises(NotFound):
            drafts.get(work, me, VENUES, draft.id)


def test_nobody_else_reads_it(town: Town, seeker: Member) -> None:
    """Not another group, not another person of the same group, not a coordinator for it."""
    me = town.acting(seeker)
    draft = begun(town, me, place=PLACE)
    others = [
        town.acting(town.member("Cedar Hall", "seeker", place=PLACE)),
        evolve(me, actor="contact:another"),
        acting_for(seeker),
    ]
    for other in others:
        with town.network.writing() as work:
            assert drafts.listed(work, other) == []
            for read in (drafts.get, drafts.discard):
                with pytest.raises(NotFound):
                    read(work, other, VENUES, draft.id)
            with pytest.raises(NotFound):
                drafts.answer(work, other, VENUES, draft.id, "headcount", 3)
    with town.network.reading() as work:
        assert drafts.get(work, me, VENUES, draft.id).answers == {"place": PLACE}


def test_the_gate_is_asked_before_and_when_posting(town: Town) -> None:
    """Who is not checked begins nothing; whose check lapses meanwhile posts nothing."""
    nobody = town.acting(town.member("Elm Row", place=PLACE))
    with town.network.writing() as work, pytest.raises(NotChecked):
        drafts.start(work, nobody, VENUES, KIND)
    until = NOW.date() + dt.timedelta(days=1)
    lapsing = town.acting(town.member("Oak Row", "seeker", place=PLACE, until=until))
    draft = begun(town, lapsing, place=PLACE, when=WHEN, headcount=12)
    town.clock.pass_time(days=3)
    with pytest.raises(NotChecked):
        sent(town, lapsing, draft)
    holder = town.acting(town.member("Fir Hall", "holder", place=PLACE))
    with town.network.writing() as work, pytest.raises(NotChecked):
        drafts.start(work, holder, VENUES, KIND)


def test_it_is_kept_for_two_weeks_after_the_last_answer(town: Town, seeker: Member) -> None:
    """On the fourteenth day it is still there; a day later it is not."""
    me = town.acting(seeker)
    draft = begun(town, me, place=PLACE)
    town.clock.pass_time(days=10)
    with town.network.writing() as work:
        drafts.answer(work, me, VENUES, draft.id, "headcount", 3)
    for days, left in ((14, 1), (1, 0)):
        town.clock.pass_time(days=days)
        town.tick()
        with town.network.reading() as work:
            assert len(drafts.listed(work, me)) == left


def test_an_answer_that_gives_its_author_away_is_not_kept(town: Town, seeker: Member) -> None:
    """V08: nor is a place that nobody knows; what was answered before stays."""
    me = town.acting(seeker)
    draft = begun(town, me, note="We sing")
    with town.network.writing() as work, pytest.raises(Invalid) as told:
        drafts.answer(work, me, VENUES, draft.id, "note", "Ring 01632 960001")
    assert told.value.fields == {"note": [SENTENCES[Leak.PHONE]]}
    with town.network.writing() as work, pytest.raises(Invalid):
        drafts.answer(work, me, VENUES, draft.id, "place", "Atlantis")
    with town.network.writing() as work, pytest.raises(NotFound):
        drafts.answer(work, me, VENUES, draft.id, "colour", "red")
    with town.network.reading() as work:
        assert drafts.get(work, me, VENUES, draft.id).answers == {"note": "We sing"}


def test_nobody_hoards_drafts(town: Town, seeker: Member) -> None:
    """After twenty one of them has to be finished first."""
    me = town.acting(seeker)
    for _ in range(drafts.MOST):
        begun(town, me)
    with pytest.raises(Conflict):
        begun(town, me)


def test_a_change_starts_from_what_stands(town: Town, seeker: Member) -> None:
    """It changes the posting at the revision that was seen, and no other."""
    me = town.acting(seeker)
    need = posted(seeker, "need", a_need(note="We sing"))
    with town.network.writing() as work:
        draft = drafts.change(work, me, VENUES, need, "need")
        assert draft.answers["note"] == "We sing"
        draft = drafts.answer(work, me, VENUES, draft.id, "headcount", 14)
    put = seeker.send("PUT", VENUES, f"/v1/needs/{need}", a_need(headcount=13), If_Match='"1"')
    assert put.status_code == 200
    with pytest.raises(Changed):
        sent(town, me, draft)
    changed = sent(town, me, draft, revision=2)
    assert isinstance(changed.body, Need)
    assert (changed.id, changed.revision, changed.body.people) == (need, 3, 14)
    assert changed.body.note == "We sing"


def test_who_acts_for_a_group_keeps_what_it_has_sealed(town: Town, seeker: Member) -> None:
    """A coordinator's change shows no note and loses none; the group is told, both are logged."""
    need = posted(seeker, "need", a_need(note="We sing"))
    desk = acting_for(seeker)
    with town.network.writing() as work:
        draft = drafts.change(work, desk, VENUES, need, "need")
        assert "note" not in draft.answers
        draft = drafts.answer(work, desk, VENUES, draft.id, "headcount", 14)
    changed = sent(town, desk, draft)
    assert isinstance(changed.body, Need)
    assert (changed.body.people, changed.body.note) == (14, "We sing")
    with town.network.reading() as work:
        (event,) = events.told_of(work.connection, need, "need_revised")
    assert (event.actor, event.for_whom) == ("staff:1", seeker.id)
    other = acting_for(town.member("Cedar Hall", "seeker", place=PLACE))
    with town.network.writing() as work, pytest.raises(NotFound):
        drafts.change(work, other, VENUES, need, "need")


def test_last_terms_hours_are_copied_into_the_next(town: Town, seeker: Member) -> None:
    """The same weekday, in the next term that is not over; single dates stay behind."""
    autumn = {
        "first": "2026-09-08", "starts": "10:00", "ends": "12:00", "rrule": "FREQ=WEEKLY",
        "during": ["term_autumn_2026"], "except_dates": ["2026-10-06"],
    }  # fmt: skip
    offer = posted(seeker, "offer", an_offer(hours=[autumn], note="Ask for the key"))
    me = town.acting(seeker)
    with town.network.writing() as work:
        draft = drafts.copy(work, me, VENUES, offer, "offer")
        spring = work.hub.region.calendars["term_spring_2027"]
    (hours,) = draft.answers["hours"]
    first = dt.date.fromisoformat(hours["first"])
    assert hours["during"] == ["term_spring_2027"]
    assert first in spring
    assert first.weekday() == dt.date(2026, 9, 8).weekday()
    assert first - spring.first < dt.timedelta(days=7)
    assert hours["except_dates"] == []
    assert draft.answers["note"] == "Ask for the key"
    assert draft.posting is None
    assert sent(town, me, draft).id != offer


def test_days_that_are_over_are_asked_for_again(town: Town, seeker: Member) -> None:
    """A copy never carries a day in the past; one still to come it keeps."""
    me = town.acting(seeker)
    storage = {
        "kind": "storage_need", "place": PLACE, "starts_on": "2026-12-01", "months": 3,
        "area_m2": 4,
    }  # fmt: skip
    need = posted(seeker, "need", storage)
    with town.network.writing() as work:
        assert drafts.copy(work, me, VENUES, need, "need").answers["starts_on"] == "2026-12-01"
    town.clock.pass_time(days=20)
    with town.network.writing() as work:
        assert "starts_on" not in drafts.copy(work, me, VENUES, need, "need").answers


def test_the_inbox_says_nothing_of_drafts(town: Town, seeker: Member) -> None:
    """A draft is no posting: nobody is told, nothing is logged."""
    draft = begun(town, town.acting(seeker), place=PLACE)
    town.tick()
    assert inbox(seeker) == []
    with town.network.reading() as work:
        assert events.told_of(work.connection, draft.id, "need_posted") == []
