"""Lets time pass while a network is served: of all machines on one store, one does it.

Letters for those who wait to sign in leave beside that, so that no long tick keeps them.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable

from attrs import field, frozen

from cypn_core.application import sign_in
from cypn_core.application.network import Network
from cypn_core.application.tick import tick
from cypn_core.domain.failures import report
from cypn_core.storage import leases
from cypn_core.storage.instants import to_epoch
from cypn_services import metrics

log = logging.getLogger(__name__)

LEASE = "tick"
EVERY_SECONDS = 5
POST_SECONDS = 1
LEASE_SECONDS = 60


@frozen
class Ticker:
    """Ticks *network* every few seconds in a thread of its own, between `start` and `stop`."""

    network: Network
    holder: str = field(init=False, factory=lambda: secrets.token_hex(16))
    _ended: threading.Event = field(init=False, factory=threading.Event)
    _threads: tuple[threading.Thread, ...] = field(init=False)

    @_threads.default
    def _made(self) -> tuple[threading.Thread, ...]:
        each = (("cypn-ticker", self.once, EVERY_SECONDS), ("cypn-post", self.post, POST_SECONDS))
        return tuple(
            threading.Thread(target=self._run, args=(do, seconds), name=name, daemon=True)
            for name, do, seconds in each
        )

    def start(self) -> None:
        """Begin; the first tick is at once."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after the tick that runs, and let another machine take over."""
        self._ended.set()
        for thread in self._threads:
            thread.join()
        store = self.network.store
        store.transact(lambda c: leases.release(c, LEASE, self.holder))

    def once(self) -> bool:
        """Tick if nobody else does; whether it was done here."""
        now = to_epoch(self.network.clock())
        mine = self.network.store.transact(
            lambda c: leases.take(c, LEASE, self.holder, now, LEASE_SECONDS)
        )
        if mine:
            began = time.monotonic()
            tick(self.network)
            metrics.ticked(time.monotonic() - began, now)
        return mine

    def post(self) -> int:
        """Send the letters of those who wait to sign in; how many. Any machine may."""
        return sign_in.send(self.network)

    def _run(self, do: Callable[[], object], seconds: float) -> None:
        while not self._ended.is_set():
            try:
                do()
            except Exception as error:  # noqa: BLE001 - the store may be away: the next one tries
                report(log, error, "a tick failed")
            self._ended.wait(seconds)
