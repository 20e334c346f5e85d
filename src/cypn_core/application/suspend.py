"""Checks lapse and are renewed: what that does to the dates of agreed deals."""

from __future__ import annotations

import datetime as dt
from itertools import groupby

from attrs import evolve, frozen

from cypn_core.application import fill, unassign
from cypn_core.application.lose import lose
from cypn_core.application.network import SYSTEM, Work
from cypn_core.domain.deals import Deal
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.marks import CHECKS, Mark
from cypn_core.domain.standing import latest, stands
from cypn_core.domain.times import Window


def review(work: Work, deal: Deal) -> Deal:
    """Bring the dates of *deal* to what today's checks and the clock say.

    While a party's check is not in force no date ahead is certain: each is held for some days, but
    not beyond its start. A date that has begun stands. Whoever plays nothing but parts that may be
    sought holds nobody up: somebody else is sought for them.
    """
    deal = _given_up(work, deal)
    if not deal.kept_for_now:
        return deal
    deal, out = _replaced(work, deal, lapsed(work, deal))
    if not deal.kept_for_now:
        return deal
    if not out:
        return _restored(work, deal)
    blamed = tuple(sorted(out & {owner for _, owner in deal.seekers}))
    deal = _blamed(work, deal, blamed)
    held = set(deal.suspended)
    certain = [w for w in deal.standing if w.start > work.now and w not in held]
    return _suspended(work, deal, certain, blamed)


def _replaced(
    work: Work, deal: Deal, out: frozenset[OrganisationId]
) -> tuple[Deal, frozenset[OrganisationId]]:
    """*deal* without those of *out* for whom somebody else may be sought, and the rest of *out*."""
    if deal.asked_to_fill & out:
        deal = fill.go_on_without(work, SYSTEM, deal)
    mine = {each: owner for each, owner in deal.playing(work.now) if owner in out}
    bound = {owner for _, owner in deal.seekers}
    bound |= {owner for each, owner in mine.items() if not unassign.replaceable(work, deal, each)}
    free = [each for each, owner in mine.items() if owner not in bound]
    if free:
        deal = unassign.unassign(work, SYSTEM, deal, free, CHECKS)
    return deal, out & bound


def lapsed(work: Work, deal: Deal) -> frozenset[OrganisationId]:
    """The parties whose check for their part in *deal* is not in force today."""
    parts = [*deal.seekers, *deal.playing(work.now)]
    checks = work.organisations.checks(owner for _, owner in parts)
    return frozenset(
        owner
        for posting, owner in parts
        if stands(checks[owner], work.postings.get(posting).body.checklist, work.today)
    )


@frozen(kw_only=True)
class Ending:
    """A check that counts, is in date, and will soon be out of date."""

    organisation: OrganisationId
    role: str
    last: dt.date


def endings(work: Work) -> list[Ending]:
    """The checks whose last day is near, by organisation and role."""
    day = work.today + dt.timedelta(days=work.hub.region.settings.lapse_warning_days)
    members = work.organisations.all()
    checks = work.organisations.checks(member.id for member in members)
    counting = [
        check
        for found in checks.values()
        for role in sorted({check.role for check in found})
        if (check := latest(found, role, work.today)) and check.holds_on(work.today)
    ]
    return [
        Ending(organisation=OrganisationId(c.subject), role=c.role, last=c.expires_on)
        for c in counting
        if c.expires_on and c.expires_on <= day
    ]


def warn(work: Work) -> int:
    """Say, once each, which checks will soon be out of date; how many were said."""
    return sum(
        work.log_once(
            SYSTEM, each.organisation, "check_expires", f"{each.role} {each.last}",
            role=each.role, last=each.last.isoformat(),
        )
        for each in endings(work)
    )  # fmt: skip


def _blamed(work: Work, deal: Deal, blamed: tuple[OrganisationId, ...]) -> Deal:
    """Keep on what is held whose check it waits for: when it is given up all may be renewed."""
    held = [mark for mark in deal.marks if not mark.lost and mark.blamed != blamed]
    if not held:
        return deal
    told = deal.marked(evolve(mark, own=bool(blamed), blamed=blamed) for mark in held)
    work.deals.replace(told, deal.revision)
    return told


def _suspended(
    work: Work, deal: Deal, windows: list[Window], blamed: tuple[OrganisationId, ...]
) -> Deal:
    if not windows:
        return deal
    longest = work.now + dt.timedelta(days=work.hub.region.settings.suspension_days)
    own = bool(blamed)
    marks = [
        Mark(window=w, reason=CHECKS, until=min(longest, w.start), own=own, blamed=blamed)
        for w in windows
    ]
    for until, some in groupby(marks, key=lambda mark: mark.until):
        work.uses.suspend(deal.id, [mark.window for mark in some], until or longest)
    suspended = deal.marked(marks)
    work.deals.replace(suspended, deal.revision)
    work.log(SYSTEM, deal.id, "deal_suspended", exchange=deal.exchange, dates=_starts(windows))
    return suspended


def _restored(work: Work, deal: Deal) -> Deal:
    windows = deal.suspended
    if not windows:
        return deal
    work.uses.restore(deal.id, windows)
    restored = deal.unmarked(windows)
    work.deals.replace(restored, deal.revision)
    work.log(SYSTEM, deal.id, "deal_restored", exchange=deal.exchange, dates=_starts(windows))
    return restored


def _given_up(work: Work, deal: Deal) -> Deal:
    """Let go of what was held for long enough. Whoever is not to blame for it comes first."""
    over = [mark for mark in deal.marks if mark.until and mark.until <= work.now]
    seekers = tuple(owner for _, owner in deal.seekers)
    blamed = {who for mark in over for who in mark.blamed or (seekers if mark.own else ())}
    windows = [mark.window for mark in over]
    return lose(work, SYSTEM, deal, windows, CHECKS, blamed=blamed).deal


def _starts(windows: list[Window] | tuple[Window, ...]) -> list[str]:
    return [window.start.isoformat() for window in windows]
