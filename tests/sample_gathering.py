"""A small exchange whose seekers buy things together, for the tests of gathering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from attrs import evolve, field, frozen
from tests.sample_exchange import ThingNeed, ThingOffer, things

from cypn_core.domain.constraints import constrained
from cypn_core.domain.errors import Invalid
from cypn_core.domain.ids import PostingId
from cypn_core.domain.money import apportion
from cypn_core.domain.plans import Leg, Plan, PriceLine, Share
from cypn_core.domain.postings import Claim, Need
from cypn_core.exchange import Action, DealView, Gathering, Outcome
from cypn_core.matching.rules import Context

OPEN, OFFERED, USED_UP = "open_to_all", "offered", "used_up"
WHOLE = 900
"""What the things cost together in pence, however many share them."""
ENOUGH = 2


@frozen(kw_only=True)
class Book:
    """Who puts in how many hours: by need."""

    hours: Mapping[str, int] = field(factory=dict)


@frozen(kw_only=True)
class Shown:
    """One's own hours, and whether there are many already: never how many."""

    mine: int
    many: bool


@frozen(kw_only=True, field_transformer=constrained)
class Hours:
    """How many hours one puts in."""

    hours: int


def shown(view: DealView, context: Context) -> Shown:
    hours = view.book.hours
    return Shown(mine=sum(hours.get(n, 0) for n in view.mine), many=len(hours) > ENOUGH)


def open_to(view: DealView, need: Need, context: Context) -> bool:
    colours = {body.colour for body in view.needs.values() if isinstance(body, ThingNeed)}
    return isinstance(need, ThingNeed) and colours == {need.colour}


def joined(view: DealView, context: Context) -> Outcome:
    return Outcome(sub_state=OPEN)


def left(view: DealView, context: Context) -> Outcome:
    """Whoever stays is asked again, where there was something to be asked."""
    hours = {n: h for n, h in view.book.hours.items() if n not in view.mine}
    rest = evolve(view, book=Book(hours=hours))
    stay = [need for need in view.plan.needs if need not in view.mine]
    if view.plan.legs and view.mine and len(stay) >= ENOUGH:
        return proposed(rest, stay)
    return Outcome(sub_state=OPEN, book=rest.book)


def clocked(view: DealView, context: Context) -> Outcome | None:
    """What nobody put anything into is closed."""
    return None if view.book.hours else Outcome(sub_state=OPEN, ends="Nobody put anything in.")


def put_in(view: DealView, given: Hours, context: Context) -> Outcome:
    if given.hours < 1:
        raise Invalid({"hours": ["must be at least 1"]})
    hours = {**view.book.hours, **dict.fromkeys(map(str, view.mine), given.hours)}
    return Outcome(sub_state=OPEN, book=Book(hours=hours), tells="Somebody put hours in.")


def ask_all(view: DealView, given: None, context: Context) -> Outcome:
    needs = [need for need in view.plan.needs if need in view.book.hours]
    if len(needs) < ENOUGH:
        raise Invalid({"hours": ["must have been put in by two at least"]})
    return proposed(view, needs)


def proposed(view: DealView, needs: Sequence[PostingId]) -> Outcome:
    """All of *needs* on the first thing that fits, by equal shares."""
    board = view.boards()[needs[0]]
    survivor = board.survivors(ThingOffer.role)[0]
    claim = Claim(survivor.offer.body.units()[0], 1)
    leg = Leg(
        offer=survivor.offer.id, role=ThingOffer.role, claims=(claim,),
        lines=(PriceLine("together", WHOLE),),
    )  # fmt: skip
    parts = apportion(WHOLE, {str(need): 1 for need in needs})
    shares = tuple(Share(n, parts[n], "equal parts") for n in needs)
    return Outcome(
        sub_state=OFFERED,
        book=view.book,
        plan=Plan(needs=tuple(needs), legs=(leg,), shares=shares),
        terms={need: f"{view.book.hours[need]} hours" for need in needs},
    )


def look_away(view: DealView, given: None, context: Context) -> Outcome:
    """Nothing is changed, and nobody told."""
    return Outcome(sub_state=view.sub_state, book=view.book, plan=view.plan)


def use(view: DealView, given: None, context: Context) -> Outcome:
    return Outcome(sub_state=USED_UP, fact={"hours": sum(view.book.hours.values())})


ACTIONS = (
    Action(
        name="put-in", title="Put hours in", who="seeker", from_states=frozenset({OPEN, OFFERED}),
        handler=put_in, takes=Hours, gathering=True,
    ),
    Action(
        name="ask-all", title="Ask everybody", who="seeker", from_states=frozenset({OPEN}),
        handler=ask_all, gathering=True,
    ),
    Action(
        name="look-away", title="Look away", who="seeker", from_states=frozenset({OFFERED}),
        handler=look_away, gathering=True,
    ),
    Action(
        name="use-up", title="Use it up", who="seeker", from_states=frozenset({"shared"}),
        handler=use,
    ),
)  # fmt: skip
GATHERING = Gathering(
    begins_as=OPEN, book=Book, seen=Shown, shown=shown, open_to=open_to, joined=joined, left=left,
    clocked=clocked,
)  # fmt: skip


def together(**changes: Any) -> SimpleNamespace:
    """A plugin with that exchange."""
    return things(**{"gathering": GATHERING, "actions": ACTIONS, "agreed_as": "shared", **changes})
