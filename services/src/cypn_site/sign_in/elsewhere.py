"""Signing in by somebody else's word: an issuer that the operator trusts tells the address."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from flask import Response, request, session

from cypn_core.application import sign_in
from cypn_core.domain.errors import NotFound
from cypn_site.pages import PUBLIC, Page
from cypn_site.sign_in.issuer import BACK, Issuer
from cypn_site.sign_in.opening import signed_in
from cypn_site.visits import Visit

KEPT = "elsewhere"
"""Where the signed cookie keeps what was asked, until the browser comes back."""


def pages() -> Iterator[Page]:
    """To the issuer, and back; missing where no issuer is set."""
    yield Page(rule="/sign-in/elsewhere", name="sign_in_elsewhere", who=PUBLIC, show=_go)
    yield Page(rule=BACK, name="sign_in_back", who=PUBLIC, show=_back)


def _go(visit: Visit) -> Response:
    """The one way out of this site: a link of the sign-in page, and the address is the issuer's."""
    issuer, oidc = _issuer(visit), _oidc()
    try:
        target, started = oidc.begin(issuer, visit.network.clock())
    except oidc.Away:
        return _away(visit, issuer)
    session[KEPT] = started.kept()
    return Response(status=303, headers={"Location": target})


def _back(visit: Visit) -> Response:
    """Whatever is wrong with the answer, whoever it is of: the page says the same."""
    issuer, oidc = _issuer(visit), _oidc()
    kept = session.pop(KEPT, None)
    if kept is None:
        return _refused(visit, issuer)
    started = oidc.Started(**kept)
    try:
        email = oidc.vouched_for(issuer, started, request.args, visit.network.clock())
    except oidc.Away:
        return _away(visit, issuer)
    except oidc.NotVouched:
        return _refused(visit, issuer)
    opened = visit.network.transact(lambda work: sign_in.vouched(work, email))
    return _refused(visit, issuer) if opened is None else signed_in(visit, *opened)


def _issuer(visit: Visit) -> Issuer:
    if visit.settings.issuer is None:
        raise NotFound
    return visit.settings.issuer


def _oidc() -> ModuleType:
    """What needs the extra ``oidc``, which is there where an issuer is set."""
    from cypn_site.sign_in import oidc  # noqa: PLC0415

    return oidc


def _refused(visit: Visit, issuer: Issuer) -> Response:
    return visit.show("sign_in/not_vouched.html", status=403, issuer=issuer)


def _away(visit: Visit, issuer: Issuer) -> Response:
    return visit.show("sign_in/away.html", status=503, issuer=issuer)
