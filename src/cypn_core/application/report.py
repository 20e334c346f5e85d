"""Evidence: what was asked for, and what of it found nothing, by area and kind."""

from __future__ import annotations

from collections import Counter

from attrs import frozen

from cypn_core.application.match import answer_to
from cypn_core.application.network import Work
from cypn_core.domain.postings import Need, Posting, PostingState
from cypn_core.matching.answer import Answer


@frozen(kw_only=True)
class Answered:
    """A stored need with the answer that it has today; None where its exchange is not there."""

    posting: Posting
    answer: Answer | None


@frozen(kw_only=True)
class Demand:
    """How many needs of one kind in one area found nothing whole."""

    area: str
    exchange: str
    category: str
    needs: int


def answers(work: Work, exchange: str) -> list[Answered]:
    """Every open need of *exchange* that passed the gate, with its answer."""
    needs = work.postings.open(exchange, "need", work.today, work.now)
    return [Answered(posting=need, answer=answer_to(work, need)) for need in needs]


def unmet(work: Work, found: list[Answered]) -> list[Demand]:
    """The needs that nothing meets, counted by area and kind, most first.

    Exact: for the coordinator's eyes. What is published withholds small counts.
    """
    counts = Counter(
        (_area(work, each.posting), each.posting.exchange, each.posting.body.category)
        for each in found
        if isinstance(each.posting.body, Need)
        and (each.answer is None or each.answer.outcome == "unmet")
    )
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [
        Demand(area=area, exchange=exchange, category=category, needs=count)
        for (area, exchange, category), count in ranked
    ]


def noted(work: Work) -> list[Answered]:
    """The needs whose exchange is not installed."""
    kept = work.postings.noted()
    return [Answered(posting=each, answer=None) for each in kept if each.state is PostingState.OPEN]


def _area(work: Work, posting: Posting) -> str:
    place = posting.body.place
    return "the whole region" if place is None else work.hub.region.zone_label(place)
