"""``cypn propose``: the operator has open needs put together and proposed to their groups."""

from __future__ import annotations

import click

from cypn_core.application import propose as proposing
from cypn_core.domain.errors import NotFound
from cypn_core.web.proposal_api import shown
from cypn_services.cli.console import json_option, operator, running, say, say_json


@click.command()
@click.argument("exchange")
@click.option("--preview", is_flag=True, help="Only look: nothing is stored and nobody is told.")
@json_option
def propose(exchange: str, preview: bool, as_json: bool) -> None:  # noqa: FBT001
    """Put the open needs of EXCHANGE together, and ask their groups whether they would share.

    \b
    Examples:
      cypn propose transport --preview
      cypn propose transport
    """  # noqa: D301 - click reads the escape
    name = exchange.replace("-", "_")
    with running() as network:
        try:
            if preview:
                with network.reading() as work:
                    sketched = proposing.preview(work, operator(), name)
            else:
                sketched = proposing.propose(network, operator(), name)[0]
        except NotFound as error:
            raise click.BadParameter(f"{exchange} puts no needs together") from error
    told = shown(sketched)
    say_json(told) if as_json else say(_told(told, preview=preview))


def _told(told: dict[str, object], *, preview: bool) -> str:
    if told["failed"]:
        return "The planner failed: nothing is proposed. The log says why."
    what = "could be proposed" if preview else "are proposed"
    return (
        f"{told['needs']} needs wait. {told['together']} of them {what} to share; {told['alone']} "
        f"would go alone. Found by {told['method']} in {told['seconds']} s, gap {told['gap']}."
    )
