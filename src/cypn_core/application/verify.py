"""Whether a store is sound, recomputed from its rows: after a restore nothing is taken on trust."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen

from cypn_core.application import audit
from cypn_core.application.network import SYSTEM, Work
from cypn_core.storage import export
from cypn_core.storage.orphans import orphans
from cypn_core.storage.restore import flaws


@frozen(kw_only=True)
class Verified:
    """What was found: how many rows each table has, how much of the log is sealed, and flaws."""

    counts: Mapping[str, int]
    days_sealed: int
    flaws: tuple[str, ...]


def verify(work: Work) -> Verified:
    """Look at every reference, every use beside its capacity, and every seal of the log."""
    sealed = audit.verify(work, SYSTEM, {})
    return Verified(
        counts=export.counts(work.connection),
        days_sealed=sealed.days,
        flaws=tuple(_all_flaws(work, sealed)),
    )


def _all_flaws(work: Work, sealed: audit.Audit) -> Iterator[str]:
    yield from orphans(work.connection)
    yield from flaws(work.connection)
    yield from sealed.flaws
