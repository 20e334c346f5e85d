"""Lets time pass while a network is served: of all machines on one store, one does it."""

from __future__ import annotations

import logging
import secrets
import threading

from attrs import field, frozen

from cypn_core.application.network import Network
from cypn_core.application.tick import tick
from cypn_core.domain.failures import report
from cypn_core.storage import leases
from cypn_core.storage.instants import to_epoch

log = logging.getLogger(__name__)

LEASE = "tick"
EVERY_SECONDS = 5
LEASE_SECONDS = 60


@frozen
class Ticker:
    """Ticks *network* every few seconds in a thread of its own, between `start` and `stop`."""

    network: Network
    holder: str = field(init=False, factory=lambda: secrets.token_hex(16))
    _ended: threading.Event = field(init=False, factory=threading.Event)
    _thread: threading.Thread = field(init=False)

    @_thread.default
    def _made(self) -> threading.Thread:
        return threading.Thread(target=self._run, name="cypn-ticker", daemon=True)

    def start(self) -> None:
        """Begin; the first tick is at once."""
        self._thread.start()

    def stop(self) -> None:
        """End after the tick that runs, and let another machine take over."""
        self._ended.set()
        self._thread.join()
        store = self.network.store
        store.transact(lambda c: leases.release(c, LEASE, self.holder))

    def once(self) -> bool:
        """Tick if nobody else does; whether it was done here."""
        now = to_epoch(self.network.clock())
        mine = self.network.store.transact(
            lambda c: leases.take(c, LEASE, self.holder, now, LEASE_SECONDS)
        )
        if mine:
            tick(self.network)
        return mine

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self.once()
            except Exception as error:  # noqa: BLE001 - the store may be away: the next tick tries
                report(log, error, "a tick failed")
            self._ended.wait(EVERY_SECONDS)
