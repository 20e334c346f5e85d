"""What stands between a server and the apps: proxies that are trusted, request ids, log, metrics.

A line of the log and a metric tell what was done and how it ended, and never by whom or with what:
no address with its query, no body, no header, no e-mail address, no token.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import structlog
from attrs import field, frozen
from flask import Flask, request
from structlog.contextvars import bound_contextvars
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wsgi import ClosingIterator

from cypn_core.domain.errors import Invalid
from cypn_core.web.requests import ACTOR
from cypn_services import metrics

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
PROXIES, LOG_FORMAT = "CYPN_TRUSTED_PROXIES", "CYPN_LOG_FORMAT"
FORMATS = {"json", "text"}
MOST_PROXIES = 5
REQUEST_ID = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}")
"""A UUID, with its dashes or without: anything else could carry what must not be logged."""


@frozen(kw_only=True)
class Operating:
    """How the process is run, as the environment says."""

    proxies: int = 0
    log_format: str = "text"
    metrics_at: tuple[str, int] | None = None

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Operating:
        """The settings in *environment*.

        >>> Operating.read({"CYPN_TRUSTED_PROXIES": "1"}).proxies
        1

        :raises Invalid: naming the variable and the mend.
        """
        proxies = environment.get(PROXIES, "0").strip()
        if not re.fullmatch(r"\d", proxies) or int(proxies) > MOST_PROXIES:
            raise Invalid({PROXIES: [f"must be a number from 0 to {MOST_PROXIES}"]})
        log_format = environment.get(LOG_FORMAT, "text").strip()
        if log_format not in FORMATS:
            raise Invalid({LOG_FORMAT: ["must be json or text"]})
        return cls(
            proxies=int(proxies),
            log_format=log_format,
            metrics_at=metrics.address(environment.get(metrics.ADDRESS)),
        )


def operated(app: Wsgi, operating: Operating, service: str = "site") -> Wsgi:
    """*app* as a server is to call it; *service* is what it is where nothing is mounted in it."""
    watched: Wsgi = Watched(app, service)
    if operating.proxies:
        n = operating.proxies
        watched = ProxyFix(watched, x_for=n, x_proto=n, x_host=n)
    return watched


def named(app: Flask) -> Flask:
    """Let *app* say which of its operations a request is for; *app* itself."""

    def note() -> None:
        request.environ[OPERATION] = request.endpoint

    app.before_request_funcs.setdefault(None, []).insert(0, note)
    return app


@frozen
class Watched:
    """Logs and counts each request to *app*, and gives it an id."""

    app: Wsgi
    service: str = "site"
    clock: Callable[[], float] = time.perf_counter

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        seen = _Seen(environ, self.service, _request_id(environ), self.clock, self.clock())

        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            seen.status.append(int(status[:3]))
            return start_response(status, [*headers, ("X-Request-Id", seen.id)], *exc_info)

        try:
            with bound_contextvars(request=seen.id):
                body = self.app(environ, start)
        except BaseException:
            seen.done()
            raise
        return ClosingIterator(body, seen.done)


@frozen
class _Seen:
    """One request, while it is answered."""

    environ: dict[str, Any]
    home: str
    id: str
    clock: Callable[[], float]
    began: float
    status: list[int] = field(init=False, factory=list)

    def done(self) -> None:
        """Tell of it."""
        service, operation = _named(self.environ, self.home)
        method = self.environ["REQUEST_METHOD"]
        status = self.status[-1] if self.status else 500
        told = {
            "request": self.id,
            "service": service,
            "operation": operation,
            "method": method if method in METHODS else "other",
            "status": status,
        }
        seconds = self.clock() - self.began
        metrics.seen(service, operation, status, seconds)
        actor = self.environ.get(ACTOR)
        extra = {"actor": actor} if actor else {}
        requests_log.info("request", **told, ms=round(seconds * 1000), **extra)


OPERATION = "cypn.operation"
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
requests_log: Any = structlog.stdlib.get_logger("cypn.requests")


def _named(environ: Mapping[str, Any], home: str) -> tuple[str, str]:
    """The service and the operation, both by names of ours; what was typed is not repeated."""
    operation = environ.get(OPERATION) or "none"
    root = str(environ.get("SCRIPT_NAME", "")).strip("/")
    service = (root or home) if operation != "none" else "none"
    return service, operation


def _request_id(environ: Mapping[str, Any]) -> str:
    said = str(environ.get("HTTP_X_REQUEST_ID", "")).lower()
    return said if REQUEST_ID.fullmatch(said) else secrets.token_hex(16)


def log_to(stream: Any, log_format: str) -> None:
    """Send all that is logged in this process to *stream*, one line each."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: Any = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"])
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
            foreign_pre_chain=shared,
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells of itself at every start


def begin(operating: Operating) -> None:
    """Let this process log as *operating* says."""
    log_to(sys.stderr, operating.log_format)
