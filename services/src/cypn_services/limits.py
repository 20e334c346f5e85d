"""How often one client may come: counted in the hub's own store, for all workers together."""

from __future__ import annotations

import hmac
import math
import time
from collections.abc import Callable, Iterable
from hashlib import sha256
from http import HTTPStatus
from threading import Lock

from attrs import frozen
from flask import Flask, Response, g, request
from limits import RateLimitItem, parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from cypn_core.application.network import Network
from cypn_core.storage import rates
from cypn_core.storage.instants import to_epoch

AT_ONCE = 20
"""So many visits of one client a worker fetches from the store at once, and then grants alone."""
CLIENTS = 10_000
"""So many clients a worker remembers; then it asks the store anew."""


@frozen(kw_only=True)
class Limit:
    """At most *most* for each *who* at the endpoints *at*; everywhere where that is empty."""

    name: str
    most: str
    who: Callable[[], str]
    at: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset({"POST"})

    @property
    def item(self) -> RateLimitItem:
        """The limit as the library reads it."""
        return parse(self.most)

    @property
    def applies(self) -> bool:
        """Whether it is about the present request."""
        return not self.at or (request.endpoint in self.at and request.method in self.methods)


def client() -> str:
    """The address of whoever asks, as the proxies that are trusted tell it."""
    return request.remote_addr or "unknown"


def client_and_address() -> str:
    """Who asks, and for which e-mail address: one client cannot lock others out of theirs."""
    return f"{client()} {request.form.get('email', '').strip().casefold()[:320]}"


ASKING_TO_JOIN = frozenset({"register", "complain", "complain_publicly"})
ELSEWHERE = frozenset({"sign_in_elsewhere", "sign_in_back"})
"""Each visit asks the issuer, and both are links: they come by GET."""
GET = frozenset({"GET"})
LIMITS = (
    Limit(name="address", most="5/15minutes", who=client_and_address, at=frozenset({"sign_in"})),
    Limit(name="sign_in", most="30/15minutes", who=client, at=frozenset({"sign_in"})),
    Limit(name="link", most="60/15minutes", who=client, at=frozenset({"sign_in_link"})),
    Limit(name="elsewhere", most="20/minute", who=client, at=ELSEWHERE, methods=GET),
    Limit(name="join", most="10/hour", who=client, at=ASKING_TO_JOIN),
    Limit(name="all", most="600/minute", who=client),
)
"""A village behind one address signs in too, so that what is per client is generous."""


class StoredRates(Storage):
    """The counts in a hub's store, for `limits`; names are kept as keyed digests only."""

    STORAGE_SCHEME = None

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """None is wrapped: what a store that is away raises is told as ever."""
        return ()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count *amount* for *key*; how many that makes in its window of *expiry* seconds."""
        name, now = self._named(key), self.now()
        return self.network.store.transact(lambda c: rates.hit(c, name, amount, now, expiry))

    def get(self, key: str) -> int:
        """How often *key* came in its window."""
        return self._window(key)[0]

    def get_expiry(self, key: str) -> float:
        """When the window of *key* ends, in seconds since 1970."""
        return self._window(key)[1]

    def check(self) -> bool:
        """Whether the store answers."""
        return self.get("") == 0

    def reset(self) -> int | None:
        """Forget everybody."""
        return self.network.store.transact(rates.forget)

    def clear(self, key: str) -> None:
        """Forget *key*."""
        self.network.store.transact(lambda c: rates.forget(c, self._named(key)))

    def now(self) -> int:
        """The network's clock, in whole seconds since 1970."""
        return to_epoch(self.network.clock())

    def _window(self, key: str) -> tuple[int, int]:
        with self.network.store.reading() as connection:
            return rates.window(connection, self._named(key), self.now())

    def _named(self, key: str) -> str:
        return hmac.new(
            self.network.pseudonym_key, key.encode(errors="replace"), sha256
        ).hexdigest()


class Blocks(StoredRates):
    """`StoredRates` that asks the store for many visits at once, so that a page costs no write.

    What a worker fetched and did not use counts against the client until the window ends.
    """

    def __init__(self, network: Network, size: int = AT_ONCE) -> None:
        super().__init__(network)
        self.size = size
        self._lock = Lock()
        self._fetched: dict[str, tuple[int, float, int]] = {}

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count *amount* for *key*; at least how many that makes for all workers together."""
        with self._lock:
            left, until, total = self._fetched.get(key, (0, 0, 0))
            if left < amount or until <= self.now():
                total = super().incr(key, expiry, self.size)
                left, until = self.size, self.get_expiry(key)
                self._make_room()
            self._fetched[key] = (left - amount, until, total)
            return total

    def _make_room(self) -> None:
        if len(self._fetched) >= CLIENTS:
            self._fetched.clear()


def limited(app: Flask, network: Network, limits: Iterable[Limit] = LIMITS) -> Flask:
    """Refuse with 429 and ``Retry-After`` whoever comes to *app* too often; *app* itself.

    Apps on one store count together, in however many processes they run.
    """
    return limited_by(app, limits, StoredRates(network), Blocks(network))


def limited_by(
    app: Flask, limits: Iterable[Limit], exact: StoredRates | Storage, everywhere: Storage
) -> Flask:
    """`limited`, with the counts kept in *exact*, and those for limits on all endpoints apart."""
    listed = tuple(limits)
    for_all, for_some = FixedWindowRateLimiter(everywhere), FixedWindowRateLimiter(exact)

    def refuse() -> None:
        for limit in listed:
            if limit.applies:
                _hit(for_some if limit.at else for_all, limit)

    def tell(response: Response) -> Response:
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS and "retry_after" in g:
            response.headers["Retry-After"] = str(g.retry_after)
        return response

    app.before_request_funcs.setdefault(None, []).insert(0, refuse)
    app.after_request(tell)
    return app


def _hit(limiter: FixedWindowRateLimiter, limit: Limit) -> None:
    item, names = limit.item, (limit.name, limit.who())
    if limiter.hit(item, *names):
        return
    stored = limiter.storage
    now = stored.now() if isinstance(stored, StoredRates) else time.time()
    g.retry_after = max(1, math.ceil(stored.get_expiry(item.key_for(*names)) - now))
    raise TooManyRequests
