"""The smallest exchange, and the smallest region, for the tests of what is around them."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any, ClassVar

from attrs import frozen

from cypn_core import hookimpl
from cypn_core.domain.constraints import Code, constrained
from cypn_core.domain.postings import Need, Offer, Unit
from cypn_core.domain.region import Region
from cypn_core.exchange import Exchange
from cypn_core.matching.planner import one_leg


@frozen(kw_only=True, field_transformer=constrained)
class ThingNeed(Need):
    """One thing, by its colour."""

    kind: ClassVar[str] = "thing_need"
    checklist: ClassVar[str] = "seeker"

    colour: Code = "red"


@frozen(kw_only=True, field_transformer=constrained)
class ThingOffer(Offer):
    """Things that are used up."""

    kind: ClassVar[str] = "thing_offer"
    checklist: ClassVar[str] = "holder"
    role: ClassVar[str] = "thing"

    colour: Code = "red"

    def units(self) -> tuple[Unit, ...]:
        """Three, which are used up."""
        return (Unit(capacity=3, timed=False),)


def exchange(**changes: Any) -> Exchange:
    """An exchange of things; *changes* replace parts of it."""
    declared: dict[str, Any] = {
        "name": "things",
        "title": "Things",
        "summary": "Lend each other things.",
        "needs": (ThingNeed,),
        "offers": (ThingOffer,),
        "planner": one_leg("thing"),
    }
    return Exchange(**(declared | changes))


def region(code: str = "northtown", **changes: Any) -> Region:
    """A region without a place."""
    return Region(code=code, name=code.title(), zone_name="Europe/London", places=(), **changes)


def plugin(**hooks: Any) -> SimpleNamespace:
    """A plugin that answers the hooks named; a value that is no function is what it answers."""
    return SimpleNamespace(**{name: hookimpl(_call(hook)) for name, hook in hooks.items()})


def things(**changes: Any) -> SimpleNamespace:
    """A plugin that declares :func:`exchange`."""
    return plugin(cypn_exchange=exchange(**changes))


def northtown(code: str = "northtown") -> SimpleNamespace:
    """A plugin that describes :func:`region`."""
    return plugin(cypn_region=region(code))


def raises(*_: object) -> Iterable[Any]:
    """What a broken plugin does."""
    raise RuntimeError("broken")


def _call(hook: Any) -> Any:
    return hook if callable(hook) else lambda: hook
