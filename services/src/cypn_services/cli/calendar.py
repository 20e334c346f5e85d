"""``cypn calendar``: the feeds from which calendar programs read a member's agreed deals."""

from __future__ import annotations

import click

from cypn_core.application import feeds
from cypn_core.web.calendar_api import path_of
from cypn_services.cli.console import as_option, json_option, operator, running, say, say_json


@click.group()
def calendar() -> None:
    """Make, list and revoke private calendar feeds."""


@calendar.command()
@as_option(required=True)
@click.option("--label", required=True, help="Whose calendar reads it.")
def new(organisation: str, label: str) -> None:
    """Make a feed and print its path below the membership service: it cannot be shown again."""
    with running() as network:
        token, _ = network.transact(
            lambda work: feeds.new_feed(work, operator(organisation), label)
        )
    say(path_of(token))


@calendar.command("list")
@as_option(required=True)
@json_option
def list_(organisation: str, as_json: bool) -> None:  # noqa: FBT001
    """List the feeds in force, and never their addresses."""
    with running() as network, network.reading() as work:
        found = feeds.feeds(work, operator(organisation))
    if as_json:
        say_json([{"id": each.id, "label": each.label} for each in found])
    for each in [] if as_json else found:
        say(f"{each.id} {each.label}")


@calendar.command()
@as_option(required=True)
@click.argument("feed", metavar="ID")
def revoke(organisation: str, feed: str) -> None:
    """Revoke a feed at once."""
    with running() as network:
        network.transact(lambda work: feeds.revoke_feed(work, operator(organisation), feed))
    say(f"{feed} is revoked.")
