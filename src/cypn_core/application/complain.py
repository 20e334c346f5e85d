"""Complaining: anybody may; it is acknowledged at once and answered within thirty days."""

from __future__ import annotations

import datetime as dt
import re

from cypn_core.application import plain_letters
from cypn_core.application.network import Caller, Work
from cypn_core.domain.complaints import About, Complaint, number_of
from cypn_core.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.people import ACCOUNTABLE
from cypn_core.storage.complaints import Complaints
from cypn_core.storage.plain_letters import COORDINATOR, TRUSTEES

ANSWER_DAYS = 30
LEAST_ANSWER = 10
RECEIVED = (
    "Your complaint has arrived; its number is {number}. You get an answer by {due}. "
    "{who} reads it."
)


def complain(
    work: Work, caller: Caller, about: About, said: str, email: str | None = None
) -> Complaint:
    """Take in a complaint of the caller's organisation, or of whoever gave an *email*.

    One about the coordinator is told to the trustees alone.

    :raises Invalid: when nobody could be answered.
    """
    if caller.organisation is None and not email:
        raise Invalid({"email": ["is needed to answer you"]})
    new_id = work.new_id()
    new = Complaint(
        id=new_id,
        number=number_of(new_id),
        about=about,
        said=said,
        created=work.now,
        due=work.today + dt.timedelta(days=ANSWER_DAYS),
        organisation=caller.organisation,
        email=None if caller.organisation else email and email.casefold(),
    )
    Complaints(work.connection).add(new)
    _tell(work, new)
    work.log(caller, new.id, "complaint_received", about=about.value)
    return new


def complaints(work: Work, caller: Caller) -> list[Complaint]:
    """Every complaint that the caller may answer, the oldest first.

    :raises NotAllowed: unless the caller is a coordinator or a trustee.
    """
    _must_answer(caller)
    return [each for each in Complaints(work.connection).all() if _may_answer(caller, each)]


def own_complaints(work: Work, caller: Caller) -> list[Complaint]:
    """The complaints of the caller's organisation, the oldest first.

    Who acts for it, a coordinator, reads none about the coordinator.
    """
    found = Complaints(work.connection).of(caller.member)
    if not caller.acts_for_another:
        return found
    return [each for each in found if each.about is not About.COORDINATOR]


def answer(work: Work, caller: Caller, complaint: str, said: str) -> Complaint:
    """Answer a complaint; whoever complained is told.

    :raises NotAllowed: unless the caller is a coordinator or a trustee.
    :raises NotFound: when there is none, or it is none of the caller's to read.
    :raises Invalid: when *said* says nothing.
    :raises Conflict: when it was answered before.
    """
    _must_answer(caller)
    kept = Complaints(work.connection)
    found = kept.get(complaint)
    if not _may_answer(caller, found):
        raise NotFound("There is no complaint under that id.")
    if len(said.strip()) < LEAST_ANSWER:
        raise Invalid({"answer": [f"must have at least {LEAST_ANSWER} characters"]})
    if not kept.answer(found.id, said.strip(), work.now):
        raise Conflict("This complaint was answered before.")
    work.log(caller, found.id, "complaint_answered", about=found.about.value)
    if found.email:
        text = f"This is the answer to your complaint {found.number}:\n\n{_one_text(said)}"
        plain_letters.post(work, found.email, "The answer to your complaint", text)
    return kept.get(found.id)


def received(complaint: Complaint) -> str:
    """What whoever complained is told at once."""
    who = "The trustees" if complaint.about is About.COORDINATOR else "The coordinator"
    day = f"{complaint.due.day} {complaint.due:%B %Y}"
    return RECEIVED.format(number=complaint.number, due=day, who=who)


def _tell(work: Work, new: Complaint) -> None:
    to = TRUSTEES if new.about is About.COORDINATOR else COORDINATOR
    said = f"Complaint {new.number} waits for an answer until {new.due}. Sign in to read it."
    plain_letters.post(work, to, "A complaint has arrived", said)
    if new.email:
        plain_letters.post(work, new.email, "Your complaint has arrived", received(new))


def _must_answer(caller: Caller) -> None:
    if not caller.scopes & ACCOUNTABLE:
        raise NotAllowed("Only a coordinator or a trustee reads complaints.")


def _may_answer(caller: Caller, complaint: Complaint) -> bool:
    return "trustee" in caller.scopes or complaint.about is not About.COORDINATOR


def _one_text(said: str) -> str:
    return re.sub(r"\n\s*\n", "\n", said.strip())


def owner_of(work: Work, complaint: str) -> tuple[OrganisationId, Complaint] | None:
    """The organisation that made a complaint, with it; None for one of the public's."""
    found = Complaints(work.connection).get(complaint)
    return None if found.organisation is None else (found.organisation, found)
