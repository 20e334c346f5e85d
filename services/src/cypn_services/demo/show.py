"""The demo on a terminal: tables that a volunteer understands."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from cypn_core.application import report
from cypn_core.application.network import Work
from cypn_core.application.report import Answered
from cypn_core.domain.plans import Plan
from cypn_core.domain.postings import Noted
from cypn_core.domain.standing import stands
from cypn_services.demo import words
from cypn_services.demo.counts import OUTCOMES, Outcome, Result
from cypn_services.demo.data import themes
from cypn_services.demo.deal import Told

_STYLES = {
    "full": ("[ok] ", "green"),
    "partial": ("[..] ", "yellow"),
    "missing": ("     but: ", "yellow"),
    "near": ("[->] almost: ", "cyan"),
    "why": ("[--] ", "red"),
}
_THEMES = 2
_RANK = {outcome: at for at, outcome in enumerate(OUTCOMES)}


def show(console: Console, work: Work, result: Result) -> None:
    """Print what became of every need."""
    console.print(_opening(work, result))
    for outcome in result.outcomes.values():
        console.print(_exchange(work, outcome))
        if outcome.shared:
            console.print(_shared(outcome.shared))
    console.print(_unmet(work, result))
    console.print(_noted(result.noted))


def show_deal(console: Console, story: Iterable[Told]) -> None:
    """Print how one deal went, step by step."""
    steps = [Text.assemble((f"{each.who}: ", "bold"), each.said) for each in story]
    panel = Panel(_apart(steps), title="One deal from end to end", title_align="left", padding=1)
    console.print(panel)


def show_next(console: Console, where: str) -> None:
    """Print what to do now."""
    console.print(
        Text.assemble(
            ("What now?  ", "bold"),
            (f"The demo is in {where}. Start its services with ", ""),
            ("cypn serve", "bold"),
            (" (CYPN_DATABASE_URL must name it), and open the address that it prints. ", ""),
            ("cypn demo --json", "bold"),
            (" gives the counts. The README says how to make it your network's.", ""),
        )
    )


def _opening(work: Work, result: Result) -> RenderableType:
    counted = Counter(
        each.answer.outcome
        for outcome in result.outcomes.values()
        for each in outcome.answered
        if each.answer
    )
    waiting = _at_the_gate(work)
    told = (
        f"{result.organisations} invented groups in {work.hub.region.name}. Their 50 needs are "
        "those of a real report; names, dates and numbers are made up, and so are most offers, "
        f"which are marked. Today {counted['full']} needs are met in full, {counted['partial']} "
        f"in part, {counted['unmet']} not at all, and {len(result.noted)} wait for exchanges that "
        f"nobody has built yet. {waiting} groups wait at the gate: their checks are not passed or "
        "have lapsed, so nothing of theirs is shown. Nobody is named before both sides agree."
    )
    legend = Text.assemble(
        ("[ok]", "green"), " met in full   ", ("[..]", "yellow"), " met in part   ",
        ("[->]", "cyan"), " almost   ", ("[--]", "red"), " not met   ",
        f"{words.WHAT_IF} a “what if” offer",
    )  # fmt: skip
    return Panel(Group(told, "", legend), title="The demo network", title_align="left")


def _at_the_gate(work: Work) -> int:
    """How many organisations stand in no role today."""
    members = [each.id for each in work.organisations.all()]
    checks = work.organisations.checks(members)
    return sum(
        all(stands(known, check.role, work.today) for check in known) for known in checks.values()
    )


def _exchange(work: Work, outcome: Outcome) -> RenderableType:
    table = Table(title=f"\n{outcome.title}", title_justify="left", show_lines=True, expand=True)
    table.add_column("What is needed", ratio=2)
    table.add_column("What the hub found", ratio=3)
    for each in sorted(outcome.answered, key=_best_first):
        name = Text(words.title(each.posting.id), style="bold")
        what = Text(words.facts(work, each.posting), style="dim")
        table.add_row(Group(name, what), _lines(each))
    return table


def _shared(plans: Sequence[Plan]) -> RenderableType:
    table = Table(title="\nWhat would be proposed to several groups", title_justify="left")
    table.show_lines = table.expand = True
    table.add_column("Whose needs go together", ratio=2)
    table.add_column("How, and what each would pay", ratio=3)
    for plan in plans:
        names = Text("\n".join(sorted(map(words.title, plan.needs))), style="bold")
        table.add_row(names, "\n".join(words.shared_lines(plan)))
    return table


def _best_first(each: Answered) -> tuple[int, str]:
    outcome = each.answer.outcome if each.answer else "unmet"
    return (_RANK[outcome], words.title(each.posting.id))


def _lines(each: Answered) -> RenderableType:
    rows = Table.grid()
    rows.add_column(no_wrap=True)
    rows.add_column(ratio=1)
    for style, said in words.lines(each):
        mark, colour = _STYLES[style]
        head, label = mark[:5], mark[5:]
        rows.add_row(Text(head, style=colour), Text.assemble((label, colour), said))
    return rows


def _unmet(work: Work, result: Result) -> RenderableType:
    table = Table(title="\nWhat stays unmet, by area", title_justify="left", expand=True)
    for name, ratio in (("Area", 3), ("Exchange", 2), ("What is missing", 3)):
        table.add_column(name, ratio=ratio)
    table.add_column("Needs", justify="right")
    answered = [each for outcome in result.outcomes.values() for each in outcome.answered]
    for demand in report.unmet(work, answered):
        exchange = work.hub.exchange(demand.exchange)
        what = exchange.words.get(demand.category, demand.category.replace("_", " "))
        table.add_row(demand.area, exchange.title, what, str(demand.needs))
    return table


def _noted(noted: Sequence[Answered]) -> RenderableType:
    table = Table(
        title="\nRemembered for exchanges that are still to come", title_justify="left", expand=True
    )
    table.add_column("Theme")
    table.add_column("Needs", justify="right")
    table.add_column("Such as", ratio=1)
    found = defaultdict[str, list[str]](list)
    for each in noted:
        body = each.posting.body
        if isinstance(body, Noted):
            found[body.wanted].append(words.title(each.posting.id))
    for theme, titles in sorted(found.items(), key=lambda item: (-len(item[1]), item[0])):
        such = "; ".join(sorted(titles)[:_THEMES])
        table.add_row(themes().get(theme, theme.replace("_", " ")), str(len(titles)), such)
    return table


def _apart(parts: Sequence[RenderableType]) -> RenderableType:
    """*parts* with an empty line between them."""
    spaced = [each for part in parts for each in (part, "")]
    return Group(*spaced[:-1])
