"""Plans: how needs and offers would come together, and what would still be missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from attrs import evolve, field, frozen

from cypn_core.domain.ids import PostingId, fingerprint
from cypn_core.domain.money import apportion
from cypn_core.domain.postings import Claim
from cypn_core.domain.times import Window

PRICE = "ask"
"""The code of a :class:`Missing` for a price that is not stated yet."""
REFERRED = "coordinator"
"""The code of a :class:`Missing` for what the coordinator has to agree to first."""


@frozen
class Missing:
    """A part of a need that a plan does not meet; *sentence* says it in plain words."""

    code: str
    sentence: str
    dates: tuple[dt.date, ...] = ()


@frozen
class PriceLine:
    """One line of a price in pence."""

    label: str
    pence: int


@frozen(kw_only=True)
class Leg:
    """The part that one offer plays. *windows* is empty where its units have no time.

    *lines* is None while the price is not stated: then it is to be asked for, never free.
    *each* is what each of the windows costs in pence, in their order, where the price is the sum
    of that; None where it is one price, whatever becomes of single windows.
    """

    offer: PostingId
    role: str
    windows: tuple[Window, ...] = ()
    claims: tuple[Claim, ...] = ()
    lines: tuple[PriceLine, ...] | None = None
    each: tuple[int, ...] | None = None

    @property
    def pence(self) -> int | None:
        """The price of this leg, or None where it is not stated."""
        return None if self.lines is None else sum(line.pence for line in self.lines)

    @property
    def adds_up(self) -> bool:
        """False when *each* is not what the windows cost, one by one."""
        if self.each is None:
            return True
        known = len(self.each) == len(self.windows) and all(pence >= 0 for pence in self.each)
        return known and sum(self.each) == self.pence

    def on(self, windows: Collection[Window]) -> Leg:
        """The same leg with no windows but these; a line takes off what the others would cost."""
        kept = tuple(window for window in self.windows if window in windows)
        if self.each is None or self.lines is None:
            return evolve(self, windows=kept)
        priced = zip(self.windows, self.each, strict=True)
        each = tuple(pence for window, pence in priced if window in windows)
        less = sum(self.each) - sum(each)
        lost = len(self.windows) - len(kept)
        credit = (PriceLine(f"less {lost} date{'s' if lost > 1 else ''}", -less),) if less else ()
        return evolve(self, windows=kept, each=each, lines=(*self.lines, *credit))


@frozen
class Share:
    """What one need pays, and why.

    *alone* is what it would pay in pence without the other needs of the plan, or None where nobody
    has said; only its own seeker and the coordinator read it.
    """

    need: PostingId
    pence: int
    because: str
    alone: int | None = None


@frozen(kw_only=True)
class Plan:
    """Needs 1..n joined to offers 1..n. Full if and only if nothing is missing."""

    needs: tuple[PostingId, ...]
    legs: tuple[Leg, ...]
    shares: tuple[Share, ...] = ()
    missing: tuple[Missing, ...] = ()
    because: tuple[str, ...] = ()
    score: float = field(default=0.0, eq=False)
    """Higher is better; compared only within one answer."""

    @property
    def full(self) -> bool:
        """True when nothing is missing."""
        return not self.missing

    @property
    def pence(self) -> int | None:
        """The whole price, or None while any leg's is not stated."""
        parts = [leg.pence for leg in self.legs]
        return None if None in parts else sum(part for part in parts if part is not None)

    def on(self, windows: Collection[Window]) -> Plan:
        """The same plan with no windows but these, and without what the others would cost.

        What that comes to is shared as the price was, to the penny; nobody pays more.
        """
        return self.with_legs(leg.on(windows) for leg in self.legs)

    def with_legs(self, legs: Iterable[Leg]) -> Plan:
        """The same plan with *legs* at the same price or less, which is shared as it was."""
        left = evolve(self, legs=tuple(legs))
        if left.pence is None or left.pence == self.pence:
            return left
        paying = {str(share.need): share.pence for share in self.shares if share.pence}
        parts = apportion(left.pence, paying) if paying else {}
        shares = (evolve(share, pence=parts.get(str(share.need), 0)) for share in self.shares)
        return evolve(left, shares=tuple(shares))

    @property
    def key(self) -> str:
        """A digest of who, what, when and at which price; names this plan in a request."""
        legs = [
            fingerprint(
                leg.offer, leg.role, *map(str, leg.windows), str(leg.claims), str(leg.lines)
            )
            for leg in self.legs
        ]
        shares = [f"{share.need}:{share.pence}" for share in self.shares]
        return fingerprint(*sorted(self.needs), *sorted(legs), *sorted(shares))
