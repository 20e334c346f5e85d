"""Opening a season, looking at what it would give, and reading what it gave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from attrs import frozen

from cypn_core.application import season_decision, season_input, seasons, waiting
from cypn_core.application.gate import enter, missing_checks
from cypn_core.application.network import Caller, Work
from cypn_core.application.season_hold import last_day, span_of
from cypn_core.domain.constraints import Code, constrained
from cypn_core.domain.errors import Conflict, Invalid
from cypn_core.domain.ids import OrganisationId, PostingId
from cypn_core.domain.seasons import Outcome, Phase, Proof, Season, SeasonState
from cypn_core.domain.views import pseudonym

Json = dict[str, Any]

LONGEST_DAYS = 366


@frozen(kw_only=True, field_transformer=constrained)
class SeasonWanted:
    """A season: the dates from *first* up to, and without, *until* of one exchange.

    It takes needs from *opens_on* (today, where it is left out) up to, and without, *closes_on*.
    """

    exchange: Code
    first: dt.date
    until: dt.date
    closes_on: dt.date
    opens_on: dt.date | None = None


def open_(work: Work, caller: Caller, wanted: SeasonWanted) -> Season:
    """Open a season, and tell the groups whose needs are in it already.

    :raises Invalid: naming the field that does not go with the others.
    :raises Conflict: when another season of that exchange, not closed yet, shares a date.
    """
    caller.must_have("coordinator")
    season = Season(
        id=work.new_id(),
        exchange=wanted.exchange,
        first=wanted.first,
        until=wanted.until,
        opens_on=wanted.opens_on or work.today,
        closes_on=wanted.closes_on,
        created=work.now,
    )
    if wrong := dict(_wrong(work, season)):
        raise Invalid(wrong)
    work.seasons.only_me(season.exchange, work.now)
    _alone(work, season)
    work.seasons.add(season)
    needs = [need.id for need in season_input.taking_part(work, season)]
    terms = list(_terms(work, season))
    work.log(caller, season.id, "season_opened", exchange=season.exchange, needs=needs, terms=terms)
    return season


def listed(work: Work, caller: Caller, after: str, limit: int) -> list[Season]:
    """The seasons of the exchanges that the caller may take part in; a coordinator reads all."""
    mine = [name for name in work.hub.exchanges if _may_enter(work, caller, name)]
    return work.seasons.page(mine, after, limit)


def read(work: Work, caller: Caller, season: str) -> Season:
    """The season of that id.

    :raises NotFound: when there is none.
    :raises NotChecked: when the caller may not take part in its exchange.
    """
    found = work.seasons.get(season)
    enter(work, caller, found.exchange)
    return found


def explain(work: Work, caller: Caller, season: str, after: str, limit: int) -> list[Outcome]:
    """What came of the caller's needs; who acts for nobody reads what came of all.

    :raises Conflict: before it is decided.
    """
    found = read(work, caller, season)
    if found.state is SeasonState.OPEN:
        raise Conflict("Nothing is decided yet: a coordinator closes the season.")
    return work.seasons.outcomes(found.id, caller.organisation, after, limit)


def preview(work: Work, caller: Caller, season: str, seconds: float | None = None) -> Json:
    """Who would get what if the season were closed now. Nothing is stored; nobody is named.

    :raises Conflict: once it is decided, and once its dates have begun.
    """
    caller.must_have("coordinator")
    found = work.seasons.get(season)
    if found.phase(work.today) not in {Phase.PLANNED, Phase.OPEN, Phase.DUE}:
        raise Conflict(f"It is {found.phase(work.today).value}: there is nothing to look ahead to.")
    entries = season_input.entries(work, found)
    limit = work.hub.region.settings.season_seconds if seconds is None else seconds
    planner = work.hub.exchange(found.exchange).planner
    decision = season_decision.decide(entries, planner, seasons.allocator(limit))

    def alias(thing: str) -> str:
        return pseudonym(work.pseudonym_key, "season", found.id, OrganisationId(thing))

    lines = [_foreseen(each, decision, alias) for each in entries]
    groups = {each.group for each in entries}
    served = {each.group for each in entries if each.need in decision.given}
    return {
        "season": found.id,
        "needs": len(entries),
        "groups": len(groups),
        "groups_with_nothing": len(groups - served),
        "proof": shown_proof(decision.proof),
        "winners": [line for line in lines if line["offers"]],
        "losers": [line for line in lines if not line["offers"]],
    }


def _foreseen(each: season_input.Entry, decision: season_decision.Decision, alias: Any) -> Json:
    given = decision.given.get(each.need)
    legs = given.plan.legs if given else ()
    return {
        "group": alias(each.group),
        "need": alias(each.need),
        "offers": [alias(leg.offer) for leg in legs],
        "dates": sum(len(leg.windows) for leg in legs),
        "of": len(each.board.need.windows),
        "sentence": decision.sentences[each.need],
    }


def shown_proof(proof: Proof) -> Json:
    """How a season was decided, as plain data."""
    return {
        "method": proof.method,
        "proven": proof.proven,
        "gap": proof.gap,
        "seconds": proof.seconds,
        "levels": [
            {"sessions_a_week": n, "groups": level.reached, "bound": level.bound}
            for n, level in enumerate(proof.levels, 1)
        ],
    }


def meaning(season: Season) -> str:
    """What a season is to a member, in plain words."""
    last = season.until - dt.timedelta(days=1)
    return (
        f"Dates from {season.first.day} {season.first:%b %Y} to {last.day} {last:%b %Y} are given "
        f"out together. Post what you need every week by the end of {last_day(season)}: when you "
        "post it makes no difference. Then as many groups as possible get one session a week, then "
        "two, and so on; what is still equal goes by the published order. Until that is done "
        "nothing on these dates can be asked for. What you are given lies within what your need "
        "says, and is agreed at once; withdraw the need to stay out."
    )


def _wrong(work: Work, season: Season) -> Iterator[tuple[str, list[str]]]:
    if season.exchange not in work.hub.exchanges:
        known = ", ".join(sorted(work.hub.exchanges)) or "none"
        yield "exchange", [f"is not one of this network's: {known}"]
    if season.until <= season.first:
        yield "until", ["must be after first: it is the first day that is not given out any more"]
    elif (season.until - season.first).days > LONGEST_DAYS:
        yield "until", [f"must be at most {LONGEST_DAYS} days after first"]
    if season.opens_on < work.today:
        yield "opens_on", ["must not be in the past"]
    if season.closes_on <= max(season.opens_on, work.today):
        yield "closes_on", ["must be after opens_on and after today: needs are posted in between"]
    if season.closes_on > season.first:
        yield "closes_on", ["must not be after first: it is decided before its dates begin"]


def _alone(work: Work, season: Season) -> None:
    for other in work.seasons.unclosed(season.exchange):
        shares = other.overlaps(season.first, season.until)
        if shares and other.phase(work.today) is not Phase.LAPSED:
            raise Conflict(
                f"The season {other.id} of this exchange, from {other.first} up to {other.until}, "
                "shares dates with it and is not closed: close that first, or choose other dates."
            )


def _terms(work: Work, season: Season) -> Iterator[str]:
    """The agreed deals whose groups go on into the span, and have to post a need for that."""
    span = span_of(work, season)
    for deal in work.deals.agreed():
        if deal.exchange != season.exchange or len(deal.seekers) > 1 or not deal.windows:
            continue
        last = work.hub.region.today(deal.windows[-1].start)
        later = waiting.resumed(work, work.postings.get(PostingId(deal.plan.needs[0])), last)
        windows = later.body.windows(work.hub.region) if later else ()  # type: ignore[union-attr]
        if any(window.overlaps(span) for window in windows):
            yield deal.id


def _may_enter(work: Work, caller: Caller, exchange: str) -> bool:
    if caller.organisation is None:
        return "coordinator" in caller.scopes
    missing = missing_checks(work, caller.organisation, exchange)
    return len(missing) < len(work.hub.exchange(exchange).checklists)
