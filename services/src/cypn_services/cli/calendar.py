"""``cypn calendar``: feeds of a member's agreed deals, and its own calendar for an offer."""

from __future__ import annotations

import click

from cypn_core.application import diary, feeds
from cypn_core.application.diary_reading import WHY, Reading
from cypn_core.application.diary_worker import read_apart
from cypn_core.application.network import SYSTEM, Work
from cypn_core.domain.errors import Invalid
from cypn_core.domain.ids import PostingId
from cypn_core.web.bodies import MAX_BYTES
from cypn_core.web.calendar_api import path_of
from cypn_core.web.diary_api import shown_import
from cypn_services.cli.console import as_option, json_option, operator, running, say, say_json


@click.group()
def calendar() -> None:
    """Make, list and revoke private calendar feeds; import a holder's own calendar."""


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


@calendar.command("import")
@click.argument("offer")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--dry-run", is_flag=True, help="Only say what would come of it.")
@json_option
def import_(offer: str, file: str, dry_run: bool, as_json: bool) -> None:  # noqa: FBT001
    """Import the iCalendar FILE for OFFER, in place of the import before."""
    with running() as network:
        found = read_apart(_bytes(file), network.hub.region.zone_name, network.clock())
        if dry_run:
            with network.reading() as work:
                made = diary.preview(work, SYSTEM, _exchange(work, offer), offer, found)
        else:
            made = network.transact(lambda work: _imported(work, offer, found))
    if as_json:
        say_json({**shown_import(made), "stored": not dry_run})
        return
    verb = "would be taken" if dry_run else "are taken"
    say(f"{made.diary.dates} dates of {made.diary.events} events {verb}.")
    for code, places in sorted(made.left_out.items()):
        say(f"left out {len(places)}: {WHY[code]}")
    for each in made.agreed:
        say(f"agreed, and stays: {network.hub.region.local(each.start)}")


def _bytes(file: str) -> bytes:
    with click.open_file(file, "rb") as opened:
        raw: bytes = opened.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise Invalid({"FILE": [f"may have at most {MAX_BYTES // 1024} KiB: export fewer months"]})
    return raw


def _exchange(work: Work, offer: str) -> str:
    return work.postings.get(PostingId(offer)).exchange


def _imported(work: Work, offer: str, found: Reading) -> diary.Imported:
    revision = work.diaries.of(PostingId(offer)).revision
    return diary.import_(work, SYSTEM, _exchange(work, offer), offer, found, revision)
