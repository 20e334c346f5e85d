"""What would make a pool possible, cheapest for the member first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve

from cypn_core.domain.postings import Need
from cypn_core.matching.near import Relaxed
from cypn_procurement.model import PurchaseNeed
from cypn_procurement.rules import day_words


def relaxed(need: Need) -> Iterable[Relaxed]:
    """Wait for the present contract, wait at all, bind for longer, or join at a loss."""
    return _relaxed(need) if isinstance(need, PurchaseNeed) else ()


def _relaxed(need: PurchaseNeed) -> Iterator[Relaxed]:
    ends, notice = need.contract_ends, need.notice_by
    if need.wanted_by and ends and notice and need.wanted_by < ends:
        sentence = (
            f"Start when your present contract ends on {day_words(ends)}; "
            f"give notice by {day_words(notice)}."
        )
        yield Relaxed(body=evolve(need, wanted_by=ends), cost=1, sentence=sentence)
    elif need.wanted_by:
        yield Relaxed(body=evolve(need, wanted_by=None), cost=2, sentence="Let it start later.")
    if need.longest_term_months:
        body = evolve(need, longest_term_months=None)
        yield Relaxed(body=body, cost=3, sentence="Accept a longer term.")
    if need.cap is not None:
        body = evolve(need, insists=True)
        yield Relaxed(body=body, cost=4, sentence="Insist: join at the pool's price, at a loss.")
