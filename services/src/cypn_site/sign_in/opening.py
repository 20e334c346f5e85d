"""The cookie of a session: given to who has signed in, and taken away from who signs out."""

from __future__ import annotations

import datetime as dt

from flask import Response, session
from werkzeug.http import dump_cookie

from cypn_core.domain.people import Session
from cypn_site.visits import SIGNED_IN_AS, Visit

PAST = dt.datetime(1970, 1, 2, tzinfo=dt.UTC)


def signed_in(visit: Visit, secret: str, known: Session) -> Response:
    """Go on to where the visitor wanted to go, with the cookie of the session *known*."""
    target = session.pop("next", None) or visit.url("home")
    session.clear()  # what was open before does not reach into the session, and the other way round
    if known.organisation is None and len(known.organisations) > 1:
        target = visit.url("groups")
    response = visit.leave(target)
    response.headers.add("Set-Cookie", _cookie(visit, secret, known.expires))
    return response


def signed_out(visit: Visit, said: str) -> Response:
    """Go on to the front page, which tells *said*, without the cookie."""
    session.clear()
    response = visit.go("start", said)
    response.headers.add("Set-Cookie", _cookie(visit, "", PAST))
    return response


def _cookie(visit: Visit, secret: str, expires: dt.datetime | None) -> str:
    return dump_cookie(
        visit.settings.cookie(SIGNED_IN_AS),
        secret,
        expires=expires,
        secure=visit.settings.secure,
        httponly=True,
        samesite="Lax",
    )
