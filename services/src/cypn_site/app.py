"""The site as a Flask app: routes from the pages, and what holds for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from attrs import evolve, frozen
from flask import Flask, Response, g, request, session
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, HTTPException

from cypn_core.application import sessions
from cypn_core.application.network import Network
from cypn_core.domain.errors import Invalid, NotFound
from cypn_core.domain.people import Session
from cypn_core.exchange import Exchange
from cypn_core.web.bodies import MAX_BYTES
from cypn_core.web.failures import respond
from cypn_core.web.problems import Problem, problem_for, problem_for_status
from cypn_core.web.replies import json_response
from cypn_core.web.requests import ACTOR, plain
from cypn_core.web.service import ready
from cypn_site import everything, theme
from cypn_site.language import DEFAULT, Language, languages, marked
from cypn_site.look import furnish
from cypn_site.pages import Page
from cypn_site.settings import SiteSettings
from cypn_site.visits import ONCE, SIGNED_IN_AS, Visit

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
FORM_TYPES = {"application/x-www-form-urlencoded", "multipart/form-data"}


def site_app(network: Network, settings: SiteSettings, shown: Sequence[Exchange]) -> Flask:
    """The website of *network* to be mounted at ``/``; its front page lists *shown*."""
    app = Flask("cypn_site", static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_BYTES,
        SECRET_KEY=settings.secret,
        SESSION_COOKIE_NAME=settings.cookie("cypn-forms"),
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # the Origin is looked at instead: see _from_elsewhere
    )
    app.before_request(_from_elsewhere)
    CSRFProtect(app)
    app.before_request(_unspeakable)
    furnish(app, network, settings, shown)
    theme.add_styles(app, settings)
    for page in everything.pages():
        _route(app, network, settings, page)
    app.register_error_handler(Exception, lambda error: _refused(network, settings, shown, error))
    app.add_url_rule("/healthz", "healthz", lambda: json_response(b'{"ok":true}'))
    app.add_url_rule("/readyz", "readyz", lambda: ready(network))
    app.after_request(lambda response: _headers(response, secure=settings.secure))
    return app


def _route(app: Flask, network: Network, settings: SiteSettings, page: Page) -> None:
    def view(**path: str) -> Response:
        visit = _visit(network, settings, page, path)
        g.visit = visit
        return _answer(visit)

    app.add_url_rule(
        page.rule,
        page.name,
        view,
        methods=list(page.methods),
        provide_automatic_options=False,
    )


@frozen
class NotSignedIn(Exception):
    """Whoever comes has to sign in first; *path* is where to go on afterwards."""

    path: str


def _visit(network: Network, settings: SiteSettings, page: Page, path: dict[str, str]) -> Visit:
    """Who comes, and whether the page is theirs; what is not looks like what is not there."""
    known = _session(network, settings)
    visit = Visit(
        page=page,
        network=network,
        settings=settings,
        language=_language(),
        session=known,
        exchange=_exchange(network, path),
        path=path,
        form=MultiDict(request.form) if request.method == "POST" else MultiDict(),
    )
    if known is not None:
        request.environ[ACTOR] = visit.caller.actor
    if not visit.roles & page.who:
        if known is None:
            raise NotSignedIn(request.full_path if request.method == "GET" else "/")
        raise NotFound
    if not all(map(plain, path.values())):
        raise NotFound
    visit.refuse_anothers_form()
    visit.read(visit.admit)
    return visit


def _answer(visit: Visit) -> Response:
    page = visit.page
    if request.method != "POST":
        return page.show(visit) if page.show else Response(status=405)
    if page.send is None:
        return Response(status=405)
    try:
        _mendable(visit.form)
        return page.send(visit)
    except Invalid as error:
        if page.show is None:
            raise
        return page.show(visit.wrong(error.fields))


def _session(network: Network, settings: SiteSettings) -> Session | None:
    token = request.cookies.get(settings.cookie(SIGNED_IN_AS), "")
    return sessions.current(network, token) if token else None


def _exchange(network: Network, path: dict[str, str]) -> Exchange | None:
    slug = path.get("exchange")
    return None if slug is None else network.hub.exchange(slug.replace("-", "_"))


def _language() -> Language:
    known = languages()
    asked = request.args.get("lang")
    if asked in known:
        session["language"] = asked
    preferred = request.accept_languages.best_match(list(known), DEFAULT)
    return known.get(session.get("language") or preferred or DEFAULT) or known[DEFAULT]


def _from_elsewhere() -> None:
    """Refuse what another site makes a browser send, and bodies that no form of ours sends."""
    if request.method in {"GET", "HEAD"}:
        return
    origin = request.headers.get("Origin")
    if origin is not None and origin != request.host_url.rstrip("/"):
        raise CSRFError("The form was sent from another site.")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise CSRFError("The form was sent from another site.")
    if request.mimetype not in FORM_TYPES:
        raise CSRFError("Only forms are taken here.")


def _unspeakable() -> None:
    """Refuse an address with what nobody types and PostgreSQL cannot hold."""
    if any("\0" in said for pair in request.args.items(multi=True) for said in pair):
        raise BadRequest


def _mendable(form: MultiDict[str, str]) -> None:
    """Name the fields of a form that hold such a thing."""
    said = {name: ["must be text"] for name, text in form.items(multi=True) if "\0" in text}
    said.pop(ONCE, None)
    if said:
        raise Invalid(said)


def _by_program() -> bool:
    """Whether it is no browser that asks: those say that they want a page."""
    return "text/html" not in request.headers.get("Accept", "")


def _refused(
    network: Network, settings: SiteSettings, shown: Sequence[Exchange], error: Exception
) -> Response:
    """The page that says what went wrong and what to do next."""
    nowhere = Page(rule="", name="")
    visit = g.get("visit") or Visit(
        page=nowhere, network=network, settings=settings, language=_language()
    )
    if isinstance(error, HTTPException) and error.code == HTTPStatus.NOT_FOUND and _by_program():
        known = ", ".join(["/membership", *(f"/{each.slug}" for each in shown)])
        first = request.path.strip("/").partition("/")[0][:40]
        return respond(problem_for(NotFound(f"There is no /{first} here; it has: {known}.")))
    if isinstance(error, NotSignedIn):
        session["next"] = error.path
        return visit.go("sign_in")
    told = _problem(error)
    failed = told.status >= HTTPStatus.INTERNAL_SERVER_ERROR  # then the store may be away
    if visit.session is None and visit.page is nowhere and not failed:
        visit = evolve(visit, session=_session(network, settings))
    g.visit = visit  # so that the page speaks its language
    return visit.show("problem.html", status=told.status, problem=told)


def _problem(error: Exception) -> Problem:
    if isinstance(error, CSRFError):
        return Problem(
            403,
            "form-refused",
            marked("This form could not be taken."),
            marked(
                "It was open for too long, or was sent from another site. Go back, load the page "
                "again and send it once more. Nothing was stored."
            ),
        )
    if isinstance(error, HTTPException):
        original = getattr(error, "original_exception", None)
        return problem_for(original) if original else problem_for_status(error.code or 500)
    return problem_for(error)


def _headers(response: Response, *, secure: bool) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
