"""``cypn check``: what was found on the checklists."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from cypn_core.application import check as checks
from cypn_core.application import check_list
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.standing import Check, CheckOutcome
from cypn_services.cli.console import (
    json_option,
    operator,
    running,
    say,
    say_json,
    say_table,
)
from cypn_site import sheets


@click.group()
def check() -> None:
    """Record and list checks, and see which fall due."""


@check.command()
@click.argument("organisation")
@click.argument("role")
@click.option(
    "--outcome",
    default="passed",
    show_default=True,
    type=click.Choice([o.value for o in CheckOutcome]),
)
@click.option(
    "--expires", type=click.DateTime(["%Y-%m-%d"]), help="The last day, if not the usual."
)
@json_option
def record(
    organisation: str,
    role: str,
    outcome: str,
    expires: dt.datetime | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Record the outcome of the checklist for ROLE; never a certificate's number.

    \b
    Example:
      cypn check record 0123456789abcdef0123456789abcdef seeker
    """  # noqa: D301 - click reads the escape
    until = expires.date() if expires else None
    with running() as network:
        made = network.transact(
            lambda work: checks.record(
                work, operator(), OrganisationId(organisation), role, CheckOutcome(outcome), until
            )
        )
    say_json(_told(made)) if as_json else say(
        f"{role}: {outcome}" + (f" until {made.expires_on}" if made.expires_on else "")
    )


@check.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only check the file.")
@json_option
def import_(file: Path, dry_run: bool, as_json: bool) -> None:  # noqa: FBT001
    """Record every check of a CSV or XLSX file, or none: all rows are looked at first.

    Columns: organisation (its name or id), role, outcome (passed, failed or pending) and, if you
    like, expires_on (such as 2027-09-30).
    """
    rows = sheets.rows(file.read_bytes(), check_list.REQUIRED, check_list.COLUMNS)
    with running() as network:
        with network.reading() as work:
            looked = check_list.look(work, operator(), rows)
        for flaw in looked.flaws:
            click.echo(f"row {flaw.row}: {flaw.column}: {flaw.mend}", err=True)
        if looked.flaws:
            raise click.ClickException(f"{len(looked.flaws)} things to mend; nothing was stored.")
        if not dry_run:
            network.transact(lambda work: check_list.record_all(work, operator(), rows))
    verb = "would be recorded" if dry_run else "recorded"
    told = {"checks": len(looked.checks), "stored": not dry_run}
    say_json(told) if as_json else say(f"{len(looked.checks)} checks {verb}.")


@check.command("list")
@click.argument("organisation")
@json_option
def list_(organisation: str, as_json: bool) -> None:  # noqa: FBT001
    """List every check on record of one organisation."""
    with running() as network, network.reading() as work:
        owner = work.organisations.get(OrganisationId(organisation))
        told = [_told(each) for each in work.organisations.checks([owner.id])[owner.id]]
    if as_json:
        say_json(told)
    else:
        columns = ("role", "outcome", "decided_on", "expires_on", "checker", "version")
        say_table(owner.profile.name, columns, ([each[c] for c in columns] for each in told))


@check.command()
@click.option("--days", default=30, show_default=True, type=click.IntRange(0, 366))
@json_option
def due(days: int, as_json: bool) -> None:  # noqa: FBT001
    """List what is failed, out of date, or will be within some days."""
    with running() as network, network.reading() as work:
        found = checks.due(work, days)
    if as_json:
        say_json(
            [
                {
                    "organisation": d.organisation,
                    "name": d.name,
                    "role": d.role,
                    "because": d.because,
                }
                for d in found
            ]
        )
    else:
        rows = [(d.organisation, d.name, d.role, d.because) for d in found]
        say_table("Checks due", ("id", "name", "role", "because"), rows)


def _told(check: Check) -> dict[str, str | None]:
    return {
        "role": check.role,
        "outcome": check.outcome.value,
        "decided_on": check.decided_on.isoformat(),
        "expires_on": check.expires_on.isoformat() if check.expires_on else None,
        "checker": check.checker,
        "version": check.version,
    }
