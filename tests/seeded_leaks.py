"""Leaks to seed into the product: each is a patch that tells a holder something of who asks."""

from __future__ import annotations

import datetime as dt
import logging
import smtplib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from tests.noninterference import Seeker

from cypn_core.application import (
    ask,
    consent,
    faces,
    feeds,
    icalendar_text,
    inbox,
    invitations,
    letters,
    outbox,
)
from cypn_core.application.faces import Faces
from cypn_core.application.inbox import Said
from cypn_core.domain import views
from cypn_core.domain.constraints import Shown
from cypn_core.domain.deals import Deal
from cypn_core.domain.errors import Invalid
from cypn_core.storage.deals import Deals
from cypn_core.web import deal_api, link_pages, problems, replies, service
from cypn_site.member import deal as deal_page
from cypn_site.member import deals as deals_page
from cypn_site.member import home, telling

Patch = pytest.MonkeyPatch
Leak = Callable[[Patch, Seeker], None]


def _seekers_name(work: Any, deal: Any) -> str:
    return str(work.organisations.get(deal.seekers[0][1]).profile.name)


def name_on_the_page(patch: Patch, seeker: Seeker) -> None:
    """The page of a deal is headed by who asks."""
    told = telling.told_deal

    def leak(visit: Any, work: Any, exchange: Any, deal: Any) -> Any:
        return {**told(visit, work, exchange, deal), "what": _seekers_name(work, deal)}

    for module in (deal_page, deals_page, home):
        patch.setattr(module, "told_deal", leak)


def order_on_the_page(patch: Patch, seeker: Seeker) -> None:
    """A deal stands earlier or later in the list, by the name of who asks."""
    every = deals_page._all

    def leak(visit: Any, work: Any) -> Any:
        found = every(visit, work)
        return found if seeker.language == "en" else found[::-1]

    patch.setattr(deals_page, "_all", leak)


PAGE_LEAKS = (name_on_the_page, order_on_the_page)
"""Those that only somebody who opens the website can see."""


def etag_by_name(patch: Patch, seeker: Seeker) -> None:
    """The length of the name stands in the ETag."""
    dealt = deal_api._dealt

    def leak(asked: Any, deal: Any) -> Any:
        reply = dealt(asked, deal)
        return evolve(
            reply, revision=(reply.revision or 0) * 100 + len(_seekers_name(asked.work, deal))
        )

    patch.setattr(deal_api, "_dealt", leak)


def notes_unsealed(patch: Patch, seeker: Seeker) -> None:
    """Free text is shown before the agreement."""
    patch.setattr(views, "may_read", lambda mark, relation: mark is not Shown.OWNER)


def exact_place(patch: Patch, seeker: Seeker) -> None:
    """The place itself stands where its zone should."""
    patch.setattr(Faces, "_zone_of", lambda self, place: place)


def name_in_message(patch: Patch, seeker: Seeker) -> None:
    """The inbox says who asks."""
    patch.setitem(inbox._TELLS, "deal_asked", _naming(inbox._TELLS["deal_asked"]))


def name_in_farewell(patch: Patch, seeker: Seeker) -> None:
    """The inbox says who has left."""
    tells = _naming(inbox._TELLS["deal_cancelled"])
    patch.setitem(inbox._TELLS, "deal_cancelled", tells)


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
    written = letters.written

    def leak(letter: Any, sender: str, at: Any) -> Any:
        message = written(letter, sender, at)
        message["Reply-To"] = seeker.contact.email
        return message

    patch.setattr(outbox, "written", leak)


def organisation_id(patch: Patch, seeker: Seeker) -> None:
    """The real id stands where an alias should."""
    patch.setattr(faces, "pseudonym", lambda key, viewer, thread, organisation: organisation)


def revealed_early(patch: Patch, seeker: Seeker) -> None:
    """Names are open as soon as somebody is asked."""
    patch.setattr(Deal, "open_at", lambda self, now, days: self.state.live)


def unagreed_in_feed(patch: Patch, seeker: Seeker) -> None:
    """The calendar shows what is only asked for."""

    def leak(work: Any, owner: Any) -> Any:
        return work.deals.of(owner, "venue_bank", limit=None)

    patch.setattr(feeds, "_shown", leak)


def feed_uid(patch: Patch, seeker: Seeker) -> None:
    """The UIDs of a calendar are made of a name."""
    events_of = icalendar_text.events_of

    def leak(*given: Any) -> Any:
        for event in events_of(*given):
            event["uid"] = f"{len(seeker.name)}-{event['uid']}"
            yield event

    patch.setattr(feeds, "events_of", leak)


def invitation_early(patch: Patch, seeker: Seeker) -> None:
    """Whoever is only asked finds a calendar with the mail, and who asks in it."""

    def leak(work: Any, deal: Any, between: Any) -> Any:
        yield letters.Invitation(method="REQUEST", text=_seekers_name(work, deal))

    patch.setattr(invitations, "invitation", leak)
    patch.setattr(invitations, "_OF_A_DEAL", {"deal_asked"})


def envelope(patch: Patch, seeker: Seeker) -> None:
    """The address to which mail bounces says whom it is about, and no header does."""
    send = smtplib.SMTP.send_message

    def leak(self: Any, letter: Any) -> Any:
        return send(self, letter, from_addr=f"bounces+{seeker.language}@hub.example.org")

    patch.setattr(smtplib.SMTP, "send_message", leak)


def mail_header(patch: Patch, seeker: Seeker) -> None:
    """A header that no mail program shows."""
    written = letters.written

    def leak(*given: Any) -> Any:
        message = written(*given)
        message["X-Campaign"] = seeker.first_id
        return message

    patch.setattr(outbox, "written", leak)


def page_of_a_link(patch: Patch, seeker: Seeker) -> None:
    """The page behind a mailed link greets by the language of the one who asks."""
    page = link_pages._page

    def leak(title: str, *given: Any, **more: Any) -> Any:
        return page(f"{title} ({seeker.language})", *given, **more)

    patch.setattr(link_pages, "_page", leak)


def log_line(patch: Patch, seeker: Seeker) -> None:
    """What was asked is logged with the asking organisation's id."""
    add = Deals.add

    def leak(self: Any, deal: Any) -> None:
        logging.getLogger("cypn_core.storage").debug("asked by %s", deal.seekers[0][1])
        add(self, deal)

    patch.setattr(Deals, "add", leak)


def words_of_an_error(patch: Patch, seeker: Seeker) -> None:
    """An error is logged with its message."""

    def leak(log: Any, error: Any, said: str, *args: Any) -> None:
        log.error(said, *args, exc_info=error)

    patch.setattr(problems, "report", leak)


def file_name(patch: Patch, seeker: Seeker) -> None:
    """Each letter is kept in a file that is named after the one who asks."""
    _keeping(patch, Path(f"letters-{seeker.language}"), "a letter")


def file_content(patch: Patch, seeker: Seeker) -> None:
    """A file that always has the same name counts the letters of names."""
    _keeping(patch, Path("letters"), str(len(seeker.name)))


def _keeping(patch: Patch, path: Path, content: str) -> None:
    written = letters.written

    def leak(*given: Any) -> Any:
        path.write_text(content, encoding="utf-8")
        return written(*given)

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
    organisation_id,
    revealed_early,
    unagreed_in_feed,
    feed_uid,
    invitation_early,
    envelope,
    mail_header,
    page_of_a_link,
    log_line,
    words_of_an_error,
    file_name,
    file_content,
)
