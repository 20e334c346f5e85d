"""Why a need lost in a season: what removed each offer, and what would have helped."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from cypn_core.application.season_input import Entry
from cypn_core.domain.ids import PostingId
from cypn_core.domain.region import Region
from cypn_core.domain.seasons import Removed
from cypn_core.exchange import Exchange
from cypn_core.matching.candidates import Refusal, Survivor
from cypn_core.matching.near import near_misses
from cypn_core.matching.planner import Board
from cypn_core.matching.rules import Audience

TO_OTHERS = "Other groups got it in this season."


def wanted(entry: Entry) -> tuple[PostingId, ...]:
    """The offers that *entry* could have had."""
    return tuple(sorted({leg.offer for plan in entry.plans for leg in plan.legs}))


def removed(entry: Entry, roles: Sequence[str]) -> tuple[Removed, ...]:
    """One line for each offer and reason, before anything was given out; by offer."""
    could = wanted(entry)
    found = [each for role in roles for each in _in_role(entry.board, role, could)]
    return tuple(sorted(found, key=lambda each: (each.offer, each.code)))


def would_help(left: Board, declared: Exchange, region: Region) -> str:
    """The cheapest relaxation that would succeed on what is *left*, or nothing."""
    near = near_misses(left, declared.planner, declared.relaxations, region, 1)
    return near[0].relaxed.sentence if near else ""


def _in_role(board: Board, role: str, could: Collection[PostingId]) -> Iterator[Removed]:
    for refusal in board.refused(role):
        yield from _refused(refusal)
    for survivor in board.survivors(role):
        if survivor.offer.id in could:
            yield Removed(
                offer=survivor.offer.id, code="season", sentence=TO_OTHERS, exact=TO_OTHERS
            )
        else:
            yield from _in_part(survivor)


def _refused(refusal: Refusal) -> Iterator[Removed]:
    for reason in refusal.reasons:
        yield Removed(
            offer=refusal.offer,
            code=reason.code,
            sentence=reason.sentence,
            exact=reason.private or reason.sentence,
            told=Audience.SEEKER in reason.audience,
        )


def _in_part(survivor: Survivor) -> Iterator[Removed]:
    for missing in survivor.missing:
        yield Removed(
            offer=survivor.offer.id,
            code=missing.code,
            sentence=missing.sentence,
            exact=missing.sentence,
        )
