"""A dated rule pack: each rule with its plain sentence, its source and the day it holds from."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from attrs import frozen

from cypn_core.domain.ids import fingerprint
from cypn_core.matching.rules import Context, Judge, Rule, Verdict
from cypn_transport.settings import RuleSetting

HUB = "hub"
"""The source of a rule that no law asks for."""


@frozen(kw_only=True)
class PackRule:
    """One hard rule as data. *judge* is a pure function of the pair *between* and a context."""

    code: str
    between: tuple[str, str]
    sentence: str
    source: str
    """Where it is written: a URL, or ``hub`` for a rule of this exchange."""
    valid_from: dt.date
    judge: Judge
    opened: dt.date | None = None
    """When the page was last read; None where it could not be, and the rule is from memory."""
    lasting: bool = True
    """Whether it has to hold until the outing is over, and not just when it is agreed."""

    def rule(self) -> Rule:
        """The rule as core runs it, unless the region says that it is off or of another day.

        Outings before *valid_from* are not judged by it.
        """
        return Rule(self.code, self.between, self._dated, self.lasting)

    def _dated(self, first: object, second: object, context: Context) -> Verdict | None:
        said = context.settings.rules.get(self.code) or RuleSetting()
        since = said.valid_from or self.valid_from
        if said.off or last_day(context) < since:
            return None
        return self.judge(first, second, context)


def last_day(context: Context) -> dt.date:
    """The local date of the last return, on which every date must still be valid.

    :raises ValueError: when the outing has no time; the pair is then barred.
    """
    return days_used(context)[-1]


def first_day(context: Context) -> dt.date:
    """The local date on which the first outing leaves: whatever begins must have begun by then."""
    return days_used(context)[0]


def days_used(context: Context) -> tuple[dt.date, ...]:
    """Every local date on which an outing leaves or comes back, in order.

    :raises ValueError: when there is none; the pair is then barred.
    """
    if not context.windows:
        raise ValueError("an outing without times cannot be judged")
    zone = ZoneInfo(context.zone)
    moments = (moment for w in context.windows for moment in (w.start, w.end))
    return tuple(sorted({moment.astimezone(zone).date() for moment in moments}))


def version(pack: tuple[PackRule, ...], day: str) -> str:
    """The day on which *pack* was written, and a digest of all that its table says."""
    return f"{day}-{fingerprint(table(pack))[:8]}"


def table(pack: tuple[PackRule, ...]) -> str:
    """*pack* as a Markdown table, for the documentation."""
    head = (
        "| rule | between | what it says | since | source | page read |\n|---|---|---|---|---|---|"
    )
    return "\n".join([head, *map(_row, pack)]) + "\n"


def _row(rule: PackRule) -> str:
    read = "" if rule.source == HUB else str(rule.opened or "not yet")
    cells = (
        f"`{rule.code}`", " and ".join(rule.between), rule.sentence, str(rule.valid_from),
        rule.source, read,
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"
