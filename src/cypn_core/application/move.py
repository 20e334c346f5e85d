"""Moving one date of an agreed deal to another free time of what it uses: all of it, or nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from attrs import evolve

from cypn_core.application import contest, dates, settle
from cypn_core.application.match import board_for
from cypn_core.application.network import Caller, Work
from cypn_core.application.suspend import lapsed
from cypn_core.application.yes import by_rule
from cypn_core.domain.deals import Deal, DealState
from cypn_core.domain.errors import Conflict, Invalid, NotAllowed, Taken
from cypn_core.domain.money import pounds
from cypn_core.domain.plans import Leg, Plan, PriceLine
from cypn_core.domain.postings import Need, Posting
from cypn_core.domain.times import Window
from cypn_core.matching.planner import ranked

INSTEAD = "Give up the old date, and ask for the other as a need of its own."
FARTHEST_DAYS = 366
NEAR_MINUTES = (-60, -30, 30, 60, 120, -120)
NEAR_DAYS = (1, -1, 7, -7)
MOST_NEAR = 5


def move(
    work: Work, caller: Caller, deal: Deal, on: dt.date, to: dt.date, starts: str | None = None
) -> Deal:
    """Take what begins on the local day *on* to the day *to*, to the wall time *starts* if given.

    What is left is free for others. The new time is judged as if it were asked for alone. Only
    where every holder's offers say yes by rule: nobody else is left to be asked.

    :raises Taken: when the new time is not free, or a rule bars it; the old date stands.
    :raises Conflict: where it takes somebody's yes, costs more, or others wait for that time.
    """
    _may_move(work, caller, deal)
    postings = work.postings.lock([*deal.plan.needs, *(leg.offer for leg in deal.plan.legs)])
    if lapsed(work, deal):
        raise Conflict("A party's checks are not in date: nothing can be moved.")
    old, new = _windows(work, deal, on, to, starts)
    work.uses.free(deal.id, [old])
    plan = _plan_at(work, deal, old, new)
    if plan is None:
        raise Taken("You cannot have that time: it is not free, or not given. The old date stands.")
    at_once = by_rule(plan, deal.holders, {each.id: each for each in postings})
    if at_once != {owner for _, owner in deal.holders}:
        raise Conflict(f"A date moves only where all offers say yes by rule. {INSTEAD}")
    if contest.window(work, evolve(deal, plan=plan)):
        raise Conflict(f"Others wait for that time. {INSTEAD}")
    moved = _agreed_anew(work, evolve(deal, plan=_with(deal.plan, plan, old, new)))
    only_new = evolve(moved, plan=moved.plan.on([new]))
    taken = [use for use in settle.uses_of(work, only_new) if use.window is not None]
    work.uses.occupy(taken, deal.id, work.now)
    work.deals.replace(moved, deal.revision)
    work.log(
        caller, deal.id, "deal_date_moved", exchange=deal.exchange,
        was=old.start.isoformat(), to=new.start.isoformat(),
        left=[old.start.isoformat(), old.end.isoformat()], freed=1,
        price=(deal.kept.pence, moved.kept.pence),
    )  # fmt: skip
    return moved


def free_near(
    work: Work, deal: Deal, on: dt.date, to: dt.date, starts: str | None = None
) -> Iterator[Window]:
    """Some times near the one that was wanted, to which that date could be moved."""
    old, new = _windows(work, deal, on, to, starts)
    region, found = work.hub.region, 0
    wall = starts or _wall(work, old)
    days = [region.moment(to + dt.timedelta(days=each), wall) for each in NEAR_DAYS]
    near = [new.start + dt.timedelta(minutes=each) for each in NEAR_MINUTES]
    for start in (*near, *days):
        window = Window(start, start + (new.end - new.start))
        if found == MOST_NEAR:
            return
        fits = window.start > work.now and not any(window.overlaps(w) for w in deal.windows)
        if fits and _plan_at(work, deal, old, window):
            found += 1
            yield window


def _may_move(work: Work, caller: Caller, deal: Deal) -> None:
    if deal.state is not DealState.AGREED:
        raise Conflict(f"This is {deal.state.value}: it has no dates to move.")
    seekers = {owner for _, owner in deal.seekers}
    if caller.member not in seekers:
        raise NotAllowed("Only the group can move a date; you can say that it is unavailable.")
    if len(deal.plan.needs) > 1:
        raise Conflict("Several share this: one of them cannot move a date for all.")


def _windows(
    work: Work, deal: Deal, on: dt.date, to: dt.date, starts: str | None
) -> tuple[Window, Window]:
    """The window that begins on that day, and the one that it is to become; as long."""
    old, *others = dates.on_day(work, deal, on)
    if others or old in deal.suspended:
        raise Conflict(f"That day has several times, or is suspended. {INSTEAD}")
    if abs((to - work.today).days) > FARTHEST_DAYS:
        raise Invalid({"to": [f"must be within {FARTHEST_DAYS} days"]})
    start = work.hub.region.moment(to, starts or _wall(work, old)).astimezone(dt.UTC)
    new = Window(start, start + (old.end - old.start))
    if start <= work.now:
        raise Invalid({"to": ["must lie ahead"]})
    if any(new.overlaps(each) for each in deal.standing if each != old) or new in deal.windows:
        raise Invalid({"to": ["must be a time that is not in this deal already"]})
    return old, new


def _wall(work: Work, window: Window) -> str:
    return f"{window.start.astimezone(ZoneInfo(work.hub.region.zone_name)):%H:%M}"


def _plan_at(work: Work, deal: Deal, old: Window, new: Window) -> Plan | None:
    """What the house would say to a need for *new* alone, from the offers that have *old*."""
    need = work.postings.get(deal.plan.needs[0])
    offers = [work.postings.get(leg.offer) for leg in deal.plan.legs if old in leg.windows]
    wants = _wants(work, need, new)
    plans = ranked(board_for(work, wants, offers), work.hub.exchange(deal.exchange).planner)
    whole = {each.id for each in offers}
    fits = (
        plan
        for plan in plans
        if {leg.offer for leg in plan.legs} == whole
        and plan.full
        and all(leg.windows == (new,) for leg in plan.legs)
    )
    return next(fits, None)


def _wants(work: Work, need: Posting, new: Window) -> Posting:
    body, region = need.body, work.hub.region
    wants = body.only([new], region) if isinstance(body, Need) else None
    if wants is None or wants.windows(region) != (new,):
        raise Conflict(f"Dates of this kind cannot be moved. {INSTEAD}")
    return evolve(need, body=wants)


def _with(plan: Plan, at: Plan, old: Window, new: Window) -> Plan:
    """*plan* with *new*, as it is in *at*, in the place of *old*; never dearer."""
    legs = {(leg.offer, leg.role): leg for leg in at.legs}
    return plan.with_legs(
        _leg(leg, legs[leg.offer, leg.role], old, new) if old in leg.windows else leg
        for leg in plan.legs
    )


def _leg(leg: Leg, at: Leg, old: Window, new: Window) -> Leg:
    rest = [window for window in leg.windows if window != old]
    windows = tuple(sorted((*rest, new)))
    if leg.each is None or leg.lines is None or at.pence is None:
        return evolve(leg, windows=windows)
    costs = dict(zip(leg.windows, leg.each, strict=True))
    less = costs.pop(old) - at.pence
    if less < 0:
        raise Conflict(f"That time costs {pounds(-less)} more than what you agreed. {INSTEAD}")
    each = tuple(at.pence if window == new else costs[window] for window in windows)
    credit = (PriceLine("less for a moved date", -less),) if less else ()
    return evolve(leg, windows=windows, each=each, lines=(*leg.lines, *credit))


def _agreed_anew(work: Work, deal: Deal) -> Deal:
    """With the mover's yes to the new time, and that of the offers, which is given by rule."""
    for party in sorted(deal.parties):
        deal = deal.agreed_by(party, work.now)
    return deal
