"""``cypn audit``: whether the log is still what it was."""

from __future__ import annotations

import datetime as dt
import re
import sys

import click

from cypn_core.application import audit as auditing
from cypn_services.cli.console import json_option, operator, running, say, say_json


def _mailed(
    _context: click.Context, _option: click.Parameter, said: tuple[str, ...]
) -> dict[dt.date, str]:
    """``DAY=DIGEST`` as it stands in the mail to the trustees, each as a day and its digest."""
    found: dict[dt.date, str] = {}
    for each in said:
        day, _, digest = each.strip().lower().partition("=")
        try:
            found[dt.date.fromisoformat(day)] = _digest(digest)
        except ValueError:
            raise click.BadParameter(
                f"{each} is not DAY=DIGEST, as it stands in the mail"
            ) from None
    return found


def _digest(said: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", said):
        raise ValueError(said)
    return said


@click.group()
def audit() -> None:
    """Look whether the log is still what it was."""


@audit.command()
@click.option(
    "--mailed", multiple=True, callback=_mailed, help="DAY=DIGEST from a mail; may be repeated."
)
@json_option
def verify(mailed: dict[dt.date, str], as_json: bool) -> None:  # noqa: FBT001
    """Say whether events of past days were changed, removed or cut; exit code 1 when they were.

    Only with a digest that a trustee was mailed can it be seen that the end of the log was cut off,
    or that all of it was written anew.

    \b
    Examples:
      cypn audit verify
      cypn audit verify --mailed 2027-01-04=5c1f…
    """  # noqa: D301 - click reads the escape
    with running() as network, network.reading() as work:
        found = auditing.verify(work, operator(), mailed)
    last = found.last
    if as_json:
        told = None if last is None else {"day": last.day.isoformat(), "digest": last.digest}
        say_json(
            {"days": found.days, "events": found.events, "last": told, "flaws": list(found.flaws)}
        )
    else:
        end = "nothing is sealed yet" if last is None else f"the last is {last.day}={last.digest}"
        say(f"{found.days} days with {found.events} events: {end}.")
        for flaw in found.flaws:
            say(f"Not as it was: {flaw}")
    if found.flaws:
        sys.exit(1)
