"""The command ``cypn``; what its exchanges add is derived from their Actions."""

from __future__ import annotations

import importlib
import importlib.util

import click

from cypn_core.domain.errors import CypnError
from cypn_services.cli import (
    audit,
    backup,
    bounce,
    calendar,
    check,
    geo,
    key,
    match,
    org,
    propose,
    report,
    season,
    serve,
    settings,
    staff,
    store,
)
from cypn_services.cli.actions import group_for
from cypn_services.cli.console import Plain, hub

DEMO = "cypn_services.demo.command"
OWN: tuple[click.Command, ...] = (
    serve.serve,
    match.match,
    propose.propose,
    org.org,
    check.check,
    key.key,
    staff.staff,
    bounce.bounce,
    audit.audit,
    calendar.calendar,
    geo.geo,
    report.report,
    season.season,
    store.tick,
    store.export,
    store.import_,
    backup.backup,
    backup.restore,
    store.migrate,
    store.doctor,
    settings.settings,
)


class Commands(Plain):
    """The fixed commands, the demo, and a group for each exchange that has actions of its own."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every name; where the plugins do not add up, those that need none."""
        return sorted({*super().list_commands(ctx), "demo", *_exchanges()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; plugins are asked only for a name that is not fixed."""
        if found := super().get_command(ctx, cmd_name):
            return found
        if cmd_name == "demo":
            demo: click.Command = importlib.import_module(DEMO).demo
            return demo
        return _exchanges().get(cmd_name)


def _exchanges() -> dict[str, click.Command]:
    try:
        found = hub().exchanges.values()
    except CypnError:
        return {}
    return {each.slug: group_for(each) for each in found if each.actions}


@click.group(cls=Commands)
@click.version_option(package_name="cypn-services")
def main() -> None:
    """Run a network in which groups meet each other's needs.

    The environment says which: CYPN_DATABASE_URL (by default the file cypn.sqlite3 here),
    CYPN_REGION where several are installed, CYPN_PLUGINS to use only some.

    \b
    Examples:
      cypn demo                      see a whole network matched
      cypn migrate                   make or update the store
      cypn serve                     serve everything on http://127.0.0.1:8080
      cypn org import groups.csv --dry-run
    """  # noqa: D301 - click reads the escape


for _command in OWN:
    main.add_command(_command)
