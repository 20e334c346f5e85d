"""The operations on calendar feeds, and the address that a calendar program reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from annotated_types import MaxLen, MinLen
from attrs import frozen
from flask import Flask, Response

from cypn_core.application import feeds
from cypn_core.application.network import Network
from cypn_core.domain.constraints import constrained
from cypn_core.storage.feeds import StoredFeed
from cypn_core.web.operations import Asked, Json, Operation, Reply


@frozen(kw_only=True, field_transformer=constrained)
class FeedWanted:
    """A new calendar feed: who will read it."""

    label: Annotated[str, MinLen(1), MaxLen(80)]


def operations() -> Iterator[Operation]:
    """Make, list and revoke feeds."""
    yield Operation(
        name="make_feed",
        method="POST",
        path="/v1/calendar-feeds",
        summary="Make a calendar feed of your agreed deals; its address is shown this once",
        takes=FeedWanted,
        answers_a_secret=True,
        answers=(201,),
        run=_make,
    )
    yield Operation(
        name="list_feeds",
        method="GET",
        path="/v1/calendar-feeds",
        summary="Your calendar feeds in force",
        run=lambda asked: Reply(
            body={"items": [_shown(each) for each in feeds.feeds(asked.work, asked.caller)]}
        ),
    )
    yield Operation(
        name="revoke_feed",
        method="DELETE",
        path="/v1/calendar-feeds/{feed}",
        summary="Revoke a calendar feed at once",
        run=_revoke,
    )


def add_calendars(app: Flask, network: Network) -> None:
    """Serve ``/calendar/<token>.ics``: the token is the key, so no other is asked for."""
    app.add_url_rule(
        "/calendar/<token>.ics",
        "calendar",
        lambda token: _calendar(network, token),
        methods=["GET"],
        provide_automatic_options=False,
    )


def path_of(token: str) -> str:
    """Where the feed of *token* is, below the membership service."""
    return f"/calendar/{token}.ics"


def _calendar(network: Network, token: str) -> Response:
    with network.reading() as work:
        found = feeds.read_feed(work, token)
    response = Response(found, content_type="text/calendar; charset=utf-8")
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _make(asked: Asked) -> Reply:
    token, made = feeds.new_feed(asked.work, asked.caller, asked.given.body.label)
    return Reply(body={**_shown(made), "path": path_of(token)}, status=201)


def _revoke(asked: Asked) -> Reply:
    feeds.revoke_feed(asked.work, asked.caller, asked.given.path["feed"])
    return Reply(body={"revoked": True})


def _shown(feed: StoredFeed) -> Json:
    return {"id": feed.id, "label": feed.label, "created": feed.created.isoformat()}
