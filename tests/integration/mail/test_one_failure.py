"""What one row lacks stops nothing else: neither the rest of a tick, nor other messages or mail."""

from __future__ import annotations

from typing import NoReturn

import pytest
from sqlalchemy import update
from tests.asked_by_mail import HOLDER, SEEKER, Asked, states
from tests.post_office import PostOffice
from tests.towns import PLACE, an_offer, inbox, posted

from cypn_core.application import notices, outbox, questions
from cypn_core.application.network import Work
from cypn_core.storage import tables
from cypn_core.storage.mails import MOST_ATTEMPTS
from cypn_core.testing.town import Town


def test_a_step_that_fails_stops_no_other(town: Town, office: PostOffice, request_: Asked) -> None:
    """An offer that nobody can read: the tick says so, and the request is told and mailed."""
    other = town.member("Birch Rooms", "holder", place=PLACE)
    offer = posted(other, "offer", an_offer())
    with town.network.writing() as work:
        mine = update(tables.posting).where(tables.posting.c.id == offer)
        work.connection.execute(mine.values(body='{"kind": "space_offer"}'))
    with pytest.raises(KeyError):
        town.tick()
    assert len(inbox(request_.holder)) == 1
    (letter,) = office.raw
    assert HOLDER.encode() in letter


def test_an_event_that_cannot_be_told_stops_no_other(
    town: Town, request_: Asked, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is in the log of the process, by its id and without a word of what it is about."""

    def broken(*_: object) -> NoReturn:
        raise LookupError("Cedar Hall")

    tells = {**notices._TELLS, "need_posted": broken, "offer_posted": broken}
    monkeypatch.setattr(notices, "_TELLS", tells)
    assert town.tick().messages == 1
    assert len(inbox(request_.holder)) == 1
    assert "cannot be told" in caplog.text
    assert "Cedar Hall" not in caplog.text


def test_a_mail_that_cannot_be_written_stops_no_other_and_is_dead_in_the_end(
    town: Town, office: PostOffice, request_: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is tried as often as one that is not taken; meanwhile the next ones go out."""
    written = questions.question

    def broken(work: Work, fact: str, *about: str) -> object:
        if fact == "deal_asked":
            raise LookupError
        return written(work, fact, *about)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "question", broken)
    for _ in range(MOST_ATTEMPTS + 2):
        town.tick()
        town.clock.pass_time(hours=26)
    assert states(town)["dead"] == 1
    assert not any(HOLDER.encode() in letter for letter in office.raw)
    assert any(SEEKER.encode() in letter for letter in office.raw)
