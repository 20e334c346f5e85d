"""The pages behind the links in mails: a button to press, and what came of it.

Mail scanners open links, so a GET looks nothing up and changes nothing: the page of a good link
and of a dead one are the same. Only a POST acts. One refusal is the same as any other, to the byte.
"""

from __future__ import annotations

from html import escape

from flask import Flask, Response

from cypn_core.application import links
from cypn_core.application.network import Network
from cypn_core.domain.errors import CypnError
from cypn_core.web import membership_api
from cypn_core.web.calendar_api import add_calendars
from cypn_core.web.listing_api import add_listings
from cypn_core.web.problems import problem_for
from cypn_core.web.service import create_app

POLICY = "default-src 'none'; form-action 'self'; frame-ancestors 'none'"
REFUSED = (
    "This link cannot be used: it was used before, has expired, or went to somebody who is not the "
    "contact any more. Nothing was changed. Your messages are in your inbox, and your coordinator "
    "can help you."
)


def membership_service(network: Network) -> Flask:
    """The membership service: its operations, the pages behind mailed links, and the feeds."""
    app = create_app(network, "Membership", membership_api.operations())
    app.add_url_rule(
        "/links/<choice>/<token>",
        "link",
        _button,
        methods=["GET"],
        provide_automatic_options=False,
    )
    app.add_url_rule(
        "/links/<choice>/<token>",
        "use_link",
        lambda choice, token: _used(network, choice, token),
        methods=["POST"],
        provide_automatic_options=False,
    )
    add_calendars(app, network)
    add_listings(app, network)
    return app


def _button(choice: str, token: str) -> Response:
    words = links.WORDS.get(choice)
    if words is None:
        return _refused()
    press = f'<form method="post"><button>{escape(words)}</button></form>'
    return _page(words, "Press the button to send this answer.", press)


def _used(network: Network, choice: str, token: str) -> Response:
    try:
        done = network.transact(lambda work: links.use(work, choice, token))
    except CypnError as error:
        told = problem_for(error)
        return _page("This could not be done", told.detail or told.title, status=told.status)
    return _refused() if done is None else _page("Thank you", done)


def _refused() -> Response:
    return _page("This link cannot be used", REFUSED, status=410)


def _page(title: str, text: str, more: str = "", status: int = 200) -> Response:
    page = (
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{escape(title)}'
        '</title><meta name="viewport" content="width=device-width"></head>\n'
        f"<body><main><h1>{escape(title)}</h1><p>{escape(text)}</p>{more}</main></body>\n</html>\n"
    )
    response = Response(page, status, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Robots-Tag"] = "noindex"
    return response
