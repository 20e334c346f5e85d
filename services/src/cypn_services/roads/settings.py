"""Which routing service the hub asks, as the operator sets it in the environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from cypn_core.domain.errors import Invalid
from cypn_core.matching.travel import TravelTime
from cypn_services.roads.asking import Asking
from cypn_services.roads.matrix import Matrix, OpenRouteService, Osrm, Service

KIND, URL, KEY = VARIABLES = "CYPN_ROUTING", "CYPN_ROUTING_URL", "CYPN_ROUTING_KEY"
OFFLINE, OSRM, ORS = "offline", "osrm", "openrouteservice"
SERVICES: Mapping[str, Callable[[Asking], Service]] = {OSRM: Osrm, ORS: OpenRouteService}
PUBLIC = "https://api.openrouteservice.org"
LOCAL = {"localhost", "127.0.0.1", "::1"}


def travel(environment: Mapping[str, str]) -> TravelTime | None:
    """Who is asked for ways by road, as *environment* says; None where they are estimated.

    >>> travel({}) is None
    True

    :raises Invalid: naming the variable and the mend.
    """
    kind = environment.get(KIND, OFFLINE).strip().lower()
    if kind == OFFLINE:
        if left := [name for name in (URL, KEY) if name in environment]:
            raise Invalid({left[0]: [f"has no use while {KIND} is offline: unset it, or set both"]})
        return None
    if kind not in SERVICES:
        raise Invalid({KIND: [f"must be {OFFLINE}, {OSRM} or {ORS}"]})
    return Matrix(SERVICES[kind](Asking(url=_url(kind, environment), key=_key(kind, environment))))


def described(environment: Mapping[str, str]) -> str:
    """Who is asked, in words for the operator; an address is told without what it may hide."""
    kind = environment.get(KIND, OFFLINE).strip().lower()
    if travel(environment) is None:
        return "offline: estimated by the region's coefficients"
    return f"{kind} at {urlsplit(_url(kind, environment)).hostname}"


def _url(kind: str, environment: Mapping[str, str]) -> str:
    said = environment.get(URL, PUBLIC if kind == ORS else "").strip().rstrip("/")
    if not said:
        raise Invalid({URL: ["is missing: give where your OSRM answers, http://HOST:5000"]})
    if problem := _bad(said, KEY in environment):
        raise Invalid({URL: [problem]})
    return said


def _bad(said: str, keyed: bool) -> str | None:  # noqa: FBT001 - whether a key is sent there
    try:
        parts = urlsplit(said)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is no address: give http://HOST:PORT or https://HOST"
    if parts.scheme not in {"http", "https"} or not host:
        return "is no address: give http://HOST:PORT or https://HOST"
    if parts.username or parts.query or parts.fragment or not said.isascii() or " " in said:
        return "must be a plain address: no user, no spaces, nothing after ? or #"
    if keyed and parts.scheme == "http" and host not in LOCAL:
        return "must begin with https where a key is sent"
    return None


def _key(kind: str, environment: Mapping[str, str]) -> str:
    key = environment.get(KEY, "").strip()
    if key and kind != ORS:
        raise Invalid({KEY: [f"has no use with {kind}: unset it"]})
    if not key and kind == ORS and environment.get(URL, PUBLIC).strip().rstrip("/") == PUBLIC:
        raise Invalid({KEY: [f"is missing: {PUBLIC} answers nobody without one"]})
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise Invalid({KEY: ["must be one word of plain characters, as openrouteservice shows it"]})
    return key
