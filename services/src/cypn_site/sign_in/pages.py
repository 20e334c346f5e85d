"""Signing in: a mailed link, a button, a session; choosing the group; signing out."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from flask import Response, request

from cypn_core.application import sessions, sign_in
from cypn_core.domain.errors import CypnError, Invalid, NotFound
from cypn_site.pages import PUBLIC, SIGNED_IN, Page
from cypn_site.sign_in import elsewhere, open_sessions
from cypn_site.sign_in.open_sessions import signed_in_as
from cypn_site.sign_in.opening import signed_in, signed_out
from cypn_site.visits import Visit

LOCAL = {"localhost", "127.0.0.1", "::1"}
FORWARDED = {"forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"}
"""What a proxy in front adds to a request."""


def pages() -> Iterator[Page]:
    """The pages of signing in and out."""
    yield Page(rule="/sign-in", name="sign_in", who=PUBLIC, show=_form, send=_asked)
    yield Page(rule="/sign-in/sent", name="sign_in_sent", who=PUBLIC, show=_sent)
    yield Page(rule="/sign-in/<token>", name="sign_in_link", who=PUBLIC, show=_button, send=_used)
    yield Page(rule="/groups", name="groups", who=SIGNED_IN, show=_groups, send=_chosen)
    yield Page(rule="/demo/<role>", name="demo_role", who=PUBLIC, send=_demo)
    yield Page(rule="/sign-out", name="sign_out", who=SIGNED_IN, send=_out)
    yield from elsewhere.pages()
    yield from open_sessions.pages()


def _form(visit: Visit) -> Response:
    return visit.show("sign_in/form.html", email=visit.form.get("email", ""))


def _asked(visit: Visit) -> Response:
    """Known or not, the answer is the same."""
    email = visit.form.get("email", "").strip()
    visit.network.transact(lambda work: sign_in.ask(work, email))
    return visit.go("sign_in_sent")


def _sent(visit: Visit) -> Response:
    return visit.show("sign_in/sent.html")


def _button(visit: Visit) -> Response:
    """Mail scanners open links, so that opening one looks nothing up and changes nothing."""
    return visit.show("sign_in/button.html")


def _used(visit: Visit) -> Response:
    token = visit.path["token"]
    try:
        opened = visit.network.transact(lambda work: sign_in.use(work, token))
    except CypnError:
        opened = None
    if opened is None:
        return visit.show("sign_in/refused.html", status=410)
    secret, known = opened
    return signed_in(visit, secret, known)


def _demo(visit: Visit) -> Response:
    """Sign in as somebody of the demo, on the machine that serves it and nowhere else."""
    named = (each for each in visit.settings.demo if each.code == visit.path["role"])
    role = next(named, None)
    if role is None or not _on_this_machine(visit):
        raise NotFound
    email = role.email
    opened = visit.network.transact(lambda work: sign_in.vouched(work, email))
    if opened is None:
        raise NotFound
    return signed_in(visit, *opened)


def _on_this_machine(visit: Visit) -> bool:
    """Whether the request came straight to an address that no other machine reaches."""
    through = any(name.lower() in FORWARDED for name in request.headers.keys())  # noqa: SIM118
    host = urlsplit(request.host_url).hostname
    return not visit.settings.secure and not through and host in LOCAL


def _groups(visit: Visit) -> Response:
    known = visit.session
    ids = () if known is None else known.organisations
    groups = visit.read(lambda work: [work.organisations.get(each) for each in ids])
    roles = () if known is None else sorted(known.roles)
    return visit.show("sign_in/groups.html", groups=groups, roles=roles)


def _chosen(visit: Visit) -> Response:
    """An empty choice is staff's own role."""
    chosen = visit.form.get("group")
    if chosen is None:
        raise Invalid({"group": ["is not chosen: say for which group you are here"]})
    return visit.change(
        lambda work: sessions.choose(work, signed_in_as(visit), chosen), lambda _: visit.url("home")
    )


def _out(visit: Visit) -> Response:
    visit.network.transact(lambda work: sessions.end(work, signed_in_as(visit)))
    return signed_out(visit, visit.language.gettext("You are signed out."))
