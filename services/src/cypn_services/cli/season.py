"""``cypn season``: dates of an exchange that are given out together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import Progress, TaskID

from cypn_core.application import season_close, season_open
from cypn_core.application.network import Caller, Network, Work
from cypn_core.application.season_open import SeasonWanted
from cypn_core.application.seasons import allocator
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.seasons import Outcome, Season
from cypn_core.web.season_api import outcome, shown
from cypn_services.cli.console import (
    as_option,
    json_option,
    operator,
    running,
    say,
    say_json,
    say_table,
)

Json = dict[str, Any]
T = TypeVar("T", Season, Outcome)

DAY = click.DateTime(formats=["%Y-%m-%d"])
PAGE = 200
seconds_option = click.option(
    "--seconds",
    type=click.IntRange(1, 3600),
    help="How long it may be solved; else what the region says.",
)


@click.group()
def season() -> None:
    """Give out dates together, so that as many groups as possible get something.

    \b
    Example, in this order:
      cypn season open venue_bank --first 2027-01-04 --until 2027-04-05 --closes-on 2026-12-14
      cypn season preview SEASON
      cypn season close SEASON
      cypn season explain SEASON
    """  # noqa: D301 - click reads the escape


@season.command(name="open")
@click.argument("exchange")
@click.option("--first", type=DAY, required=True, help="The first day that is given out.")
@click.option("--until", type=DAY, required=True, help="The first day that is not any more.")
@click.option("--closes-on", type=DAY, required=True, help="The first day needs come too late.")
@click.option("--opens-on", type=DAY, help="The first day needs are taken; else today.")
@json_option
def open_(
    exchange: str,
    first: dt.datetime,
    until: dt.datetime,
    closes_on: dt.datetime,
    opens_on: dt.datetime | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Open a season of EXCHANGE; groups whose needs are in it are told."""
    wanted = SeasonWanted(
        exchange=exchange.replace("-", "_"),
        first=first.date(),
        until=until.date(),
        closes_on=closes_on.date(),
        opens_on=opens_on and opens_on.date(),
    )
    with running() as network:
        opened = network.transact(lambda work: season_open.open_(work, operator(), wanted))
        told = _shown(network, opened)
    say_json(told) if as_json else say(f"{told['id']} is {told['state']}. {told['means']}")


@season.command(name="list")
@json_option
def list_(as_json: bool) -> None:  # noqa: FBT001
    """Show every season and where it stands."""
    with running() as network, network.reading() as work:
        found = list(_paged(lambda after: season_open.listed(work, operator(), after, PAGE)))
        told = [_shown(network, each) for each in found]
    if as_json:
        say_json(told)
        return
    say_table(
        "Seasons",
        ("season", "state", "what"),
        ([line["id"], line["state"], _what(line)] for line in told),
    )


@season.command()
@click.argument("season")
@seconds_option
@json_option
def preview(season: str, seconds: int | None, as_json: bool) -> None:  # noqa: FBT001
    """Show who would get what if SEASON were closed now, under aliases. Nothing is stored."""
    with running() as network, _progress() as told, network.reading() as work:
        told("Deciding", 0, 1)
        found = season_open.preview(work, operator(), season, seconds)
    if as_json:
        say_json(found)
        return
    names = ("group", "need", "dates", "of", "sentence")
    columns = ("group", "need", "dates", "of", "why")
    for title in ("winners", "losers"):
        rows = ([line[name] for name in names] for line in found[title])
        say_table(f"{title.capitalize()}, if closed now", columns, rows)
    _say_proof(found["proof"])
    say(
        f"{found['needs']} needs of {found['groups']} groups; "
        f"{found['groups_with_nothing']} would get nothing."
    )


@season.command()
@click.argument("season")
@seconds_option
@json_option
def close(season: str, seconds: int | None, as_json: bool) -> None:  # noqa: FBT001
    """Decide SEASON and agree what it gives. Stopped in between, run it again."""
    with running() as network:
        limit = seconds or network.hub.region.settings.season_seconds
        with _progress() as told:
            closed = season_close.close(network, operator(), season, allocator(limit), told)
        found = _shown(network, closed)
    if as_json:
        say_json(found)
        return
    say(f"{found['id']} is {found['state']}.")
    _say_proof(found["proof"])
    say(f"See who got what and why: cypn season explain {season}")


@season.command()
@click.argument("season")
@as_option()
@json_option
def explain(season: str, organisation: str | None, as_json: bool) -> None:  # noqa: FBT001
    """Show what came of each need in SEASON and why; of one organisation's with --as."""
    caller = operator(organisation)
    with running() as network, network.reading() as work:
        if organisation is not None:
            work.organisations.get(OrganisationId(organisation))
        told = [outcome(each, exact=True) for each in _outcomes(work, caller, season)]
    if as_json:
        say_json(told)
        return
    say_table(
        "What came of each need",
        ("need", "came to", "why", "what would have helped"),
        ([each["need"], _came_to(each), _why(each), each["would_help"]] for each in told),
    )


def _what(line: Json) -> str:
    return (
        f"{line['exchange']}: {line['first']} up to {line['until']}; "
        f"needs from {line['opens_on']} up to {line['closes_on']}"
    )


def _came_to(line: Json) -> str:
    if line["won"]:
        return f"{line['dates']} dates"
    return f"nothing yet, {line['place']} in line" if line["place"] else "nothing"


def _why(line: Json) -> str:
    offers = {each["sentence"] for each in line["offers"]}
    removed = f" ({'; '.join(sorted(offers))})" if offers and not line["won"] else ""
    return f"{line['sentence']}{removed}"


def _outcomes(work: Work, caller: Caller, season: str) -> Iterator[Outcome]:
    yield from _paged(lambda after: season_open.explain(work, caller, season, after, PAGE))


def _paged(page: Callable[[str], list[T]]) -> Iterator[T]:
    """Everything that *page* gives, from behind each last id on."""
    found = page("")
    while found:
        yield from found
        found = page(found[-1].id)


def _shown(network: Network, found: Season) -> Json:
    today = network.hub.region.today(network.clock())
    return shown(found, found.phase(today).value)


def _say_proof(proof: Json) -> None:
    """By what it was decided, and how good that is proven to be."""
    rows = (
        (level["sessions_a_week"], level["groups"], level["bound"]) for level in proof["levels"]
    )
    say_table("How many groups", ("sessions a week, at least", "groups", "at most"), rows)
    proven = "proven to be the best" if proof["proven"] else "not proven to be the best"
    say(f"{proof['method']} {proof['seconds']} s; gap {proof['gap']:.1%}; {proven}.")


@contextmanager
def _progress() -> Iterator[season_close.Progress]:
    """A bar on the terminal, one for each step."""
    with Progress(console=Console(stderr=True), transient=True) as bars:
        known: dict[str, TaskID] = {}

        def told(step: str, done: int, total: int) -> None:
            if step not in known:
                known[step] = bars.add_task(step, total=None if total == 1 else total)
            bars.update(known[step], completed=done)

        yield told
