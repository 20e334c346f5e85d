"""Figures for Prometheus, on an address of their own; no label names anybody.

Requests are counted by each worker. What the hub holds is asked of the store when Prometheus asks,
so that it is the same whichever worker answers. With several workers set
``PROMETHEUS_MULTIPROC_DIR`` to an empty folder, as `prometheus_client` wants it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

from attrs import frozen
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from cypn_core.application.network import Network
from cypn_core.domain.errors import Conflict, Invalid
from cypn_core.storage import figures

ADDRESS = "CYPN_METRICS_ADDRESS"
MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

own = CollectorRegistry()
REQUESTS = Counter(
    "cypn_requests",
    "Requests by service, operation and status",
    ("service", "operation", "status"),
    registry=own,
)
SECONDS = Histogram(
    "cypn_request_seconds",
    "How long requests took",
    ("service",),
    buckets=BUCKETS,
    registry=own,
)
TICK_SECONDS = Gauge(
    "cypn_tick_seconds", "How long the last tick took", multiprocess_mode="mostrecent", registry=own
)
TICK_AT = Gauge(
    "cypn_tick_success_timestamp_seconds",
    "When a tick last succeeded",
    multiprocess_mode="max",
    registry=own,
)


def seen(service: str, operation: str, status: int, seconds: float) -> None:
    """Count a request."""
    REQUESTS.labels(service, operation, str(status)).inc()
    SECONDS.labels(service).observe(seconds)


def ticked(seconds: float, at: float) -> None:
    """Note a tick that succeeded *at* an instant, in seconds since 1970."""
    TICK_SECONDS.set(seconds)
    TICK_AT.set(at)


def address(said: str | None) -> tuple[str, int] | None:
    """Host and port.

    >>> address("127.0.0.1:9464")
    ('127.0.0.1', 9464)

    :raises Invalid: naming the variable and the mend.
    """
    if said is None:
        return None
    found = re.fullmatch(r"\[?([^\[\]\s]+?)\]?:(\d{1,5})", said.strip())
    if found is None or not 0 < int(found[2]) < 1 << 16:
        raise Invalid({ADDRESS: ["must be HOST:PORT, such as 127.0.0.1:9464"]})
    return found[1], int(found[2])


@frozen(eq=False)
class Stored:
    """What the hub holds, asked of the store at the time."""

    network: Network

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The families, by exchange and state."""
        with self.network.store.reading() as connection:
            deals, needs = figures.deals(connection), figures.needs(connection)
            mails = figures.mails(connection)
        yield _family("cypn_deals", "Deals, by exchange and state", ("exchange", "state"), deals)
        yield _family("cypn_needs", "Needs, by exchange and state", ("exchange", "state"), needs)
        yield _family("cypn_mails", "Mails, by state", ("state",), mails)
        used = figures.connections(self.network.store)
        yield _family(
            "cypn_store_connections", "Connections to the store in use here", (), [((), used)]
        )


def _family(
    name: str, text: str, labels: tuple[str, ...], rows: list[tuple[tuple[str, ...], int]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=labels)
    for values, count in rows:
        family.add_metric(values, count)
    return family


def registry(network: Network) -> CollectorRegistry:
    """All figures of *network*, of every worker where there are several."""
    found = CollectorRegistry()
    found.register(Stored(network))
    if os.environ.get(MULTIPROCESS):
        MultiProcessCollector(found)  # type: ignore[no-untyped-call]
    else:
        found.register(_Own())
    return found


class _Own:
    def collect(self) -> Iterator[Any]:
        return iter(own.collect())


def expose(network: Network, at: tuple[str, int]) -> Any:
    """Answer Prometheus at *at* from a thread; the server, which is to be shut down.

    :raises Conflict: when nobody can listen there.
    """
    try:
        server, _ = start_http_server(at[1], at[0], registry(network))
    except OSError as error:
        why = error.strerror or "no such address"
        raise Conflict(f"{ADDRESS}: {at[0]}:{at[1]} cannot be listened on: {why}") from None
    return server
