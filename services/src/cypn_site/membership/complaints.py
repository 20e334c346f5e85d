"""Complaints: anybody makes one, sees where it stands, and coordinators and trustees answer."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response

from cypn_core.application import complain
from cypn_core.domain.complaints import About, Complaint
from cypn_core.domain.errors import NotFound
from cypn_core.domain.people import ACCOUNTABLE
from cypn_core.web.register_api import ComplaintAnswer, ComplaintMade, PublicComplaint
from cypn_core.web.schemas import load
from cypn_site.pages import MEMBER, PUBLIC, Page
from cypn_site.visits import Visit


def pages() -> Iterator[Page]:
    """Complaining, one's own complaints, and answering."""
    yield Page(rule="/complain", name="complain", who=PUBLIC, show=_form, send=_made)
    yield Page(rule="/complain/sent", name="complain_sent", who=PUBLIC, show=_sent)
    yield Page(rule="/complaints", name="own_complaints", who=MEMBER, show=_own)
    yield Page(rule="/desk/complaints", name="complaints", who=ACCOUNTABLE, show=_all)
    yield Page(
        rule="/desk/complaints/<complaint>",
        name="complaint",
        who=ACCOUNTABLE,
        show=_one,
        send=_answered,
    )


def _form(visit: Visit) -> Response:
    return visit.show("membership/complain.html", abouts=ABOUT)


ABOUT = tuple(each.value for each in About)


def _made(visit: Visit) -> Response:
    """Whoever belongs to a group complains for it; anybody else gives an address."""
    told = {name: visit.form.get(name, "").strip() for name in ("about", "said")}
    if visit.caller.organisation is not None:
        given = load(ComplaintMade, told)
        return visit.change(
            lambda work: complain.complain(work, visit.caller, given.about, given.said),
            lambda _: visit.url("own_complaints"),
            visit.language.gettext("Your complaint has arrived. Its number stands below."),
        )
    asked = load(PublicComplaint, {**told, "email": visit.form.get("email", "").strip()})
    made = visit.network.transact(
        lambda work: complain.complain(work, visit.caller, asked.about, asked.said, asked.email)
    )
    said = visit.language.gettext("The number of your complaint is %(number)s.", number=made.number)
    return visit.go("complain_sent", said)


def _sent(visit: Visit) -> Response:
    return visit.show("membership/complain_sent.html", days=complain.ANSWER_DAYS)


def _own(visit: Visit) -> Response:
    found = visit.read(lambda work: complain.own_complaints(work, visit.caller))[::-1]
    return visit.show("membership/own_complaints.html", found=found)


def _all(visit: Visit) -> Response:
    found = visit.read(lambda work: complain.complaints(work, visit.caller))
    open_ = [each for each in found if each.state == "open"]
    over = [each for each in found if each.state != "open"][::-1]
    return visit.show("membership/complaints.html", open=open_, over=over)


def _found(visit: Visit) -> Complaint:
    wanted = visit.path["complaint"]
    found = visit.read(lambda work: complain.complaints(work, visit.caller))
    one = next((each for each in found if each.id == wanted), None)
    if one is None:
        raise NotFound
    return one


def _one(visit: Visit) -> Response:
    return visit.show("membership/complaint.html", one=_found(visit))


def _answered(visit: Visit) -> Response:
    wanted = visit.path["complaint"]
    given = load(ComplaintAnswer, {"answer": visit.form.get("answer", "").strip()})
    return visit.change(
        lambda work: complain.answer(work, visit.caller, wanted, given.answer),
        lambda _: visit.url("complaints"),
        visit.language.gettext("The answer goes to whoever complained."),
    )
