"""Noninterference: nothing that the holder receives before it has agreed depends on who asks.

Two organisations, equal in every criterion and different in all else, take the same journey; every
byte that the holder is given over HTTP and SMTP, and all that is logged or written to files, is the
same. Each seeded leak is a patch to the product, and has to be seen.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.eavesdropping import eavesdropping
from tests.noninterference import HOLDERS_MAIL, ONE, OTHER, Journey, Seeker, differences
from tests.seeded_leaks import LEAKS, PAGE_LEAKS, Leak

from cypn_core.storage.engine import Store, open_store
from cypn_core.testing.stores import NewStore


def journey(url: str, seeker: Seeker, *, with_pages: bool = True) -> list[bytes]:
    with open_store(url) as store, eavesdropping(HOLDERS_MAIL) as recorder:
        return Journey.begun(store, seeker, recorder, with_pages=with_pages).taken()


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_who_asks_makes_no_difference_to_any_byte(new_store: NewStore, dialect: str) -> None:
    """Status lines, headers, bodies, problems and letters are equal after renaming aliases."""
    one, other = (journey(new_store(dialect), seeker) for seeker in (ONE, OTHER))
    assert list(differences(one, other)) == []


def test_the_recorder_hears_what_there_is_to_hear(new_store: NewStore) -> None:
    """Every kind of answer is among what is compared, letters too, and so is the rival's deal."""
    told = journey(new_store("sqlite"), ONE)
    statuses = {each[:3] for each in told}
    assert statuses >= {b"200", b"403", b"404", b"409", b"412", b"422", b"428", b"500"}
    for start in (b"ehlo", b"ERROR cypn_core.web.problems"):
        assert any(each.startswith(start) for each in told), start
    assert sum(b"BEGIN:VCALENDAR" in each for each in told) > 2
    assert len(told) > 40


def test_after_the_yes_the_names_are_there(store: Store) -> None:
    """The recorder is not deaf: what is hidden before the agreement is heard after it."""
    with eavesdropping(HOLDERS_MAIL) as recorder:
        told = b"\n".join(Journey.begun(store, OTHER, recorder).agreed()).decode()
    for secret in (OTHER.name, OTHER.contact.email, OTHER.note):
        assert secret in told


def test_no_log_line_and_no_file_names_anybody(store: Store) -> None:
    """From the first post through errors to the agreement: no name, address, number, id or text."""
    with eavesdropping(HOLDERS_MAIL) as recorder:
        journey = Journey.begun(store, ONE, recorder)
        journey.taken()
        journey.agreed()
        left = [*recorder.logged, *recorder.written]
    assert any("incident" in line for line in left)
    for secret in secrets_of(journey):
        assert not any(secret in line for line in left), secret


def secrets_of(journey: Journey) -> list[str]:
    """Everything that one of the three could be known by."""
    members = (journey.group, journey.holder, journey.rival)
    person = ONE.contact
    known = [part for member in members for part in (member.id, member.name, member.token)]
    return [*known, person.name, person.email, str(person.phone), ONE.note, HOLDERS_MAIL]


def test_there_are_leaks_at_every_boundary() -> None:
    """At least twelve patches; HTTP, mail, calendar, log and files each have some."""
    assert len(set(LEAKS)) == len(LEAKS) >= 12


@pytest.mark.parametrize("leak", [*LEAKS, *PAGE_LEAKS], ids=lambda leak: leak.__name__)
def test_a_seeded_leak_is_seen(
    new_store: NewStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, leak: Leak
) -> None:
    """The control: with the patch in the product the two journeys differ."""
    told = []
    for seeker in (ONE, OTHER):
        with monkeypatch.context() as patch:
            patch.chdir(tmp_path)
            leak(patch, seeker)
            with_pages = leak in PAGE_LEAKS
            told.append(journey(new_store("sqlite"), seeker, with_pages=with_pages))
    assert list(differences(*told))
