"""Drafts: a need or an offer is answered question by question, and posted when all is said.

A draft is nobody's but the person's who began it, for the organisation that was acted for. It is
no posting: the gate is asked when it is begun and again when it is posted.
"""

from __future__ import annotations

import datetime as dt
import typing
from typing import Any

from attrs import evolve

from cypn_core.application.again import again
from cypn_core.application.faces import Faces
from cypn_core.application.gate import enter, enter_as
from cypn_core.application.network import Caller, Work
from cypn_core.application.offering import posted, revised
from cypn_core.application.post import mine
from cypn_core.application.screen import gives_away_in
from cypn_core.domain.constraints import Shown
from cypn_core.domain.drafts import Draft, DraftId
from cypn_core.domain.errors import Conflict, Invalid, NotFound
from cypn_core.domain.postings import Need, Offer, Posting
from cypn_core.domain.shapes import TAG, fields_of
from cypn_core.storage.drafts import Drafts, forget_before

KEPT_DAYS = 14
MOST = 20
"""Drafts that one person may have at once for one organisation."""


def start(work: Work, caller: Caller, exchange: str, kind: str) -> Draft:
    """Begin a new need or offer of *kind*.

    :raises NotFound: when the exchange has no such kind.
    :raises NotChecked: when the organisation may not post one, with what is missing.
    :raises Conflict: when too many are unfinished.
    """
    return _begun(work, caller, exchange, kind)


def copy(work: Work, caller: Caller, exchange: str, posting: str, side: str) -> Draft:
    """Begin a new one like the caller's own *posting*, with its dates moved to the next term.

    What the caller may not read of it, as who acts for another, is left out.
    """
    found = _own(work, caller, exchange, posting, side)
    kept = again(found.body, work.hub.region, work.today)
    shown = _shown(work, caller, found)
    moved = work.postings.converter.write(evolve(found.body, **kept), type(found.body))
    answers = {name: moved[name] for name in kept if name in shown}
    return _begun(work, caller, exchange, found.body.kind, answers=answers)


def change(work: Work, caller: Caller, exchange: str, posting: str, side: str) -> Draft:
    """Begin a change to the caller's own *posting*, with all that the caller may read of it."""
    found = _own(work, caller, exchange, posting, side)
    return _begun(
        work,
        caller,
        exchange,
        found.body.kind,
        answers=_shown(work, caller, found),
        posting=found.id,
        revision=found.revision,
    )


def get(work: Work, caller: Caller, exchange: str, draft: str) -> Draft:
    """The caller's own draft in *exchange*.

    :raises NotFound: when there is none, or it is somebody else's.
    """
    found = _drafts(work, caller).get(DraftId(draft))
    if found.exchange != exchange:
        raise NotFound
    return found


def listed(work: Work, caller: Caller) -> list[Draft]:
    """The caller's own drafts, the latest first."""
    return _drafts(work, caller).all()


def answer(
    work: Work, caller: Caller, exchange: str, draft: str, name: str, value: Any = None
) -> Draft:
    """Keep *value*, JSON that fits the field *name*, as the answer.

    :raises Invalid: when its text gives its author away, or the place is not known here.
    """
    found = get(work, caller, exchange, draft)
    _objects(work, caller, found, name, value)
    return _kept(work, caller, evolve(found, answers={**found.answers, name: value}))


def leave_out(work: Work, caller: Caller, exchange: str, draft: str, name: str) -> Draft:
    """Forget the answer to *name*: what counts when nothing is said counts."""
    found = get(work, caller, exchange, draft)
    left = {each: value for each, value in found.answers.items() if each != name}
    return _kept(work, caller, evolve(found, answers=left))


def discard(work: Work, caller: Caller, exchange: str, draft: str) -> None:
    """Delete the caller's own draft."""
    _drafts(work, caller).forget(get(work, caller, exchange, draft).id)


def whole(work: Work, caller: Caller, draft: Draft) -> dict[str, Any]:
    """The answers of *draft* with its kind: the JSON of a body, if all that must be said is.

    Of a posting that is changed for a group, what the group has sealed stays as it is.
    """
    answers = dict(draft.answers)
    if draft.posting is not None:
        stored = work.postings.get(draft.posting).body
        written = work.postings.converter.write(stored, type(stored))
        for name, shape in fields_of(type(stored)).items():
            if Shown.SEALED in shape.marks and not _reads_own(caller):
                answers.setdefault(name, written[name])
    return {TAG: draft.kind, **answers}


def send(
    work: Work, caller: Caller, draft: Draft, body: Need | Offer, revision: int | None = None
) -> Posting:
    """Post *body*, which *draft* came to, or change what it changes; the draft is gone then.

    *revision* is the one of the changed posting that the person last saw.

    :raises Invalid, NotChecked, Changed, Conflict: as :mod:`cypn_core.application.post` does.
    """
    if draft.posting is None:
        sent = posted(work, caller, draft.exchange, body)
    else:
        seen = draft.revision if revision is None else revision
        sent = revised(work, caller, draft.exchange, draft.posting, body, seen or 0)
    _drafts(work, caller).forget(draft.id)
    return sent


def purge(work: Work) -> int:
    """Delete the drafts that nobody has touched for two weeks; how many."""
    return forget_before(work.connection, work.now - dt.timedelta(days=KEPT_DAYS))


def _drafts(work: Work, caller: Caller) -> Drafts:
    return Drafts(work.connection, caller.actor, caller.member)


def _own(work: Work, caller: Caller, exchange: str, posting: str, side: str) -> Posting:
    """A coordinator too begins only what is for the group that it acts for."""
    found = mine(work, caller, exchange, posting, side)
    if found.organisation != caller.member:
        raise NotFound
    return found


def _reads_own(caller: Caller) -> bool:
    return "coordinator" not in caller.scopes


def _shown(work: Work, caller: Caller, posting: Posting) -> dict[str, Any]:
    """The fields of *posting* that the caller may read, as JSON."""
    body = Faces(work, caller, work.postings.converter).posting(posting)["body"]
    return {name: value for name, value in body.items() if name != TAG}


def _begun(work: Work, caller: Caller, exchange: str, kind: str, **given: Any) -> Draft:
    enter(work, caller, exchange)
    declared = {each.kind: each for each in work.hub.exchange(exchange).kinds}
    if kind not in declared:
        raise NotFound
    enter_as(work, caller, declared[kind].checklist)
    if len(_drafts(work, caller).all()) >= MOST:
        raise Conflict(f"You have {MOST} unfinished ones: post or throw away one of them first.")
    begun = Draft(
        id=DraftId(work.new_id()),
        actor=caller.actor,
        organisation=caller.member,
        exchange=exchange,
        kind=kind,
        changed=work.now,
        **given,
    )
    return _kept(work, caller, begun)


def _kept(work: Work, caller: Caller, draft: Draft) -> Draft:
    kept = evolve(draft, changed=work.now)
    _drafts(work, caller).keep(kept)
    return kept


def _objects(work: Work, caller: Caller, draft: Draft, name: str, value: Any) -> None:
    """What can be said against one answer before the others are known."""
    kinds = {each.kind: each for each in work.hub.exchange(draft.exchange).kinds}
    cls = kinds.get(draft.kind)
    shape = None if cls is None else fields_of(cls).get(name)
    if shape is None:
        raise NotFound
    if name == "place" and isinstance(value, str):
        work.hub.region.find(value)
    hint = typing.get_type_hints(cls, include_extras=True)[name]
    typed = work.postings.converter.read(value, hint)
    if leaks := gives_away_in(work, caller.member, typed, shape, name):
        raise Invalid(leaks)
