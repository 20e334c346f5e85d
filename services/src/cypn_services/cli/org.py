"""``cypn org``: the organisations of the network."""

from __future__ import annotations

from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from cypn_core.application.erase import ahead, erase, settle_store
from cypn_core.application.join import join
from cypn_core.application.network import Work
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.organisations import Obtained, Organisation, Profile, RunBy
from cypn_core.web.schemas import load
from cypn_core.wire.converter import Converter
from cypn_services.cli.console import (
    json_option,
    operator,
    running,
    say,
    say_json,
    say_table,
)
from cypn_services.grouplist import profiles, written


@click.group()
def org() -> None:
    """Add, list, show and import organisations."""


@org.command()
@click.option("--name", required=True)
@click.option("--run-by", required=True, type=click.Choice([each.value for each in RunBy]))
@click.option("--place", required=True, help="A place or postcode of the region.")
@click.option("--contact-name", required=True)
@click.option("--contact-email", required=True)
@click.option("--contact-phone")
@click.option("--number", "numbers", multiple=True, help="Such as GB-CHC-1234567.")
@json_option
def add(as_json: bool, contact_phone: str | None, **told: Any) -> None:  # noqa: FBT001
    """Register one organisation and print its id.

    \b
    Example:
      cypn org add --name "Amber Lane" --run-by volunteers --place Norchester \\
        --contact-name "Kim Day" --contact-email kim@example.org
    """  # noqa: D301 - click reads the escape
    contact = {"name": told.pop("contact_name"), "email": told.pop("contact_email")}
    contact |= {"phone": contact_phone} if contact_phone else {}
    profile = load(Profile, {**told, "numbers": list(told["numbers"]), "contact": contact})
    with running() as network:
        joined = network.transact(lambda work: join(work, operator(), profile))
        shown = _shown(joined, network.converter)
    say_json(shown) if as_json else say(f"{joined.id} {profile.name}")


@org.command("list")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV as `import` reads it.")
@json_option
def list_(as_csv: bool, as_json: bool) -> None:  # noqa: FBT001
    """List every organisation."""
    with running() as network, network.reading() as work:
        found = work.organisations.all()
        shown = [_shown(each, network.converter) for each in found]
    if as_json:
        say_json(shown)
    elif as_csv:
        click.echo(written(each.profile for each in found), nl=False)
    else:
        rows = [(o.id, o.profile.name, o.profile.run_by.value, o.profile.place) for o in found]
        say_table("Organisations", ("id", "name", "run by", "place"), rows)


@org.command()
@click.argument("organisation")
@json_option
def show(organisation: str, as_json: bool) -> None:  # noqa: FBT001
    """Show what the hub holds on one organisation."""
    with running() as network, network.reading() as work:
        found = work.organisations.get(OrganisationId(organisation))
        shown = _shown(found, network.converter)
    if as_json:
        say_json(shown)
    else:
        rows = [(key, value) for key, value in shown["profile"].items() if value]
        say_table(found.profile.name, ("field", "value"), [("id", found.id), *rows])


@org.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Only check the file.")
@json_option
def import_(file: str, dry_run: bool, as_json: bool) -> None:  # noqa: FBT001
    """Register every organisation of a CSV file, or none: all rows are checked first.

    Columns: name, run_by (volunteers or paid_staff), place, contact_name, contact_email, and if
    you like contact_phone, second_name, second_email, second_phone, numbers and exchanges_off
    (several are parted by |).
    """
    with running() as network:
        with network.reading() as work:
            found, wrong = profiles(file, work)
        for problem in wrong:
            click.echo(problem, err=True)
        if wrong:
            raise click.ClickException(f"{len(wrong)} things to mend; nothing was stored.")
        if not dry_run:
            network.transact(lambda work: _join_all(work, found))
    verb = "would be stored" if dry_run else "stored"
    told = {"organisations": len(found), "stored": not dry_run}
    say_json(told) if as_json else say(f"{len(found)} organisations {verb}.")


@org.command("erase")
@click.argument("organisation")
@click.option("--name", required=True, help="Its name, exactly as it stands, to confirm it.")
@json_option
def erase_(organisation: str, name: str, as_json: bool) -> None:  # noqa: FBT001
    """Erase one organisation for good: a former member is left, with its deals and counts.

    Refused while something agreed lies ahead; it is said what. It cannot be undone, and a backup
    that was made before still holds everything: erase again after restoring one.
    """
    caller = operator(organisation)
    with running() as network:
        with network.reading() as work:
            left = ahead(work, caller)
        for each in left:
            click.echo(f"{each.deal} {each.words}", err=True)
        gone = network.transact(lambda work: erase(work, caller, name))
        settle_store(network)
    say_json({"erased": gone.id}) if as_json else say(f"{gone.id} is erased.")


def _join_all(work: Work, found: list[Profile]) -> None:
    with Progress(console=Console(stderr=True), transient=True) as progress:
        for profile in progress.track(found, description="Importing"):
            join(work, operator(), profile, Obtained.IMPORT)


def _shown(organisation: Organisation, converter: Converter) -> dict[str, Any]:
    return {
        "id": organisation.id,
        "revision": organisation.revision,
        "created": converter.write(organisation.created),
        "profile": converter.write(organisation.profile),
    }
