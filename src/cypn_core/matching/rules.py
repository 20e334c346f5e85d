"""Rules judge one pair at a time: they pass it, say what is lacking, or bar it, with a reason."""

from __future__ import annotations

import datetime as dt
import logging
import math
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any

from attrs import evolve, field, frozen

from cypn_core.domain.failures import report
from cypn_core.domain.places import Point
from cypn_core.domain.roads import Roads
from cypn_core.domain.standing import Passport
from cypn_core.domain.times import Calendar, Window
from cypn_core.matching.travel import Pair, Way, estimated

log = logging.getLogger(__name__)

NEED = "need"
"""The name of a need in :attr:`Rule.between`; every other name is a role of a leg."""


class Finding(Enum):
    """How a pair came through a rule."""

    PASSES = "passes"
    LACKS = "lacks"
    BARS = "bars"


class Audience(Enum):
    """Who may read a reason. The coordinator reads all."""

    SEEKER = "seeker"
    HOLDER = "holder"
    COORDINATOR = "coordinator"


EVERYBODY = frozenset(Audience)


@frozen(kw_only=True)
class Verdict:
    """What a rule found: *sentence* is plain English, *gap* an optional figure in its words.

    ``private`` is the exact form for the coordinator ("10.4 > 5 km") where ``sentence`` must not
    tell as much ("too far").
    """

    finding: Finding
    code: str
    sentence: str = ""
    private: str = ""
    score: float = 0.0
    audience: frozenset[Audience] = EVERYBODY
    over_pence: int | None = None
    """Where it bars for its price alone: by so much it is above what the need can pay."""


def passes(code: str, *, score: float = 0.0, sentence: str = "") -> Verdict:
    """The pair fits; *score* speaks for it, higher is better."""
    return Verdict(finding=Finding.PASSES, code=code, sentence=sentence, score=score)


def lacks(code: str, sentence: str, *, score: float = 0.0) -> Verdict:
    """The pair fits in part: a plan with it is partial and says so."""
    return Verdict(finding=Finding.LACKS, code=code, sentence=sentence, score=score)


def bars(
    code: str,
    sentence: str,
    *,
    private: str = "",
    audience: frozenset[Audience] = EVERYBODY,
    over_pence: int | None = None,
) -> Verdict:
    """The pair does not fit; with *over_pence* only because it costs so much too much."""
    return Verdict(
        finding=Finding.BARS,
        code=code,
        sentence=sentence,
        private=private,
        audience=audience,
        over_pence=over_pence,
    )


@frozen(kw_only=True)
class Context:
    """All that a rule may know besides the pair: plain data, so that it can cross a process."""

    now: dt.datetime
    zone: str
    settings: Any = None
    """The region's settings of the exchange, in the class that the exchange declares."""
    windows: tuple[Window, ...] = ()
    """The instants that the need wants."""
    calendars: Mapping[str, Calendar] = field(factory=dict)
    """The region's calendars by code, so that a published closure can be named as the reason."""
    km: float | None = None
    """Straight line between the two places, or None where one has no place."""
    onward: tuple[float | None, ...] = ()
    """Straight lines from the need's place along the further places that it names."""
    beyond: float | None = None
    """Straight line from the last of those to the offer's place."""
    stops: tuple[Point | None, ...] = ()
    """Where the first of the pair lies, then the further places that it names."""
    second_at: Point | None = None
    """Where the second of the pair lies."""
    roads: Roads = field(factory=Roads)
    """The region's coefficients for what nobody was asked about."""
    ways: Mapping[Pair, Way] = field(factory=dict, repr=False)
    """Ways by road that were asked for, where the exchange declares that it goes by road."""
    first: Passport = Passport()
    second: Passport = Passport()

    def way(self, start: Point | None, end: Point | None) -> Way | None:
        """The way by road, as it was told or else estimated; None where an end is not known."""
        if start is None or end is None:
            return None
        return self.ways.get((start, end)) or estimated(self.roads, start, end)


RULE_FAILED = "rule_failed"
"""The code of the verdict that stands for a rule that raised."""

Judge = Callable[[Any, Any, Context], Verdict | None]


@frozen
class Rule:
    """*judge* receives the bodies of the pair *between* and a context; None lets the pair pass.

    A *lasting* rule has to hold until all is over: what is agreed is judged by it again and again.
    Every other counts when it is asked and agreed, such as a budget, or how long before to ask.
    """

    code: str
    between: tuple[str, str]
    judge: Judge
    lasting: bool = False
    replaces: bool = False
    """Whether it stands in for the exchange's own rule of this code between the same."""


def judged(rules: Iterable[Rule], first: Any, second: Any, context: Context) -> list[Verdict]:
    """Every rule's verdict on the pair. A rule that raises bars the pair: it fails closed."""
    return [found for rule in rules if (found := _judge(rule, first, second, context)) is not None]


def _judge(rule: Rule, first: Any, second: Any, context: Context) -> Verdict | None:
    try:
        verdict = rule.judge(first, second, context)
        if verdict is not None and not math.isfinite(verdict.score):
            log.warning("rule %s gave no finite score: counted as 0", rule.code)
            return evolve(verdict, score=0.0)
    except Exception as error:  # noqa: BLE001 - a stranger's rule that raises must open nothing
        report(log, error, "rule %s failed: the pair is barred", rule.code)
        return bars(
            RULE_FAILED,
            "This could not be judged just now; the network's coordinator has been told.",
            private=f"the rule {rule.code} failed",
        )
    return verdict
