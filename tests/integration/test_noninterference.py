"""Noninterference: nothing that the holder receives before it has agreed depends on who asks.

Two organisations, equal in every criterion and different in all else, take the same journey; every
byte that the holder is given is the same. Each seeded leak is a patch to the product, and has to be
seen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve
from tests.noninterference import ONE, OTHER, Journey, Seeker, differences

from cypn_core.application import ask, consent, inbox, outbox
from cypn_core.application.faces import Faces
from cypn_core.application.inbox import Said
from cypn_core.domain import views
from cypn_core.domain.errors import Invalid
from cypn_core.storage.deals import Deals
from cypn_core.storage.engine import Store, open_store
from cypn_core.testing.stores import NewStore
from cypn_core.web import exchange_api, replies, service

Patch = pytest.MonkeyPatch
Leak = Callable[[Patch, Seeker], None]


def journey(url: str, seeker: Seeker) -> list[bytes]:
    with open_store(url) as store:
        return Journey.begun(store, seeker).taken()


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_who_asks_makes_no_difference_to_any_byte(new_store: NewStore, dialect: str) -> None:
    """Status lines, headers, bodies, problems and letters are equal after renaming aliases."""
    one, other = (journey(new_store(dialect), seeker) for seeker in (ONE, OTHER))
    assert list(differences(one, other)) == []


def test_the_recorder_hears_what_there_is_to_hear(new_store: NewStore) -> None:
    """Every kind of answer is among what is compared, letters too, and so is the rival's deal."""
    told = journey(new_store("sqlite"), ONE)
    statuses = {each[:3] for each in told}
    assert statuses >= {b"200", b"403", b"404", b"409", b"412", b"422", b"428"}
    assert any(each.startswith(b"From: hub@") for each in told)
    assert len(told) > 40


def test_after_the_yes_the_names_are_there(store: Store) -> None:
    """The recorder is not deaf: what is hidden before the agreement is heard after it."""
    told = b"\n".join(Journey.begun(store, OTHER).agreed()).decode()
    for secret in (OTHER.name, OTHER.contact.email, OTHER.note):
        assert secret in told


def _seekers_name(work: Any, deal: Any) -> str:
    return str(work.organisations.get(deal.seekers[0][1]).profile.name)


def etag_by_name(patch: Patch, seeker: Seeker) -> None:
    """The length of the name stands in the ETag."""
    dealt = exchange_api._dealt

    def leak(asked: Any, deal: Any) -> Any:
        reply = dealt(asked, deal)
        return evolve(reply, revision=reply.revision * 100 + len(_seekers_name(asked.work, deal)))

    patch.setattr(exchange_api, "_dealt", leak)


def notes_unsealed(patch: Patch, seeker: Seeker) -> None:
    """Free text is shown before the agreement."""
    patch.setattr(views, "may_read", lambda mark, relation: mark is not views.Shown.OWNER)


def exact_place(patch: Patch, seeker: Seeker) -> None:
    """The place itself stands where its zone should."""
    patch.setattr(Faces, "_zone_of", lambda self, place: place)


def name_in_message(patch: Patch, seeker: Seeker) -> None:
    """The inbox says who asks."""
    patch.setitem(inbox._TELLS, "deal_asked", _naming(inbox._TELLS["deal_asked"]))  # type: ignore[misc]


def name_in_farewell(patch: Patch, seeker: Seeker) -> None:
    """The inbox says who has left."""
    tells = _naming(inbox._TELLS["deal_cancelled"])
    patch.setitem(inbox._TELLS, "deal_cancelled", tells)  # type: ignore[misc]


def _naming(tells: Callable[..., Any]) -> Callable[..., Any]:
    def leak(work: Any, event: Any, deal: Any) -> Any:
        for said in tells(work, event, deal):
            yield Said(said.to, said.subject, f"{said.text} {_seekers_name(work, deal)}")

    return leak


def name_in_problem(patch: Patch, seeker: Seeker) -> None:
    """An error says whom the holder was about to turn away."""

    def leak(work: Any, caller: Any, exchange: str, deal: str, code: str, revision: int) -> Any:
        found = consent.deal_of(work, caller, exchange, deal)
        raise Invalid({"code": [f"is no reason against {_seekers_name(work, found)}"]})

    patch.setattr(consent, "decline", leak)


def language_header(patch: Patch, seeker: Seeker) -> None:
    """A header tells the language of the one who asks."""
    written = replies.written

    def leak(reply: Any) -> Any:
        response = written(reply)
        response.headers["Content-Language"] = seeker.language
        return response

    patch.setattr(service, "written", leak)


def length_of_answer(patch: Patch, seeker: Seeker) -> None:
    """Only Content-Length and white space differ."""
    json = replies.json_response

    def leak(body: bytes, status: int = 200) -> Any:
        return json(body + b" " * len(seeker.name), status)

    patch.setattr(replies, "json_response", leak)


def order_by_organisation(patch: Patch, seeker: Seeker) -> None:
    """A list is in the order of the organisations' ids."""
    of = Deals.of

    def leak(self: Any, *given: Any, **more: Any) -> Any:
        return sorted(of(self, *given, **more), key=lambda deal: deal.seekers[0][1])

    patch.setattr(Deals, "of", leak)


def registration_date(patch: Patch, seeker: Seeker) -> None:
    """A deal is dated by when its seeker joined."""
    deal = Faces.deal

    def leak(self: Any, found: Any) -> Any:
        joined = self.work.organisations.get(found.seekers[0][1]).created
        return {**deal(self, found), "created": joined.isoformat()}

    patch.setattr(Faces, "deal", leak)


def deadline_by_name(patch: Patch, seeker: Seeker) -> None:
    """How long the holder has to answer depends on the name."""
    answer_by = ask.answer_by
    late = dt.timedelta(hours=len(seeker.name) % 2)
    patch.setattr(ask, "answer_by", lambda now, region: answer_by(now, region) + late)


def reply_to(patch: Patch, seeker: Seeker) -> None:
    """A letter can be answered to the one who asks."""
    written = outbox.written

    def leak(letter: Any, sender: str, at: Any) -> Any:
        message = written(letter, sender, at)
        message["Reply-To"] = seeker.contact.email
        return message

    patch.setattr(outbox, "written", leak)


LEAKS: tuple[Leak, ...] = (
    etag_by_name,
    notes_unsealed,
    exact_place,
    name_in_message,
    name_in_farewell,
    name_in_problem,
    language_header,
    length_of_answer,
    order_by_organisation,
    registration_date,
    deadline_by_name,
    reply_to,
)


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.__name__)
def test_a_seeded_leak_is_seen(new_store: NewStore, monkeypatch: Patch, leak: Leak) -> None:
    """The control: with the patch in the product the two journeys differ."""
    told = []
    for seeker in (ONE, OTHER):
        with monkeypatch.context() as patch:
            leak(patch, seeker)
            told.append(journey(new_store("sqlite"), seeker))
    assert list(differences(*told))
