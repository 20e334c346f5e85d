"""A dated rule pack: each rule with its plain sentence, its source and the day it holds from."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from attrs import frozen

from cypn_core.matching.rules import Context, Judge, Rule, Verdict


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

    def rule(self) -> Rule:
        """The rule as core runs it: outings before *valid_from* are not judged by it."""
        return Rule(self.code, self.between, self._dated)

    def _dated(self, first: object, second: object, context: Context) -> Verdict | None:
        return self.judge(first, second, context) if last_day(context) >= self.valid_from else None


def last_day(context: Context) -> dt.date:
    """The local date of the return, on which every date must still be valid.

    :raises ValueError: when the outing has no time; the pair is then barred.
    """
    if not context.windows:
        raise ValueError("an outing without times cannot be judged")
    return max(w.end for w in context.windows).astimezone(ZoneInfo(context.zone)).date()


def table(pack: tuple[PackRule, ...]) -> str:
    """*pack* as a Markdown table, for the documentation."""
    head = "| rule | between | what it says | since | source |\n|---|---|---|---|---|"
    rows = [
        f"| `{r.code}` | {' and '.join(r.between)} | {r.sentence} | {r.valid_from} | {r.source} |"
        for r in pack
    ]
    return "\n".join([head, *rows]) + "\n"
