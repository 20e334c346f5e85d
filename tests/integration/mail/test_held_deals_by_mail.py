"""What is mailed of a deal that lacks a part: to whom, with which calendar, and with no reason."""

from __future__ import annotations

from email.message import EmailMessage

from tests.jobs_town import Jobs
from tests.post_office import PostOffice, write_to

from cypn_core.storage.engine import Store

GROUP, BENCH, HAND, NEXT = (f"{who}@mail.example.org" for who in ("group", "bench", "hand", "next"))


def text(letter: EmailMessage) -> str:
    """All that can be read in it."""
    parts = [part for part in letter.walk() if part.get_content_maintype() == "text"]
    return "\n".join(str(part.get_content()) for part in parts)


def test_who_is_unassigned_gets_a_cancellation_and_the_reason_alone(
    store: Store, office: PostOffice
) -> None:
    """The calendars of all are cleared the same day, and filled again with the substitute."""
    here = Jobs.on(store, mailing=office.carrier())
    write_to(here.seeker, GROUP)
    write_to(here.bench, BENCH)
    hand, offer = here.hand()
    write_to(hand, HAND)
    deal = here.asks(part="full")["id"]
    here.town.tick()
    assert "METHOD:REQUEST" in text(office.letters(HAND)[-1])
    here.revises(hand, offer, good_until="2027-03-19")
    here.town.tick()
    for to in (GROUP, BENCH, HAND):
        assert "METHOD:CANCEL" in text(office.letters(to)[-1])
    assert "good until 2027-03-19" in text(office.letters(HAND)[-1])
    assert not any(
        "good until" in text(each) for to in (GROUP, BENCH) for each in office.letters(to)
    )
    other, _ = here.hand()
    write_to(other, NEXT)
    here.town.tick()
    assert here.state(deal) == "agreed"
    for to in (GROUP, BENCH):
        assert "METHOD:REQUEST" in text(office.letters(to)[-1])
    assert "METHOD:CANCEL" in text(office.letters(HAND)[-1])


def test_who_is_asked_to_fill_it_reads_no_name_and_may_answer_by_link(
    store: Store, office: PostOffice
) -> None:
    """The letter has the times, the part and the links, and nothing of the group."""
    here = Jobs.on(store, mailing=office.carrier())
    here.asks()
    hand, _ = here.hand(auto_accept=False)
    write_to(hand, HAND)
    here.town.tick()
    (letter,) = office.letters(HAND)
    assert "helping hand" in text(letter)
    assert "Yes, we agree" in text(letter)
    assert not any(name in text(letter) for name in ("Amber", "Cedar"))
