"""What every command shares: the network it works on, who acts, and how it speaks."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import click
from attrs import evolve
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cypn_core.application.network import SYSTEM, Caller, Network
from cypn_core.domain.errors import CypnError
from cypn_core.domain.ids import OrganisationId
from cypn_core.hub import Hub
from cypn_core.web.bodies import read_json
from cypn_core.web.problems import Refused
from cypn_services.settings import Settings, network
from cypn_services.variables import given

F = TypeVar("F", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")


def as_option(*, required: bool = False) -> Callable[[F], F]:
    """``--as ORGANISATION``: for whom the operator acts."""
    return click.option(
        "--as", "organisation", required=required, help="The organisation that is acted for, by id."
    )


def environment() -> dict[str, str]:
    """The environment, with secrets read from their files where they are given so."""
    return given(os.environ)


def settings() -> Settings:
    """The settings in the environment."""
    return Settings.read(environment())


def hub() -> Hub:
    """The plugins alone, where no store is needed."""
    return settings().hub()


@contextmanager
def running() -> Iterator[Network]:
    """The network that the environment describes; its store is closed at the end."""
    opened = network(settings())
    try:
        yield opened
    finally:
        opened.store.close()


def operator(organisation: str | None = None) -> Caller:
    """The operator, acting for *organisation* where one is named."""
    if organisation is None:
        return SYSTEM
    return evolve(SYSTEM, organisation=OrganisationId(organisation), acts_for_another=True)


def say(sentence: str) -> None:
    """One plain line."""
    click.echo(sentence)


def say_json(data: Any) -> None:
    """*data* as JSON."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))


def say_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table; cells are shown as they are, whatever signs they hold."""
    table = Table(title=escape(title), title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(escape("" if cell is None else str(cell)) for cell in row))
    Console().print(table)


def json_file(path: str) -> Any:
    """The JSON in the file at *path*, read as strictly as a request's body."""
    with click.open_file(path, "rb") as file:
        return read_json(file.read(), "application/json")


class Plain(click.Group):
    """A group whose commands end with one plain line and exit code 1 when something is refused."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except CypnError as error:
            raise click.ClickException(_line(str(error))) from None
        except Refused as refused:
            told = refused.problem
            wrong = "; ".join(f"{name}: {', '.join(said)}" for name, said in told.fields.items())
            raise click.ClickException(_line(f"{told.detail or told.title} {wrong}")) from None


def _line(text: str) -> str:
    return " ".join(text.split())
