"""``cypn staff``: who works for the hub, and signs in as that."""

from __future__ import annotations

import click

from cypn_core.application import staff as people
from cypn_core.domain.people import Staff, StaffRole, StaffWanted
from cypn_core.web.schemas import load
from cypn_services.cli.console import (
    json_option,
    operator,
    running,
    say,
    say_json,
    say_table,
)

ROLE = click.Choice([role.value for role in StaffRole])


@click.group()
def staff() -> None:
    """Say who coordinates, audits, or is a trustee."""


@staff.command()
@click.argument("email")
@click.option("--name", required=True, help="What the pages call them.")
@click.option("--role", required=True, type=ROLE)
@json_option
def add(email: str, name: str, role: str, as_json: bool) -> None:  # noqa: FBT001
    """Let somebody sign in as staff, by links that are mailed to EMAIL.

    \b
    Examples:
      cypn staff add sam@example.org --name "Sam Hill" --role coordinator
      cypn staff add sam@example.org --name "Sam Hill" --role trustee
    """  # noqa: D301 - click reads the escape
    wanted = load(StaffWanted, {"name": name, "email": email, "role": role})
    with running() as network:
        made = network.transact(lambda work: people.add(work, operator(), wanted))
    say_json(_told(made)) if as_json else say(f"{made.email} may sign in as {_roles(made)}.")


@staff.command()
@click.argument("email")
@click.option("--role", type=ROLE, help="Only this role; else all.")
@json_option
def remove(email: str, role: str | None, as_json: bool) -> None:  # noqa: FBT001
    """Take a role from somebody, or all of them; who is signed in is out at once."""
    only = None if role is None else StaffRole(role)
    with running() as network:
        left = network.transact(lambda work: people.remove(work, operator(), email, only))
    say_json(_told(left)) if as_json else say(
        f"{left.email}: {_roles(left) or 'no role any more'}."
    )


@staff.command("list")
@json_option
def list_(as_json: bool) -> None:  # noqa: FBT001
    """List everybody who works for the hub or ever did."""
    with running() as network, network.reading() as work:
        told = [_told(each) for each in people.listed(work, operator())]
    if as_json:
        say_json(told)
    else:
        columns = ("id", "name", "email", "roles", "since")
        say_table("Staff", columns, ([each[column] for column in columns] for each in told))


def _roles(person: Staff) -> str:
    return ", ".join(sorted(role.value for role in person.roles))


def _told(person: Staff) -> dict[str, str]:
    return {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "roles": _roles(person),
        "since": person.since.isoformat(),
    }
