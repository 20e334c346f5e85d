"""What is left of resources: whoever shuts them takes that, and never what others have there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from cypn_core.application.network import Work
from cypn_core.domain.closures import Closure
from cypn_core.domain.deals import Deal
from cypn_core.domain.ids import OrganisationId, PostingId, ResourceId
from cypn_core.domain.plans import Leg
from cypn_core.domain.postings import Offer, Posting, resource_of
from cypn_core.domain.times import Window, consecutive
from cypn_core.matching.candidates import Taken, peak
from cypn_core.storage.uses import Use


def timed_resources(offer: Posting) -> list[ResourceId]:
    """The resources of *offer* that have hours."""
    units = offer.body.units() if isinstance(offer.body, Offer) else ()
    return [resource_of(offer.id, offer.organisation, unit) for unit in units if unit.timed]


def uses_any(deal: Deal, leg: Leg, resources: Collection[ResourceId]) -> bool:
    """Whether *leg* of *deal* uses one of *resources*."""
    owner: OrganisationId = dict(deal.holders)[leg.offer]
    return any(resource_of(leg.offer, owner, claim.unit) in resources for claim in leg.claims)


def take_closed(work: Work, closure: Closure, resources: Sequence[ResourceId]) -> None:
    """Take all that is left of *resources* while *closure* lasts, so that the store refuses too."""
    uses = list(left(work, resources, closure.windows, "closure"))
    work.uses.occupy(uses, None, work.now)
    work.closures.took(closure.id, [use.id for use in uses])


def take_busy(
    work: Work, offer: PostingId, resources: Sequence[ResourceId], windows: Iterable[Window]
) -> None:
    """Take all that is left of *resources* in *windows* for the diary of *offer*."""
    uses = list(left(work, resources, windows, "existing"))
    work.uses.occupy(uses, None, work.now)
    work.diaries.took(offer, [use.id for use in uses])


def take_again(work: Work, resources: Collection[ResourceId], windows: Sequence[Window]) -> None:
    """After some of *resources* was freed in *windows*: let what else shuts them there take that.

    Such as a closure of another offer, or a diary over which a closure lay.
    """
    if not windows:
        return
    whole = Window(min(each.start for each in windows), max(each.end for each in windows))
    for closure in work.closures.meeting(resources, whole):
        take_closed(work, closure, work.closures.resources(closure.id))
    busy = work.diaries.meeting(resources, whole)
    for (offer, resource), spans in groupby(busy, lambda each: each[:2]):
        take_busy(work, offer, [resource], [window for _, _, window in spans])


def left(
    work: Work, resources: Sequence[ResourceId], windows: Iterable[Window], purpose: str
) -> Iterator[Use]:
    """Uses of all that is left of *resources* in *windows*, none longer than a use may be."""
    for window in windows:
        for part in consecutive(window.start, window.end):
            yield from _left(work, resources, part, purpose)


def _left(work: Work, resources: Sequence[ResourceId], span: Window, purpose: str) -> Iterator[Use]:
    live = work.postings.uses(resources, span)
    for resource in resources:
        capacity = work.postings.capacity(resource)
        taken = live.get(resource, ())
        for piece in _pieces(span, taken):
            rest = capacity - peak(piece, taken)
            if rest > 0:
                yield Use(
                    id=work.new_id(), resource=resource, window=piece, quantity=rest,
                    purpose=purpose,
                )  # fmt: skip


def _pieces(span: Window, taken: Sequence[Taken]) -> Iterator[Window]:
    """*span* cut wherever a use begins or ends."""
    inside = {
        edge for each in taken if each.window for edge in (each.window.start, each.window.end)
    }
    edges = sorted({span.start, span.end, *(at for at in inside if span.start < at < span.end)})
    for start, end in pairwise(edges):
        yield Window(start, end)
