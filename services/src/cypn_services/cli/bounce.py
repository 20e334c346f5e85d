"""``cypn bounce``: what becomes of mail that came back."""

from __future__ import annotations

import click

from cypn_core.application import bounces
from cypn_services.cli.console import json_option, operator, running, say, say_json, say_table


@click.command()
@click.argument("what", metavar="[ADDRESS|MESSAGE-ID]", required=False)
@json_option
def bounce(what: str | None, as_json: bool) -> None:  # noqa: FBT001
    """Say that mail came back: it goes to the second contact, and then to the coordinator.

    Without an argument, list the members one of whose contacts gets no mail.

    \b
    Examples:
      cypn bounce kim@example.org
      cypn bounce "<0123456789abcdef0123456789abcdef.0@hub.example.org>"
    """  # noqa: D301 - click reads the escape
    if what is None:
        _list(as_json=as_json)
        return
    with running() as network:
        again = network.transact(lambda work: bounces.bounce(work, operator(), what))
    say_json({"sent_again": again}) if as_json else say(f"{again} mails go out again.")


def _list(*, as_json: bool) -> None:
    with running() as network, network.reading() as work:
        found = bounces.unreached(work, operator())
    columns = ("organisation", "name", "reason", "since", "by mail")
    rows = [
        (e.organisation, e.name, e.reason, e.since.isoformat(), "yes" if e.by_mail else "no")
        for e in found
    ]
    if as_json:
        say_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        say_table("Members that mail does not reach", columns, rows)
