"""``cypn key``: the API keys."""

from __future__ import annotations

import click

from cypn_core.application import keys
from cypn_core.domain.ids import OrganisationId
from cypn_core.storage.members import StoredKey
from cypn_services.cli.console import (
    json_option,
    operator,
    running,
    say,
    say_json,
    say_table,
)


@click.group()
def key() -> None:
    """Make, list and revoke API keys."""


@key.command()
@click.option("--organisation", help="Whose key it is; only for the scope member.")
@click.option(
    "--scope", "scopes", multiple=True, required=True, type=click.Choice(sorted(keys.SCOPES))
)
@click.option("--label", required=True, help="What it is for.")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 366))
@json_option
def new(
    organisation: str | None,
    scopes: tuple[str, ...],
    label: str,
    days: int,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Make a key and print it: it cannot be shown again.

    \b
    Examples:
      cypn key new --scope coordinator --label "Desk"
      cypn key new --scope member --organisation 0123456789abcdef0123456789abcdef --label Website
    """  # noqa: D301 - click reads the escape
    owner = OrganisationId(organisation) if organisation else None
    with running() as network:
        token, made = network.transact(
            lambda work: keys.new_key(work, operator(), owner, frozenset(scopes), label, days)
        )
    say_json({**_told(made), "key": token}) if as_json else say(token)


@key.command("list")
@json_option
def list_(as_json: bool) -> None:  # noqa: FBT001
    """List every key there ever was, and never the keys themselves."""
    with running() as network, network.reading() as work:
        told = [_told(each) for each in work.members.keys()]  # noqa: SIM118 - no dict
    if as_json:
        say_json(told)
    else:
        columns = ("id", "label", "scopes", "organisation", "expires", "revoked")
        say_table("Keys", columns, ([each[column] for column in columns] for each in told))


@key.command()
@click.argument("key_id", metavar="ID")
def revoke(key_id: str) -> None:
    """Revoke a key at once."""
    with running() as network:
        network.transact(lambda work: keys.revoke(work, operator(), key_id))
    say(f"{key_id} is revoked.")


def _told(made: StoredKey) -> dict[str, str | None]:
    return {
        "id": made.id,
        "label": made.label,
        "scopes": " ".join(sorted(made.scopes)),
        "organisation": made.organisation,
        "created": made.created.isoformat(),
        "expires": made.expires.isoformat(),
        "revoked": made.revoked.isoformat() if made.revoked else None,
    }
