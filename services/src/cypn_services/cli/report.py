"""``cypn report``: the same tables as over HTTP, for the operator."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cypn_core.application.publish import unmet as published
from cypn_core.application.report_coordinator import coordinator as for_coordinator
from cypn_core.application.report_holder import holder as for_holder
from cypn_services.cli.console import (
    as_option,
    json_option,
    operator,
    running,
    say,
    say_json,
    say_table,
)
from cypn_site.evidence.funder import FORMATS, funder_report
from cypn_site.language import DEFAULT, languages

Json = dict[str, Any]


@click.group()
def report() -> None:
    """Hours offered and used, who waits, and what is needed and missing."""


@report.command()
@as_option(required=True)
@json_option
def holder(organisation: str, as_json: bool) -> None:  # noqa: FBT001
    """Show a holder's hours: offered, used by others, and own use.

    \b
    Example:
      cypn report holder --as 0123456789abcdef0123456789abcdef
    """  # noqa: D301 - click reads the escape
    with running() as network, network.reading() as work:
        work.organisations.get(operator(organisation).member)
        told = for_holder(work, operator(organisation))
    if as_json:
        say_json(told)
        return
    names = ("hours_offered", "hours_used_by_others", "hours_of_own_use", "used_percent")
    lines = [*told["offers"], {"offer": "all", **told}]
    columns = ("offer", "hours offered", "used by others", "own use", "% used by others")
    say_table(
        "Hours", columns, ([line["offer"], *(line[name] for name in names)] for line in lines)
    )


@report.command()
@json_option
def coordinator(as_json: bool) -> None:  # noqa: FBT001
    """Show who waits and who declines, and what is worth asking around for. Counts are exact."""
    with running() as network, network.reading() as work:
        told = for_coordinator(work, operator())
    if as_json:
        say_json(told)
        return
    waits = ("exchange", "needs", "median_days", "longest_days")
    say_table(
        "Waiting needs",
        ("exchange", "needs", "median days", "longest"),
        _rows(told["waits"], waits),
    )
    if told["declines"]:
        declines = ("organisation", "declines", "flag")
        say_table("Declines", declines, _rows(told["declines"], declines))
    for each in told["demand"]:
        say(each["sentence"])


@report.command()
@json_option
def unmet(as_json: bool) -> None:  # noqa: FBT001
    """Show gaps and overlaps as they may be passed on: small counts are withheld."""
    with running() as network, network.reading() as work:
        told = published(work, operator())
    if as_json:
        say_json(told)
        return
    names = ("area", "exchange", "category", "said")
    say_table("Gaps", ("area", "exchange", "kind", "groups"), _rows(told["gaps"], names))
    say_table("Overlaps", ("area", "exchange", "kind", "groups"), _rows(told["overlaps"], names))
    dear = _rows(told.get("priced_out", []), names)
    say_table("Priced out", ("area", "exchange", "kind", "groups"), dear)


@report.command()
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="The file that is written; its ending says what it becomes: .pdf, .xlsx or .csv.",
)
@click.option("--language", default=DEFAULT, show_default=True, help="Such as en.")
def funder(out: Path, language: str) -> None:
    """Write the report for funders, as it was last published. It names nobody.

    \b
    Example:
      cypn report funder --out report.pdf
    """  # noqa: D301 - click reads the escape
    ending = out.suffix.removeprefix(".").lower()
    if ending not in FORMATS:
        raise click.BadParameter(f"ends in {out.suffix or 'nothing'}; use .{', .'.join(FORMATS)}.")
    if language not in languages():
        raise click.BadParameter(f"{language} is not there; there is {', '.join(languages())}.")
    with running() as network, network.reading() as work:
        told = funder_report(work, operator(), languages()[language])
    out.write_bytes(FORMATS[ending].write(told))
    say(f"Written: {out}")


def _rows(lines: list[Json], names: tuple[str, ...]) -> list[list[object]]:
    return [[line[name] for name in names] for line in lines]
