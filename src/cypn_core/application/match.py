"""Matching: what the hub has to say to one stored need, over what the gate lets through."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from attrs import evolve

from cypn_core.application.gate import enter, passports
from cypn_core.application.network import Caller, Work
from cypn_core.application.post import mine
from cypn_core.application.roadbook import among
from cypn_core.domain.ids import DealId, Party, PostingId, ResourceId
from cypn_core.domain.places import Spot
from cypn_core.domain.postings import Need, Offer, Posting, resource_of
from cypn_core.domain.region import Region
from cypn_core.domain.standing import Passport
from cypn_core.domain.times import DateSpan, Window, minus
from cypn_core.domain.views import pseudonym
from cypn_core.matching.answer import Answer, answer
from cypn_core.matching.candidates import Offered, Snapshot, Wanted, stops_of
from cypn_core.matching.near import REACH
from cypn_core.matching.planner import Board
from cypn_core.matching.rules import Context
from cypn_core.matching.travel import Pair, Way


def match(work: Work, caller: Caller, exchange: str, need: str) -> Answer:
    """Answer the caller's stored need. Nothing is changed by asking.

    :raises NotFound: when it has no such need.
    """
    enter(work, caller, exchange)
    return answer_to(work, mine(work, caller, exchange, need, "need"))


def answer_to(work: Work, need: Posting) -> Answer:
    """Everything that the hub has to say to *need*."""
    declared = work.hub.exchange(need.exchange)
    return answer(
        board_for(work, need),
        declared.planner,
        declared.roles,
        declared.relaxations,
        work.hub.region,
        most_near=work.hub.region.settings.near_misses,
    )


def board_for(work: Work, need: Posting, offers: Iterable[Posting] | None = None) -> Board:
    """What the planner is given for *need*: all that the gate lets through, or only *offers*."""
    exchange = need.exchange
    needs = work.postings.open(exchange, "need", work.today, work.now)
    needs = [need, *(other for other in needs if other.id != need.id)]
    known = work.postings.open(exchange, "offer", work.today, work.now)
    chosen = None if offers is None else {offer.id for offer in offers}
    known = [offer for offer in known if chosen is None or offer.id in chosen]
    wanted = _wanted(work, need.id, needs)
    snapshot = _snapshot(work, need.id, wanted, known)
    if work.hub.exchange(exchange).together:
        snapshot = _with_agreed(work, snapshot)
    return Board(
        need=wanted[0],
        snapshot=snapshot,
        rules=work.hub.rules(exchange),
        candidates=work.candidates,
        context=_context(work, exchange, wanted[0].windows, _ways(work, exchange, snapshot)),
    )


def boards_for(
    work: Work,
    thread: str,
    needs: Sequence[Posting],
    offers: Sequence[Posting],
    but: DealId | None = None,
) -> Mapping[PostingId, Board]:
    """The boards of many needs over the same offers, read once.

    Of other needs each sees only *needs*; parties have one pseudonym in all that *thread* names.
    What the deal *but* uses counts as free.
    """
    wanted = _wanted(work, thread, list(needs))
    snapshot = _snapshot(work, thread, wanted, list(offers), but)
    if any(work.hub.exchange(need.exchange).together for need in needs):
        snapshot = _with_agreed(work, snapshot, but)
    exchanges = {need.id: need.exchange for need in needs}
    ways = {each: _ways(work, each, snapshot) for each in set(exchanges.values())}
    return {
        each.id: Board(
            need=each,
            snapshot=snapshot,
            rules=work.hub.rules(exchanges[each.id]),
            candidates=work.candidates,
            context=_context(work, exchanges[each.id], each.windows, ways[exchanges[each.id]]),
        )
        for each in wanted
    }


def _ways(work: Work, exchange: str, snapshot: Snapshot) -> Mapping[Pair, Way]:
    """The ways by road that the planner of *exchange* may want; none where it does not go by it."""
    if work.ways is None or not work.hub.exchange(exchange).by_road:
        return {}
    return work.ways(among(snapshot))


def _context(
    work: Work, exchange: str, windows: tuple[Window, ...], ways: Mapping[Pair, Way]
) -> Context:
    return evolve(work.context(exchange, windows), ways=ways)


def _wanted(work: Work, thread: str, needs: list[Posting]) -> list[Wanted]:
    papers = passports(work, ((each.organisation, each.body.checklist) for each in needs))
    found = []
    for each in needs:
        body = each.body
        if not isinstance(body, Need):
            continue
        found.append(
            Wanted(
                id=each.id,
                party=_party(work, thread, each),
                body=body,
                windows=body.windows(work.hub.region),
                posted=each.created,
                spot=_spot(work, body),
                stops=stops_of(body, work.hub.region),
                passport=papers[each.organisation, body.checklist],
            )
        )
    return found


def _snapshot(
    work: Work,
    thread: str,
    wanted: list[Wanted],
    offers: list[Posting],
    but: DealId | None = None,
) -> Snapshot:
    around = _around(work, wanted)
    things = {
        resource_of(each.id, each.organisation, unit)
        for each in offers
        if isinstance(each.body, Offer)
        for unit in each.body.units()
    }
    closed = [shut(things, around) for shut in (work.closures.closed, work.diaries.busy)]
    papers = passports(work, ((each.organisation, each.body.checklist) for each in offers))
    offered = [
        _offered(work, thread, each, papers[each.organisation, each.body.checklist], around, closed)
        for each in offers
    ]
    resources = [resource for each in offered for resource in each.resources.values()]
    return Snapshot(
        offers=tuple(offered),
        needs=tuple(wanted),
        uses=work.postings.uses(resources, around, but),
    )


def _with_agreed(work: Work, snapshot: Snapshot, but: DealId | None = None) -> Snapshot:
    """*snapshot* with what is agreed or held of its offers already, in other deals than *but*."""
    agreed = work.deals.legs_on([each.id for each in snapshot.offers], but)
    offers = (evolve(each, agreed=tuple(agreed[each.id])) for each in snapshot.offers)
    return evolve(snapshot, offers=tuple(offers))


def _offered(
    work: Work,
    thread: str,
    posting: Posting,
    passport: Passport,
    around: Window,
    closed: Sequence[Mapping[ResourceId, Sequence[Window]]],
) -> Offered:
    body, region = posting.body, work.hub.region
    if not isinstance(body, Offer):
        raise TypeError(f"{posting.id} is no offer")
    span = DateSpan(region.today(around.start), region.today(around.end))
    resources = {
        unit.key: resource_of(posting.id, posting.organisation, unit) for unit in body.units()
    }
    given = _before(posting.leaves_on, body.given(region, span), region)
    shut = [
        window for spans in closed for each in resources.values() for window in spans.get(each, ())
    ]
    return Offered(
        id=posting.id,
        party=_party(work, thread, posting),
        body=body,
        open=minus(given, shut) if shut else given,
        resources=resources,
        spot=_spot(work, body),
        passport=passport,
    )


def _before(end: dt.date | None, given: tuple[Window, ...], region: Region) -> tuple[Window, ...]:
    """The hours of *given* before the day on which the offer ends."""
    if end is None:
        return given
    gone = region.midnight(end)
    return minus(given, (Window(gone, w.end) for w in given if w.end > gone))


def _around(work: Work, wanted: list[Wanted]) -> Window:
    times = [window for each in wanted for window in each.windows]
    first = min((window.start for window in times), default=work.now)
    last = max((window.end for window in times), default=work.now)
    return Window(min(first, work.now) - REACH, last + REACH)


def _spot(work: Work, body: Need | Offer) -> Spot | None:
    return None if body.place is None else work.hub.region.find(body.place)


def _party(work: Work, thread: str, posting: Posting) -> Party:
    """Plugins meet organisations only under a pseudonym that lives as long as this thread."""
    return pseudonym(work.pseudonym_key, "plugins", thread, posting.organisation)
