"""A holder's own calendar: when it says busy, the hub does not give the offer to anybody.

What is agreed already stays. Whoever waits for hours that a later import no longer takes is told,
in turn. Nothing of what the events are about gets here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from attrs import evolve, frozen

from cypn_core.application import waiting
from cypn_core.application.diary_reading import Reading
from cypn_core.application.network import Caller, Work
from cypn_core.application.post import mine
from cypn_core.application.remainder import take_again, take_busy, timed_resources, uses_any
from cypn_core.domain.diaries import Diary
from cypn_core.domain.errors import Changed, Conflict, NotFound
from cypn_core.domain.ids import ResourceId
from cypn_core.domain.postings import Posting, PostingState
from cypn_core.domain.times import Window, minus


@frozen(kw_only=True)
class Imported:
    """What came of an import.

    *left_out* is that of `Reading`; *agreed* are the agreed times that it meets, which stay.
    """

    diary: Diary
    left_out: Mapping[str, Sequence[int]]
    agreed: Sequence[Window]


def diary_of(work: Work, caller: Caller, exchange: str, offer: str) -> Diary:
    """The diary of the caller's *offer*.

    :raises NotFound: when that is not the caller's.
    """
    return work.diaries.of(mine(work, caller, exchange, offer, "offer").id)


def preview(work: Work, caller: Caller, exchange: str, offer: str, found: Reading) -> Imported:
    """What an import of *found* would come to.

    :raises Conflict: when the offer is not open, or has no hours.
    """
    posting = mine(work, caller, exchange, offer, "offer")
    resources = _open_resources(posting)
    old = work.diaries.of(posting.id)
    diary = Diary(
        offer=posting.id,
        state="imported",
        revision=old.revision + 1,
        at=work.now,
        events=found.events,
        dates=found.dates,
    )
    agreed = _agreed(work, resources, found.windows)
    return Imported(diary=diary, left_out=found.left_out, agreed=agreed)


def import_(
    work: Work, caller: Caller, exchange: str, offer: str, found: Reading, revision: int
) -> Imported:
    """Let *found* be what the diary of the caller's *offer* says, in place of the import before.

    :raises Changed: when the diary is not at *revision* any more.
    :raises Conflict: when the offer is not open, or has no hours.
    """
    (posting,) = work.postings.lock([mine(work, caller, exchange, offer, "offer").id])
    _at(work.diaries.of(posting.id), revision)
    told = preview(work, caller, exchange, offer, found)
    _replace(work, caller, posting, told.diary, found.windows)
    return told


def end(work: Work, caller: Caller, exchange: str, offer: str, revision: int) -> Diary:
    """Forget the diary of the caller's *offer*; its hours are given again.

    :raises NotFound: when there is none.
    :raises Changed: when it is not at *revision* any more.
    """
    (posting,) = work.postings.lock([mine(work, caller, exchange, offer, "offer").id])
    old = work.diaries.of(posting.id)
    if old.state != "imported":
        raise NotFound
    _at(old, revision)
    ended = Diary(offer=posting.id, state="ended", revision=old.revision + 1, at=work.now)
    _replace(work, caller, posting, ended, ())
    return ended


def _at(diary: Diary, revision: int) -> None:
    if diary.revision != revision:
        raise Changed("The calendar was imported again since: read how it stands.")


def _open_resources(offer: Posting) -> list[ResourceId]:
    if offer.state is not PostingState.OPEN:
        raise Conflict(f"This is {offer.state.value} already: it is given to nobody.")
    found = timed_resources(offer)
    if not found:
        raise Conflict("This offer has no times: a calendar has nothing to say of it.")
    return found


def _replace(
    work: Work, caller: Caller, offer: Posting, diary: Diary, windows: Sequence[Window]
) -> None:
    resources = timed_resources(offer)
    before = [each for each in work.diaries.windows(offer.id) if each.end > work.now]
    work.diaries.replace(diary, resources, windows)
    take_again(work, resources, before)
    take_busy(work, offer.id, resources, windows)
    work.log(
        caller, offer.id, f"calendar_{diary.state}", exchange=offer.exchange, events=diary.events,
        dates=diary.dates,
    )  # fmt: skip
    if freed := minus(before, windows):
        _wake(work, offer, freed)


def _wake(work: Work, offer: Posting, freed: Sequence[Window]) -> None:
    """Tell who waits for what is free again, those too who said no to the offer before."""
    again = evolve(offer, revision=offer.revision + 1)
    work.postings.replace(again)
    waiting.line_up(work, work.new_id(), again, freed)


def _agreed(
    work: Work, resources: Collection[ResourceId], windows: Sequence[Window]
) -> list[Window]:
    """The agreed times on *resources* that meet one of *windows*."""
    if not windows:
        return []
    whole = Window(windows[0].start, max(each.end for each in windows))
    deals = [work.deals.get(each) for each in work.uses.deals_on(resources, whole)]
    used = {
        window
        for deal in deals
        if deal.kept_for_now
        for leg in deal.held.legs
        if uses_any(deal, leg, resources)
        for window in leg.windows
        if window in deal.standing
    }
    return sorted(each for each in used if any(each.overlaps(busy) for busy in windows))
