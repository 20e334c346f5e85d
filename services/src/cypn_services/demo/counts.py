"""What became of the demo's needs, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from cypn_core.application import propose, report
from cypn_core.application.network import SYSTEM, Work
from cypn_core.application.report import Answered
from cypn_core.domain.plans import Plan
from cypn_services.demo.data import demo

OUTCOMES = ("full", "partial", "unmet")


@frozen(kw_only=True)
class Outcome:
    """One exchange: its answered needs, and how many offers the gate lets through.

    *shared* are the plans of several needs that would be proposed to their groups.
    """

    title: str
    answered: Sequence[Answered]
    offers: int
    shared: Sequence[Plan] = ()


@frozen(kw_only=True)
class Result:
    """The whole network: outcomes by exchange, and the needs that are noted."""

    organisations: int
    outcomes: Mapping[str, Outcome]
    noted: Sequence[Answered]


def matched(work: Work) -> Result:
    """Match every open need of every installed exchange."""
    return Result(
        organisations=len(work.organisations.all()),
        outcomes={name: found for name in _names(work) if (found := _outcome(work, name))},
        noted=report.noted(work),
    )


def as_json(work: Work, result: Result) -> dict[str, Any]:
    """The counts: ``needs`` is always ``full + partial + unmet``."""
    return {
        "region": work.hub.region.code,
        "organisations": result.organisations,
        "exchanges": {name: _counts(each) for name, each in result.outcomes.items()},
        "noted": len(result.noted),
    }


def _names(work: Work) -> list[str]:
    """The installed exchanges, those of the demo first and in its order."""
    mine = dict.fromkeys(entry.exchange for entry in demo().needs)
    known = work.hub.exchanges
    return [*(name for name in mine if name in known), *(n for n in known if n not in mine)]


def _outcome(work: Work, exchange: str) -> Outcome | None:
    """What became of *exchange*; None where the demo has nothing for it."""
    answered = report.answers(work, exchange)
    offers = len(work.postings.open(exchange, "offer", work.today, work.now))
    if not answered and not offers:
        return None
    known = work.hub.exchange(exchange)
    shared = propose.preview(work, SYSTEM, exchange).shared if known.together else ()
    return Outcome(title=known.title, answered=answered, offers=offers, shared=shared)


def _counts(outcome: Outcome) -> dict[str, int]:
    found = Counter(each.answer.outcome for each in outcome.answered if each.answer)
    needs = {"needs": len(outcome.answered), "offers": outcome.offers}
    return needs | {name: found[name] for name in OUTCOMES} | {"shared": len(outcome.shared)}
