"""Which offers survive for one need, in one role: the Protocol and the plain scan behind it.

The plain scan is the reference: a faster implementation must give equal survivors and refusals.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Protocol
from zoneinfo import ZoneInfo

from attrs import evolve, field, frozen

from cypn_core.domain.errors import Invalid
from cypn_core.domain.ids import Party, PostingId, ResourceId, fingerprint
from cypn_core.domain.places import Spot, km
from cypn_core.domain.plans import Leg, Missing
from cypn_core.domain.postings import Claim, Need, Offer
from cypn_core.domain.region import Region
from cypn_core.domain.standing import Passport
from cypn_core.domain.times import Window, merged
from cypn_core.matching.rules import NEED, Context, Finding, Rule, Verdict, bars, judged

UNAVAILABLE = "unavailable"
"""The code of the refusal of what fits but is not free."""


@frozen(kw_only=True)
class Wanted:
    """A need as rules and planners see it: no organisation, only a pseudonym and a passport."""

    id: PostingId
    party: Party
    body: Need
    windows: tuple[Window, ...]
    posted: dt.datetime
    spot: Spot | None = None
    stops: tuple[Spot | None, ...] = ()
    """Where the further places that it names lie; None for one that the region does not know."""
    passport: Passport = Passport()


@frozen(kw_only=True)
class Offered:
    """An offer as rules and planners see it. *open* are its hours given over the span looked at."""

    id: PostingId
    party: Party
    body: Offer
    open: tuple[Window, ...] = ()
    resources: Mapping[str | None, ResourceId] = field(factory=dict)
    """By :attr:`Unit.key`."""
    spot: Spot | None = None
    passport: Passport = Passport()
    agreed: tuple[Leg, ...] = ()
    """What is agreed or held of it ahead, where the exchange puts many needs together at once."""
    hours: tuple[Window, ...] = field(init=False, eq=False, repr=False)
    """*open* in order and merged, made once for all needs that look at it."""

    @hours.default
    def _merged(self) -> tuple[Window, ...]:
        return merged(self.open)


@frozen
class Taken:
    """A live use of a resource; *window* is None where the resource has no time."""

    window: Window | None
    quantity: int = 1


@frozen(kw_only=True)
class Snapshot:
    """What the store's gate let through at one moment: offers, open needs and live uses."""

    offers: tuple[Offered, ...] = ()
    needs: tuple[Wanted, ...] = ()
    uses: Mapping[ResourceId, Sequence[Taken]] = field(factory=dict)


@frozen(kw_only=True)
class Survivor:
    """An offer that no rule barred, with the windows on which it is free and what it lacks."""

    offer: Offered
    free: tuple[Window, ...]
    verdicts: tuple[Verdict, ...]
    missing: tuple[Missing, ...]

    @property
    def score(self) -> float:
        """The sum of what the rules said for it."""
        return sum(verdict.score for verdict in self.verdicts)


@frozen(kw_only=True)
class Refusal:
    """An offer that does not fit, with every reason: none is silently dropped."""

    offer: PostingId
    role: str
    reasons: tuple[Verdict, ...]


class Candidates(Protocol):
    """Finds the survivors for one need in one role over a gated snapshot."""

    def find(
        self,
        wanted: Wanted,
        role: str,
        snapshot: Snapshot,
        rules: Sequence[Rule],
        context: Context,
    ) -> tuple[tuple[Survivor, ...], tuple[Refusal, ...]]:
        """Survivors, best first, ties by a hash of (need, offer); and the refused, by id."""
        ...


class PlainScan:
    """Looks at every offer in turn. Slow and plainly right."""

    def find(
        self,
        wanted: Wanted,
        role: str,
        snapshot: Snapshot,
        rules: Sequence[Rule],
        context: Context,
    ) -> tuple[tuple[Survivor, ...], tuple[Refusal, ...]]:
        """See :meth:`Candidates.find`."""
        mine = [rule for rule in rules if rule.between == (NEED, role)]
        pool = [o for o in snapshot.offers if o.body.role == role and o.party != wanted.party]
        found = [_weighed(wanted, offered, snapshot, mine, context) for offered in pool]
        survivors = [each for each in found if isinstance(each, Survivor)]
        refused = [each for each in found if isinstance(each, Refusal)]
        survivors.sort(key=lambda s: (len(s.missing), -s.score, fingerprint(wanted.id, s.offer.id)))
        return tuple(survivors), tuple(sorted(refused, key=lambda r: r.offer))


def fits_wholly(
    wanted: Wanted,
    offered: Offered,
    uses: Mapping[ResourceId, Sequence[Taken]],
    rules: Sequence[Rule],
    context: Context,
) -> bool:
    """Whether *offered* would be a survivor that lacks nothing; the first reason against it ends.

    For counting over many pairs, where nobody reads the reasons. *rules* are those between a need
    and this offer's role, and *context* is that of the pair.
    """
    for rule in rules:
        for verdict in judged((rule,), wanted.body, offered.body, context):
            if verdict.finding is not Finding.PASSES:
                return False
    free = free_windows(wanted, offered, uses)
    return len(free) == len(wanted.windows) and not _used_up(wanted, offered, uses)


def pair_context(context: Context, first: Wanted | Offered, second: Offered) -> Context:
    """*context* for the pair: where they lie and how far apart, and the passports of both."""
    stops = (first.spot, *first.stops) if isinstance(first, Wanted) else (first.spot,)
    return evolve(
        context,
        km=_apart(first.spot, second.spot),
        onward=tuple(_apart(a, b) for a, b in pairwise(stops)),
        beyond=_apart(stops[-1], second.spot),
        stops=tuple(each.point if each else None for each in stops),
        second_at=second.spot.point if second.spot else None,
        first=first.passport,
        second=second.passport,
    )


def stops_of(need: Need, region: Region) -> tuple[Spot | None, ...]:
    """Where the further places that *need* names lie, None for what the region does not know."""
    return tuple(_known(text, region) for text in need.stops())


def _known(text: str, region: Region) -> Spot | None:
    try:
        return region.find(text, outside=True)
    except Invalid:
        return None


def _apart(a: Spot | None, b: Spot | None) -> float | None:
    return km(a.point, b.point) if a and b else None


def free_windows(
    wanted: Wanted, offered: Offered, uses: Mapping[ResourceId, Sequence[Taken]]
) -> tuple[Window, ...]:
    """Those of the wanted windows on which *offered* is given and not yet taken.

    A check that will lapse before one of them stands in nobody's way: it may be renewed in time,
    and if it is not, that date is suspended then (V07).
    """
    claims = offered.body.claims(wanted.body)
    starts = [hours.start for hours in offered.hours]
    return tuple(
        window
        for window in wanted.windows
        if (at := bisect_right(starts, window.start))
        and offered.hours[at - 1].end >= window.end
        and all(fits_beside(claim, offered, window, uses) for claim in claims)
    )


def _weighed(
    wanted: Wanted, offered: Offered, snapshot: Snapshot, rules: Sequence[Rule], context: Context
) -> Survivor | Refusal:
    """Judge one offer, then see when it is free."""
    context = evolve(pair_context(context, wanted, offered), windows=wanted.windows)
    verdicts = judged(rules, wanted.body, offered.body, context)
    free = free_windows(wanted, offered, snapshot.uses)
    if (wanted.windows and not free) or _used_up(wanted, offered, snapshot.uses):
        verdicts.append(bars(UNAVAILABLE, "It is not available then."))
    barred = tuple(v for v in verdicts if v.finding is Finding.BARS)
    if barred:
        return Refusal(offer=offered.id, role=offered.body.role, reasons=barred)
    lacking = [Missing(v.code, v.sentence) for v in verdicts if v.finding is Finding.LACKS]
    lacking += _dates_missing(wanted.windows, free, ZoneInfo(context.zone))
    return Survivor(offer=offered, free=free, verdicts=tuple(verdicts), missing=tuple(lacking))


def _dates_missing(
    windows: Sequence[Window], free: Sequence[Window], zone: ZoneInfo
) -> Iterable[Missing]:
    lost = [window.start.astimezone(zone).date() for window in windows if window not in set(free)]
    if lost:
        named = ", ".join(f"{day.day} {day:%b}" for day in lost[:5])
        more = f" and {len(lost) - 5} more" if len(lost) > 5 else ""  # noqa: PLR2004
        yield Missing(
            "dates",
            f"{len(windows) - len(lost)} of {len(windows)} dates; not on {named}{more}",
            tuple(lost),
        )


def _used_up(wanted: Wanted, offered: Offered, uses: Mapping[ResourceId, Sequence[Taken]]) -> bool:
    """True when an untimed unit has too little left for the need."""
    untimed = [c for c in offered.body.claims(wanted.body) if not c.unit.timed]
    return any(not fits_beside(claim, offered, None, uses) for claim in untimed)


def fits_beside(
    claim: Claim,
    offered: Offered,
    window: Window | None,
    uses: Mapping[ResourceId, Sequence[Taken]],
) -> bool:
    """True when *claim* fits beside the uses that there are, buffers included."""
    live = uses.get(offered.resources[claim.unit.key], ())
    if not claim.unit.timed or window is None:
        used = sum(taken.quantity for taken in live)
    else:
        used = peak(window.padded(*offered.body.buffers), live)
    return used + claim.quantity <= claim.unit.capacity


def peak(window: Window, uses: Sequence[Taken]) -> int:
    """The most that is in use at any instant of *window*.

    It can only rise at a start, so the starts inside the window are the instants to look at.
    """
    near = [(u.window, u.quantity) for u in uses if u.window and u.window.overlaps(window)]
    starts = {window.start, *(w.start for w, _ in near if w.start > window.start)}
    return max((sum(q for w, q in near if w.start <= at < w.end) for at in starts), default=0)
