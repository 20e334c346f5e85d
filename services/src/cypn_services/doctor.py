"""What an operator wants to know when something does not work."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
from contextlib import closing
from typing import Any

from cypn_core.application.network import utc_now
from cypn_core.application.settings import settings_of
from cypn_core.domain.errors import CypnError
from cypn_core.hub import Hub
from cypn_core.storage.engine import Store
from cypn_core.storage.export import by_exchange, counts
from cypn_core.storage.health import health, ready
from cypn_core.storage.mails import Mails
from cypn_services.mail import TRUSTEES, VARIABLES
from cypn_services.roads.settings import described
from cypn_services.settings import Settings
from cypn_services.variables import given, unknown

RECENT = dt.timedelta(days=7)


def examine(settings: Settings) -> dict[str, Any]:
    """What is there, and under ``problems`` a sentence for each thing to mend."""
    problems: list[str] = []
    found: dict[str, Any] = {"python": platform.python_version()}
    problems += [f"{name} is read by nobody: is it mistyped?" for name in unknown(os.environ)]
    hub = _hub(settings, problems)
    found["region"] = hub.region.code if hub else None
    found["plugins"] = list(hub.plugins()) if hub else []
    found["exchanges"] = list(hub.exchanges) if hub else []
    found["mail"] = _mail(settings)
    found["routing"] = described(given(os.environ))
    found["database"] = without_password(settings.database_url)
    try:
        with closing(settings.store()) as store:
            found |= _store(store, hub, problems)
    except CypnError as error:
        problems.append(str(error))
    return {**found, "problems": problems}


def without_password(url: str) -> str:
    """*url* with its password left out, wherever it is put.

    >>> without_password("postgresql://kim:secret@db.example.org/cypn?password=secret")
    'postgresql://kim:***@db.example.org/cypn?password=***'
    """
    hidden = re.sub(r"://([^:/@]*):.*@", r"://\1:***@", url)
    return re.sub(r"(?i)([?&]password=)[^&]*", r"\1***", hidden)


def _mail(settings: Settings) -> str:
    if settings.mailing is None:
        return f"off: set {', '.join(VARIABLES)} to send mail"
    kept = len(settings.mailing.trustees) or f"nobody: set {TRUSTEES}"
    return (
        f"on, from {settings.mailing.sender}; links lead to {settings.mailing.public_url}; digests "
        f"of the log go to {kept}"
    )


def _hub(settings: Settings, problems: list[str]) -> Hub | None:
    try:
        hub = settings.hub()
        for name in hub.exchanges:
            settings_of(hub, name)
    except CypnError as error:
        problems.append(str(error))
        return None
    return hub


def _why_not(store: Store) -> str:
    try:
        ready(store)
    except CypnError as error:
        return str(error)
    return "The store was busy: look again."


def _store(store: Store, hub: Hub | None, problems: list[str]) -> dict[str, Any]:
    found = health(store)
    told: dict[str, Any] = {
        "schema": found.revision,
        "head": found.head,
        "at_head": found.at_head,
        "writable": found.writable,
    }
    if not found.at_head or not found.writable:
        problems.append(_why_not(store))
    if not found.at_head:
        return told
    with store.reading() as connection:
        told["counts"] = dict(counts(connection))
        kept = by_exchange(connection)
        told["mails"] = Mails(connection).counts(utc_now() - RECENT)
    if dead := told["mails"].get("dead"):
        problems.append(f"{dead} mails could not be handed over in a week: look at the mail server")
    known = {*(hub.exchanges if hub else ()), "noted"}
    told["left_by_plugins_that_are_gone"] = {n: c for n, c in kept.items() if n not in known}
    return told
