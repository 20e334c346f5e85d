"""Pools from all open needs at once, each a plan that its members are asked about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from attrs import frozen

from cypn_core.domain.plans import Plan
from cypn_core.matching.candidates import Survivor
from cypn_core.matching.planner import Board, Proposal
from cypn_procurement.clearing import Pool
from cypn_procurement.formation.form import form
from cypn_procurement.formation.values import Formation, Problem
from cypn_procurement.model import QuoteOffer
from cypn_procurement.planner import Table, left_of, member_of, plan_of, tariff_of
from cypn_procurement.settings import ProcurementSettings
from cypn_procurement.tariffs import Tariff


@frozen
class _Market:
    """The quotes that fit each board's need, by offer, and what each asks for."""

    boards: Mapping[str, Board]
    fitting: Mapping[str, Mapping[str, Survivor]]
    tariffs: Mapping[str, Tariff]

    @classmethod
    def of(cls, boards: Sequence[Board]) -> _Market:
        fitting: dict[str, dict[str, Survivor]] = {}
        tariffs: dict[str, Tariff | None] = {}
        for board in boards:
            found = [each for each in board.survivors(QuoteOffer.role) if not each.missing]
            for each in found:
                if each.offer.id not in tariffs:
                    quote = cast(QuoteOffer, each.offer.body)
                    tariffs[each.offer.id] = tariff_of(quote, left_of(board, each))
            fitting[board.need.id] = {
                each.offer.id: each for each in found if tariffs[each.offer.id]
            }
        known = {quote: tariff for quote, tariff in tariffs.items() if tariff is not None}
        return cls({board.need.id: board for board in boards}, fitting, known)

    def problem(self, coordination: int) -> Problem:
        """As what formation is asked."""
        return Problem(
            members=tuple(member_of(board.need) for board in self.boards.values()),
            quotes=self.tariffs,
            fits={need: frozenset(found) for need, found in self.fitting.items()},
            coordination=coordination,
        )

    def bidding(self, quote: str) -> list[str]:
        """The needs that *quote* fits."""
        return sorted(need for need, found in self.fitting.items() if quote in found)


def together(boards: Sequence[Board]) -> Proposal:
    """Which pools to form of the needs of *boards*, so that all together gain most, in pence."""
    settings = cast(ProcurementSettings, boards[0].context.settings)
    market = _Market.of(boards)
    found = form(market.problem(settings.coordination_pence), settings.formation_seconds)
    plans = {quote: _plan(market, quote, pool) for quote, pool in sorted(found.pools.items())}
    return Proposal(
        plans=tuple(plans.values()),
        method=found.method,
        bound=found.bound,
        gap=found.gap,
        seconds=found.seconds,
        proven=found.proven,
        notes={plan.key: tuple(_notes(market, found, quote)) for quote, plan in plans.items()},
    )


def _plan(market: _Market, quote: str, pool: Pool) -> Plan:
    """One plan for all in *pool*; it speaks of none of them."""
    boards = market.boards
    first, *others = sorted(pool.shares)
    rest = [need for need in market.bidding(quote) if need not in pool.shares]
    table = Table.of_members(
        boards[first],
        market.fitting[first][quote],
        [boards[need].need for need in (*others, *rest)],
    )
    return plan_of(table, market.tariffs[quote], pool)


def _notes(market: _Market, found: Formation, quote: str) -> Iterator[str]:
    """For the coordinator: who else the quote would fit, by their number alone."""
    inside: set[str] = set().union(*(pool.shares for pool in found.pools.values()))
    out = sum(need not in inside for need in market.bidding(quote))
    if out:
        fits = "1 more need, which is" if out == 1 else f"{out} more needs, which are"
        yield f"It would fit {fits} left out: each is told why where it looks for matches."
