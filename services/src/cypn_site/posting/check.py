"""Check your answers, then post."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve, frozen
from flask import Response

from cypn_core.application import drafts
from cypn_core.application.network import Work
from cypn_core.domain.errors import Changed
from cypn_core.domain.ids import PostingId
from cypn_core.domain.postings import Need, Offer
from cypn_core.domain.shapes import TAG
from cypn_core.web.schemas import load_one_of
from cypn_site.forms import Question
from cypn_site.pages import Page
from cypn_site.posting.asking import Asking, asking, side_of, told
from cypn_site.revisions import seen_revision
from cypn_site.visits import Visit

CONFLICT = 409


@frozen(kw_only=True)
class Line:
    """One answer on the page, with what is to be mended in it."""

    question: Question
    text: str
    errors: list[str]


@frozen(kw_only=True)
class Difference:
    """What one field says now, and what it says here."""

    label: str
    now: str
    here: str


def pages() -> Iterator[Page]:
    """The page of all answers, and what ends a draft."""
    root = "/in/<exchange>/drafts/<draft>"
    yield Page(rule=root, name="draft", show=_check, send=_send)
    yield Page(rule=f"{root}/discard", name="draft_discard", send=_discard)


def _check(visit: Visit) -> Response:
    found = visit.read(lambda work: asking(visit, work))
    if found.next is not None and not visit.errors:
        page = visit.url_in("draft_question", draft=found.draft.id, field=found.next.name)
        return visit.leave(page)
    return _shown(visit, found, found.draft.revision)


def _shown(
    visit: Visit,
    found: Asking,
    revision: int | None,
    differences: tuple[Difference, ...] = (),
    status: int = 200,
) -> Response:
    groups: dict[str, list[Line]] = {}
    for each in sorted(found.optional, key=lambda each: not each.group):
        groups.setdefault(each.group, []).append(_line(visit, found, each))
    return visit.show(
        "posting/check.html",
        status=status,
        asking=found,
        side=side_of(found.kind),
        required=[_line(visit, found, each) for each in found.required],
        groups=groups,
        revision=revision,
        differences=differences,
        known={each.name for each in found.questions},
        keeps_sealed=found.draft.posting is not None and "coordinator" in visit.caller.scopes,
    )


def _line(visit: Visit, found: Asking, question: Question) -> Line:
    errors = [
        text
        for path, said in visit.errors.items()
        if path.split(".")[0].split("[")[0] == question.name
        for text in said
    ]
    return Line(question=question, text=found.told(question), errors=errors)


def _send(visit: Visit) -> Response:
    revision = seen_revision(visit)

    def send(work: Work) -> str:
        found = asking(visit, work)
        body = _body(visit, work, found)
        posting = drafts.send(work, visit.caller, found.draft, body, revision)
        side = side_of(found.kind)
        return visit.url_in("posted", side=side, posting=posting.id)

    try:
        return visit.change(send, str)
    except Changed:
        return _changed(visit)


def _body(visit: Visit, work: Work, found: Asking) -> Need | Offer:
    whole = drafts.whole(work, visit.caller, found.draft)
    return load_one_of(visit.which.kinds, whole)


def _changed(visit: Visit) -> Response:
    """Somebody changed it in the meantime: what it says now beside what it would say."""

    def read(work: Work) -> tuple[Asking, Mapping[str, Any]]:
        found = asking(visit, work)
        now = work.postings.get(PostingId(found.draft.posting or ""))
        return found, visit.faces(work).posting(now)

    found, now = visit.read(read)
    differences = tuple(_differences(found, now["body"]))
    return _shown(evolve(visit, errors={}), found, now["revision"], differences, CONFLICT)


def _differences(found: Asking, now: Mapping[str, Any]) -> Iterator[Difference]:
    for question in found.questions:
        value = now.get(question.name)
        if question.name in now and value != found.value(question) and question.name != TAG:
            yield Difference(
                label=found.words.label(question.name),
                now=told(question, value, found.words),
                here=found.told(question),
            )


def _discard(visit: Visit) -> Response:
    _ = visit.language.gettext
    found = visit.read(lambda work: asking(visit, work))

    def discard(work: Work) -> str:
        visit.admit(work)
        drafts.discard(work, visit.caller, visit.which.name, found.draft.id)
        return visit.url("post_new", side=side_of(found.kind))

    return visit.change(discard, str, _("It is thrown away. Nothing was posted."))
