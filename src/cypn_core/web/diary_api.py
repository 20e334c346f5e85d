"""A holder's own calendar, imported: PUT it, GET when and how much, DELETE to end it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from attrs import evolve

from cypn_core.application import diary
from cypn_core.application.diary import Imported
from cypn_core.application.diary_reading import WHY
from cypn_core.application.diary_worker import read_apart
from cypn_core.application.network import Network
from cypn_core.domain.diaries import Diary
from cypn_core.web.operations import Asked, Given, Json, Operation, Raw, Reply

PATH = "/v1/offers/{offer}/calendar"
MEDIA_TYPE = "text/calendar"


def operations(exchange: str) -> Iterator[Operation]:
    """What a holder can do with its calendar; part of the exchange's service."""
    yield Operation(
        name="import_calendar",
        method="PUT",
        path=PATH,
        summary="Import your own calendar: one of your offers is given to nobody while you use it",
        takes=Raw(MEDIA_TYPE),
        revises=True,
        shows="DiaryImport",
        prepare=_read,
        run=partial(_import, exchange),
    )
    yield Operation(
        name="show_calendar",
        method="GET",
        path=PATH,
        summary="When your calendar was last imported for one of your offers, and how much of it",
        shows="Diary",
        run=partial(_show, exchange),
    )
    yield Operation(
        name="end_calendar",
        method="DELETE",
        path=PATH,
        summary="Forget your imported calendar; whoever waits for its hours is told",
        revises=True,
        shows="Diary",
        run=partial(_end, exchange),
    )


def shown_import(found: Imported) -> Json:
    """What came of an import, as the answer tells it."""
    return {
        **_shown(found.diary),
        "left_out": [
            {"code": code, "because": WHY[code], "events": list(places)}
            for code, places in sorted(found.left_out.items())
        ],
        "agreed": [
            {"start": each.start.isoformat(), "end": each.end.isoformat()} for each in found.agreed
        ],
    }


def _read(network: Network, given: Given) -> Given:
    zone = network.hub.region.zone_name
    now = network.clock().replace(microsecond=0)
    return evolve(given, body=read_apart(given.body, zone, now))


def _import(exchange: str, asked: Asked) -> Reply:
    given, offer = asked.given, asked.given.path["offer"]
    work, caller = asked.work, asked.caller
    found = diary.import_(work, caller, exchange, offer, given.body, given.revision)
    return Reply(body=shown_import(found), revision=found.diary.revision)


def _show(exchange: str, asked: Asked) -> Reply:
    found = diary.diary_of(asked.work, asked.caller, exchange, asked.given.path["offer"])
    return Reply(body=_shown(found), revision=found.revision)


def _end(exchange: str, asked: Asked) -> Reply:
    given = asked.given
    found = diary.end(asked.work, asked.caller, exchange, given.path["offer"], given.revision)
    return Reply(body=_shown(found), revision=found.revision)


def _shown(found: Diary) -> Json:
    return {
        "offer": found.offer,
        "state": found.state,
        "revision": found.revision,
        "at": None if found.at is None else found.at.isoformat(),
        "events": found.events,
        "dates": found.dates,
    }
