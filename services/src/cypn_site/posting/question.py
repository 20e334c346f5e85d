"""One question a screen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from flask import Response

from cypn_core.application import drafts
from cypn_core.application.network import Work
from cypn_site.forms import ABSENT, Question, inputs, placed, read
from cypn_site.forms.reading import Sent
from cypn_site.forms.shown import helpers, with_row, without_row
from cypn_site.pages import Page
from cypn_site.posting.asking import Asking, asking, side_of
from cypn_site.telling.schedules import schedule
from cypn_site.visits import Visit

_HOURS = "\0"
"""Stands where the hours would be told, which nobody wants to hear here."""
_ROW = re.compile(r"[a-z0-9_.\[\]]{1,200}")


def pages() -> Iterator[Page]:
    """The page of a question."""
    yield Page(
        rule="/in/<exchange>/drafts/<draft>/questions/<field>",
        name="draft_question",
        show=_question,
        send=_answered,
    )


def _question(visit: Visit) -> Response:
    found = visit.read(lambda work: asking(visit, work))
    asked = found.question(visit.path["field"])
    form = visit.form if visit.errors else Sent(inputs(asked, found.value(asked)))
    return _shown(visit, found, asked, form)


def _shown(visit: Visit, found: Asking, asked: Question, form: Sent) -> Response:
    errors = placed(asked, form, visit.errors)
    other = {name: said for name, said in visit.errors.items() if not errors}
    return visit.wrong(errors or other).show(
        "posting/question.html",
        asking=found,
        question=asked,
        form=form,
        side=side_of(found.kind),
        places=[each.name for each in visit.region.places if each.inside],
        **helpers(lambda rule: rule_said(visit, found, rule)),
    )


def rule_said(visit: Visit, found: Asking, rule: str) -> str:
    """A recurrence rule that the form cannot say, in words."""
    _ = visit.language.gettext
    first = visit.region.today(visit.network.clock())
    when = {"first": first.isoformat(), "starts": _HOURS, "ends": "", "rrule": rule}
    try:
        often = schedule(when, visit.language, found.words.of).partition(f", {_HOURS}")[0]
    except ValueError:
        return _("As it is now")
    return _("As it is now: %(often)s", often=often.lower())


def _answered(visit: Visit) -> Response:
    found = visit.read(lambda work: asking(visit, work))
    asked = found.question(visit.path["field"])
    if row := _row(visit, "add"):
        return _shown(visit, found, asked, with_row(visit.form, row))
    if row := _row(visit, "remove"):
        return _shown(visit, found, asked, without_row(visit.form, row))
    if "leave_out" in visit.form and not asked.required:
        return _go_on(visit, lambda work: _left_out(visit, work, asked))
    value = read(asked, visit.form)
    if value is ABSENT:
        return _go_on(visit, lambda work: _left_out(visit, work, asked))
    path, exchange = visit.path, visit.which.name

    def answer(work: Work) -> Asking:
        visit.admit(work)
        drafts.answer(work, visit.caller, exchange, path["draft"], asked.name, value)
        return asking(visit, work)

    return _go_on(visit, answer)


def _row(visit: Visit, button: str) -> str:
    said = visit.form.get(button, "")
    return said if _ROW.fullmatch(said) else ""


def _left_out(visit: Visit, work: Work, asked: Question) -> Asking:
    visit.admit(work)
    drafts.leave_out(work, visit.caller, visit.which.name, visit.path["draft"], asked.name)
    return asking(visit, work)


def _go_on(visit: Visit, change: Callable[[Work], Asking]) -> Response:
    """To the next question that must be answered, and after the last to all of them."""
    found = visit.network.transact(change)
    draft = found.draft.id
    if found.next is None:
        return visit.leave(visit.url_in("draft", draft=draft))
    return visit.leave(visit.url_in("draft_question", draft=draft, field=found.next.name))
