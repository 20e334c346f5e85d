"""Remembering: what becomes of needs whose deal ended, or lost some of its dates (law 7)."""

from __future__ import annotations

from collections.abc import Collection

from attrs import evolve

from cypn_core.application.fresh import fresh_until
from cypn_core.application.network import SYSTEM, Work
from cypn_core.domain.deals import Deal
from cypn_core.domain.ids import OrganisationId, PostingId
from cypn_core.domain.postings import Need, Posting, PostingState
from cypn_core.domain.rounds import Priority
from cypn_core.domain.times import Window


def reopen(
    work: Work, deal: Deal, priority: Priority, blamed: Collection[OrganisationId] = ()
) -> None:
    """Let the needs of *deal*, which ended, wait again for what they did not get.

    They wait as *priority*, and those of the *blamed* as everybody.

    What it had lost before is remembered already, and what is past needs nothing any more: a need
    of which nothing else is left stays matched.
    """
    lost = set(deal.windows) - set(deal.standing)
    for need in work.postings.lock(deal.plan.needs):
        body = _without(work, need, lost | missed(work, deal, need))
        if need.state is PostingState.MATCHED and body is not None:
            waits = evolve(
                need.moved(PostingState.OPEN),
                body=body,
                priority=_of(need.organisation, priority, blamed),
                fresh_until=max(need.fresh_until, fresh_until(work)),
            )
            work.postings.replace(waits)


def missed(work: Work, deal: Deal, need: Posting) -> set[Window]:
    """The times ahead that *need* wants and that *deal* names as missing from its plan."""
    if not isinstance(need.body, Need) or len(deal.plan.needs) > 1:
        return set()
    region, had = work.hub.region, set(deal.windows)
    days = {day for part in deal.plan.missing for day in part.dates}
    wanted = need.body.windows(region) if days else ()
    return {
        w for w in wanted if w not in had and region.today(w.start) in days and w.start > work.now
    }


def remember(
    work: Work,
    deal: Deal,
    windows: Collection[Window],
    priority: Priority,
    but: OrganisationId | None = None,
    blamed: Collection[OrganisationId] = (),
) -> list[PostingId]:
    """Post, for each need of *deal*, a need for the *windows* that it lost, of *priority*.

    All else of it is as it was, the time of its posting too. *but* wants no other, and those of the
    *blamed* have no priority.
    """
    made = [
        _remembered(work, work.postings.get(need), windows, _of(owner, priority, blamed))
        for need, owner in deal.seekers
        if owner != but
    ]
    for posting in made:
        work.postings.add(posting)
        work.log(
            SYSTEM, posting.id, "need_remembered", exchange=deal.exchange, deal=deal.id,
            priority=posting.priority.name.lower(),
        )  # fmt: skip
    return [posting.id for posting in made]


def _of(owner: OrganisationId, priority: Priority, blamed: Collection[OrganisationId]) -> Priority:
    return Priority.ORDINARY if owner in blamed else priority


def _remembered(
    work: Work, need: Posting, windows: Collection[Window], priority: Priority
) -> Posting:
    body = need.body
    if isinstance(body, Need):
        body = body.only(windows, work.hub.region)
    return evolve(
        need,
        id=PostingId(work.new_id()),
        body=body,
        state=PostingState.OPEN,
        priority=priority,
        fresh_until=fresh_until(work),
        revision=1,
    )


def _without(work: Work, need: Posting, lost: set[Window]) -> Need | None:
    """The body of *need* for what is neither past nor *lost*; None, when nothing is left."""
    body = need.body
    if not isinstance(body, Need):
        raise TypeError(f"{need.id} is no need")
    wanted = body.windows(work.hub.region)
    left = [window for window in wanted if window.start > work.now and window not in lost]
    if wanted and not left:
        return None
    return body.only(left, work.hub.region) if len(left) < len(wanted) else body
