"""A group of commands for each exchange, derived from the Actions that it declares."""

from __future__ import annotations

from typing import Any

import click

from cypn_core.application import actions, consent, gather
from cypn_core.application.network import Work
from cypn_core.domain.deals import Deal
from cypn_core.domain.ids import OrganisationId
from cypn_core.exchange import Action, Exchange
from cypn_core.web.schemas import load
from cypn_services.cli.console import (
    as_option,
    json_file,
    json_option,
    operator,
    running,
    say,
    say_json,
)


def group_for(exchange: Exchange) -> click.Group:
    """The commands of *exchange*, one for each of its actions."""
    commands = [_command(exchange.name, action) for action in exchange.actions]
    if exchange.gathering and exchange.gathering.replayed:
        commands.append(_replay(exchange.name))
    return click.Group(exchange.slug, commands=commands, help=f"{exchange.title}: its own actions.")


def _command(exchange: str, action: Action) -> click.Command:
    @click.argument("deal")
    @as_option(required=True)
    @json_option
    def run(deal: str, organisation: str, as_json: bool, given: str | None = None) -> None:  # noqa: FBT001
        body = load(action.takes, json_file(given)) if action.takes and given else None
        with running() as network:
            moved = network.transact(
                lambda work: _act(work, exchange, deal, action, body, organisation)
            )
        told = {"id": moved.id, "state": moved.state.value, "sub_state": moved.sub_state}
        say_json(told) if as_json else say(f"{moved.id} is {moved.sub_state or moved.state.value}.")

    if action.takes is not None:
        file = click.Path(exists=True, dir_okay=False, allow_dash=True)
        run = click.option("--input", "given", type=file, required=True, help="JSON file.")(run)
    help_text = f"{action.title}. {_for_whom(action)}"
    return click.command(action.name, help=help_text)(run)


def _replay(exchange: str) -> click.Command:
    @click.argument("deal")
    @json_option
    def run(deal: str, as_json: bool) -> None:  # noqa: FBT001
        with running() as network, network.reading() as work:
            differences = gather.replay(work, operator(), exchange, deal)
        same = not differences
        if as_json:
            say_json({"id": deal, "same": same, "differences": list(differences)})
        else:
            say("\n".join(differences) or "It comes out the same, bit for bit.")
        if not same:
            raise SystemExit(1)

    told = "Decide again what was decided in DEAL, from its own record; 1 where it is not the same."
    return click.command("replay", help=told)(run)


def _for_whom(action: Action) -> str:
    """Which party of what deal may do it, as the help of a command says it."""
    roles = ", or else ".join(role.replace("_", " ") for role in action.roles)
    whose = f"{action.who} ({roles})" if roles else action.who
    if action.gathering:
        return "For those who are in a DEAL that is gathered."
    over = ", or of one that is over" if action.after_end else ""
    return f"For the {whose} of an agreed DEAL{over}."


def _act(
    work: Work, exchange: str, deal: str, action: Action, body: Any, organisation: str
) -> Deal:
    work.organisations.get(OrganisationId(organisation))
    caller = operator(organisation)
    revision = consent.deal_of(work, caller, exchange, deal).revision
    return actions.act(work, caller, exchange, deal, action, body, revision)
