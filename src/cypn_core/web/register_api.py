"""The operations of joining by oneself, of one's own checks, and of complaints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from annotated_types import MaxLen, MinLen
from attrs import frozen

from cypn_core.application import checklists, complain, register
from cypn_core.application.checklists import OwnChecklist, ReadyForCheck
from cypn_core.application.network import PUBLIC, Caller, Work
from cypn_core.domain.complaints import About, Complaint, Said
from cypn_core.domain.constraints import Code, Name, constrained
from cypn_core.domain.organisations import Email
from cypn_core.domain.registrations import Application, Turned
from cypn_core.web.operations import Asked, Json, Operation, Reply

COORDINATOR = frozenset({"coordinator"})
RECEIVED = (
    "Thank you. We have written to the address that you gave: press the link there within 14 days, "
    "and the coordinator looks at your registration."
)


@frozen(kw_only=True, field_transformer=constrained)
class Acceptance:
    """Let a group join; under another name, where its own reads like a member's."""

    name: Name | None = None


@frozen(kw_only=True, field_transformer=constrained)
class TurningAway:
    """Why a registration is turned away."""

    reason: Turned


@frozen(kw_only=True, field_transformer=constrained)
class CheckWanted:
    """The role for which the organisation is ready to be checked."""

    role: Code


@frozen(kw_only=True, field_transformer=constrained)
class ComplaintMade:
    """A complaint of a member."""

    about: About
    said: Said


@frozen(kw_only=True, field_transformer=constrained)
class PublicComplaint:
    """A complaint of whoever has no key; the answer goes to *email*."""

    about: About
    said: Said
    email: Email


@frozen(kw_only=True, field_transformer=constrained)
class ComplaintAnswer:
    """What whoever complained is answered."""

    answer: Annotated[str, MinLen(complain.LEAST_ANSWER), MaxLen(4000)]


def operations() -> Iterator[Operation]:
    """Register, decide on it, say that one is ready, complain, answer."""
    yield from _registrations()
    yield Operation(
        name="own_checklists",
        method="GET",
        path="/v1/organisation/checklists",
        summary="Each checklist, what you passed and until when, and what is missing",
        run=lambda asked: _items(map(_checklist, checklists.own_checklists(*_who(asked)))),
    )
    yield Operation(
        name="ask_for_check",
        method="POST",
        path="/v1/organisation/checklists",
        summary="Tell the coordinator that you are ready to be checked",
        takes=CheckWanted,
        answers=(202,),
        run=_ready,
    )
    yield Operation(
        name="wanted_checks",
        method="GET",
        path="/v1/checks/wanted",
        summary="The checks that organisations want, those that are ready longest first",
        scopes=COORDINATOR,
        run=lambda asked: _items(map(_wanted, checklists.wanted_checks(*_who(asked)))),
    )
    yield from _complaints()


def _registrations() -> Iterator[Operation]:
    yield Operation(
        name="register",
        method="POST",
        path="/v1/registrations",
        summary="Ask to join, without a key; the address is confirmed by a mailed link",
        takes=Application,
        scopes=frozenset(),
        answers=(202,),
        answers_a_secret=True,
        run=_register,
    )
    yield Operation(
        name="list_registrations",
        method="GET",
        path="/v1/registrations",
        summary="The confirmed registrations, and the members whose names theirs are like",
        scopes=COORDINATOR,
        run=lambda asked: _items(
            _registration(asked, each) for each in register.awaiting(*_who(asked))
        ),
    )
    yield Operation(
        name="accept_registration",
        method="POST",
        path="/v1/registrations/{registration}/accept",
        summary="Let a registered group join; its checks are still to be made",
        takes=Acceptance,
        scopes=COORDINATOR,
        answers=(201,),
        run=_accept,
    )
    yield Operation(
        name="turn_registration_away",
        method="POST",
        path="/v1/registrations/{registration}/turn-away",
        summary="Turn a registration away for a coded reason, which the group is told",
        takes=TurningAway,
        scopes=COORDINATOR,
        run=_turn_away,
    )


def _complaints() -> Iterator[Operation]:
    yield Operation(
        name="complain",
        method="POST",
        path="/v1/complaints",
        summary="Complain; you get a number at once and an answer within 30 days",
        takes=ComplaintMade,
        answers=(201,),
        run=_complain,
    )
    yield Operation(
        name="complain_publicly",
        method="POST",
        path="/v1/public-complaints",
        summary="Complain without a key; the answer goes to an e-mail address",
        takes=PublicComplaint,
        scopes=frozenset(),
        answers=(201,),
        answers_a_secret=True,
        run=_complain_publicly,
    )
    yield Operation(
        name="own_complaints",
        method="GET",
        path="/v1/organisation/complaints",
        summary="Your complaints, and what was answered",
        run=lambda asked: _items(map(_complaint, complain.own_complaints(*_who(asked)))),
    )
    yield Operation(
        name="list_complaints",
        method="GET",
        path="/v1/complaints",
        summary="The complaints that you may answer; none about the coordinator",
        scopes=COORDINATOR,
        run=lambda asked: _items(
            {**_complaint(each), "email": each.email, "organisation": each.organisation}
            for each in complain.complaints(*_who(asked))
        ),
    )
    yield Operation(
        name="answer_complaint",
        method="POST",
        path="/v1/complaints/{complaint}/answer",
        summary="Answer a complaint; whoever complained is told",
        takes=ComplaintAnswer,
        scopes=COORDINATOR,
        run=_answer,
    )


def _who(asked: Asked) -> tuple[Work, Caller]:
    return asked.work, asked.caller


def _items(found: Iterable[Json]) -> Reply:
    return Reply(body={"items": list(found)})


def _register(asked: Asked) -> Reply:
    register.register(asked.work, asked.given.body)
    return Reply(body={"received": RECEIVED}, status=202)


def _accept(asked: Asked) -> Reply:
    wanted, name = asked.given.path["registration"], asked.given.body.name
    joined = register.accept(asked.work, asked.caller, wanted, name)
    return Reply(body=asked.faces.organisation(joined), status=201)


def _turn_away(asked: Asked) -> Reply:
    wanted, reason = asked.given.path["registration"], asked.given.body.reason
    register.turn_away(asked.work, asked.caller, wanted, reason)
    return Reply(body={"turned_away": reason.value})


def _ready(asked: Asked) -> Reply:
    checklists.tell_ready(asked.work, asked.caller, asked.given.body.role)
    return Reply(body={"told": True}, status=202)


def _complain(asked: Asked) -> Reply:
    given: ComplaintMade = asked.given.body
    made = complain.complain(asked.work, asked.caller, given.about, given.said)
    return Reply(body=_complaint(made), status=201)


def _complain_publicly(asked: Asked) -> Reply:
    given: PublicComplaint = asked.given.body
    made = complain.complain(asked.work, PUBLIC, given.about, given.said, given.email)
    return Reply(body={"number": made.number, "due": made.due.isoformat()}, status=201)


def _answer(asked: Asked) -> Reply:
    wanted, said = asked.given.path["complaint"], asked.given.body.answer
    return Reply(body=_complaint(complain.answer(asked.work, asked.caller, wanted, said)))


def _registration(asked: Asked, each: register.Awaiting) -> Json:
    found = each.registration
    return {
        "id": found.id,
        "created": found.created.isoformat(),
        "application": asked.faces.converter.write(found.application),
        "alike": list(each.alike),
    }


def _checklist(each: OwnChecklist) -> Json:
    return {
        "role": each.checklist.role,
        "version": each.checklist.version,
        "items": list(each.checklist.items),
        "valid_months": each.checklist.valid_months,
        "state": each.state,
        "decided_on": each.decided_on and each.decided_on.isoformat(),
        "until": each.until and each.until.isoformat(),
        "wanted": each.wanted and each.wanted.isoformat(),
        "ready": each.ready and each.ready.isoformat(),
        "serves": list(each.serves),
    }


def _wanted(each: ReadyForCheck) -> Json:
    return {
        "organisation": each.organisation,
        "name": each.name,
        "role": each.role,
        "since": each.since.isoformat(),
        "ready": each.ready,
    }


def _complaint(each: Complaint) -> Json:
    return {
        "id": each.id,
        "number": each.number,
        "about": each.about.value,
        "state": each.state,
        "said": each.said,
        "created": each.created.isoformat(),
        "due": each.due.isoformat(),
        "answered": each.answered and each.answered.isoformat(),
        "answer": each.answer,
    }
