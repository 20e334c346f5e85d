"""``cypn settings``: every variable that may be set, and what is set."""

from __future__ import annotations

import os

import click

from cypn_services.cli.console import json_option, say, say_json, say_table
from cypn_services.variables import FILE, VARIABLES, unknown


@click.command()
@json_option
def settings(as_json: bool) -> None:  # noqa: FBT001
    """List every variable of the environment that cypn reads; a secret is never printed."""
    rows = [(each.name, _now(each.name, secret=each.secret), each.text) for each in VARIABLES]
    if as_json:
        say_json([{"name": name, "set_to": now, "text": text} for name, now, text in rows])
        return
    say_table("Settings", ("variable", "set to", "what for"), rows)
    for name in unknown(os.environ):
        say(f"To mend: {name} is read by nobody: is it mistyped?")


def _now(name: str, *, secret: bool) -> str:
    if secret and f"{name}{FILE}" in os.environ:
        return f"what is in {os.environ[f'{name}{FILE}']}"
    if name not in os.environ:
        return ""
    return "(set, and secret)" if secret else os.environ[name]
