"""Assembling a hub: what adds up, and what stops the start with a sentence."""

from __future__ import annotations

import importlib.metadata as md
from typing import Any, ClassVar

import pytest
from attrs import frozen
from tests.sample_exchange import (
    ThingNeed,
    ThingOffer,
    exchange,
    northtown,
    plugin,
    raises,
    things,
)

from cypn_core.domain.constraints import constrained
from cypn_core.domain.errors import BadHub, BadRegion, NotFound
from cypn_core.domain.postings import Noted, Offer
from cypn_core.hub import Hub
from cypn_core.matching.rules import Rule


def test_a_hub_knows_its_exchanges_kinds_and_region() -> None:
    """What plugins declare is what the hub has, and ``noted`` besides."""
    hub = Hub.of(things(), northtown())
    assert list(hub.exchanges) == ["things"]
    assert hub.kinds() == {"thing_need": ThingNeed, "thing_offer": ThingOffer, "noted": Noted}
    assert hub.region.code == "northtown"


def test_the_order_of_plugins_plays_no_part() -> None:
    """Exchanges are sorted by name."""
    other = things(name="others", needs=(), offers=())
    one, two = Hub.of(things(), other, northtown()), Hub.of(northtown(), other, things())
    assert list(one.exchanges) == list(two.exchanges) == ["others", "things"]


def test_what_is_not_installed_is_named_in_a_plain_sentence() -> None:
    """Whoever asks for it hears what there is instead."""
    hub = Hub.of(things(), northtown())
    with pytest.raises(NotFound, match="no exchange called lifts; it has: things"):
        hub.exchange("lifts")


def test_two_exchanges_of_one_name_do_not_add_up() -> None:
    """Neither of them silently hides the other."""
    with pytest.raises(BadHub, match="two plugins declare the exchange 'things'"):
        Hub.of(things(), things(), northtown())


def test_two_exchanges_cannot_share_a_kind() -> None:
    """A tag on the wire means one thing."""
    with pytest.raises(BadHub, match="others and things both declare the kind 'thing_need'"):
        Hub.of(things(), things(name="others"), northtown())


def test_the_kind_that_core_keeps_for_itself_is_taken() -> None:
    """No exchange can declare ``noted``."""
    with pytest.raises(BadHub, match="core and things both declare the kind 'noted'"):
        Hub.of(things(needs=(Noted,)), northtown())


def test_an_unknown_hook_is_refused() -> None:
    """A misspelt hook would otherwise never be called, and nobody would know."""
    with pytest.raises(BadHub, match="answers a hook that there is not"):
        Hub.of(things(), northtown(), plugin(cypn_rule=()))


def test_a_hook_with_a_strange_argument_is_refused() -> None:
    """The start stops with a sentence that names the argument."""
    with pytest.raises(BadHub, match="colour"):
        Hub.of(northtown(), plugin(cypn_rules=lambda colour: ()))


def test_without_a_region_there_is_no_hub() -> None:
    """The sentence says what to set, and that none is there."""
    with pytest.raises(BadHub, match="CYPN_REGION: none is installed"):
        Hub.of(things())


def test_of_two_regions_none_is_guessed() -> None:
    """Whoever installs two says which."""
    plugins = (northtown(), northtown("southtown"))
    with pytest.raises(BadHub, match="CYPN_REGION: northtown, southtown"):
        Hub.of(*plugins)
    assert Hub.of(*plugins, region="southtown").region.code == "southtown"


def test_an_unknown_region_is_named_with_those_there_are() -> None:
    """A spelling mistake is seen at once."""
    with pytest.raises(BadHub, match="'westtown', which is not installed; there is: northtown"):
        Hub.of(northtown(), region="westtown")


def test_two_regions_of_one_code_do_not_add_up() -> None:
    """Not even when that code is chosen."""
    with pytest.raises(BadHub, match="describe the same region"):
        Hub.of(northtown(), northtown(), region="northtown")


@pytest.mark.parametrize("hook", ["cypn_region", "cypn_exchange"])
def test_a_plugin_that_raises_at_the_start_stops_it(hook: str) -> None:
    """The start fails with a sentence, not a traceback of somebody else's code."""
    with pytest.raises(BadHub, match=r"failed while it was asked: RuntimeError\('broken'\)"):
        Hub.of(plugin(**{hook: raises}), northtown())


def test_a_region_that_cannot_be_used_keeps_its_own_error() -> None:
    """The field to mend is still there to be read."""

    def cypn_region() -> None:
        raise BadRegion("places[0].zone", "there is no zone x")

    with pytest.raises(BadRegion, match=r"places\[0\].zone"):
        Hub.of(plugin(cypn_region=cypn_region))


def test_rules_of_plugins_come_after_the_exchanges_own() -> None:
    """A plugin can add rules to another's exchange, and only to the one it names."""
    own, more = (Rule(code, ("need", "thing"), lambda *_: None) for code in ("own", "more"))

    def cypn_rules(exchange: str, region: Any) -> list[Rule] | None:
        return [more] if exchange == "things" else None

    others = things(name="others", needs=(), offers=())
    hub = Hub.of(things(rules=(own,)), others, northtown(), plugin(cypn_rules=cypn_rules))
    assert hub.rules("things") == (own, more)
    assert hub.rules("others") == ()


def test_a_rule_that_replaces_has_the_place_of_the_exchanges_own() -> None:
    """Only that of its code between the same roles goes; without saying so both are judged."""
    pair = ("need", "thing")
    one, other = (Rule(code, pair, lambda *_: None) for code in ("one", "other"))
    instead, beside = (
        Rule("one", pair, lambda *_: None, replaces=replaces) for replaces in (True, False)
    )
    own = things(rules=(one, other), rules_version="7")
    stood_in = Hub.of(own, northtown(), plugin(cypn_rules=[instead]))
    assert stood_in.rules("things") == (other, instead)
    added = Hub.of(own, northtown(), plugin(cypn_rules=[beside]))
    assert added.rules("things") == (one, other, beside)
    versions = {hub.rules_version("things") for hub in (stood_in, added, Hub.of(own, northtown()))}
    assert len(versions) == 3
    assert all(each.startswith("7+") for each in versions)


def test_rules_that_cannot_be_had_are_not_silently_missing() -> None:
    """A rule gone missing could open what it was there to shut."""
    hub = Hub.of(things(), northtown(), plugin(cypn_rules=lambda exchange: raises()))
    with pytest.raises(BadHub, match="failed while it was asked"):
        hub.rules("things")


def test_an_exchange_declares_its_roles_and_checklists() -> None:
    """They are read off the kinds; core names none of them."""
    declared = exchange()
    assert declared.roles == ("thing",)
    assert declared.checklists == frozenset({"seeker", "holder"})


@frozen(kw_only=True, field_transformer=constrained)
class _Twin(Offer):
    kind: ClassVar[str] = "thing_need"
    checklist: ClassVar[str] = "holder"
    role: ClassVar[str] = "thing"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "My Things"}, "name must be a code"),
        ({"offers": (_Twin,)}, "kinds must differ"),
        (
            {"rules": (Rule("r", ("need", "wing"), lambda *_: None),)},
            "roles that no offer plays: wing",
        ),
    ],
)
def test_an_exchange_that_contradicts_itself_is_refused(changes: dict[str, Any], said: str) -> None:
    """The mistake is found where it is made, not at the first request."""
    with pytest.raises(ValueError, match=said):
        exchange(**changes)


def _entries(monkeypatch: pytest.MonkeyPatch, *entries: tuple[str, str]) -> None:
    found = [md.EntryPoint(name, value, "cypn") for name, value in entries]
    monkeypatch.setattr(md, "entry_points", lambda group: found if group == "cypn" else [])


THINGS, NORTHTOWN = things(), northtown()


def test_installed_plugins_are_found_by_their_entry_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them, or only those that are named."""
    here = f"{__name__}:THINGS", f"{__name__}:NORTHTOWN"
    _entries(monkeypatch, ("things", here[0]), ("northtown", here[1]))
    assert Hub.installed().plugins() == ("northtown", "things")
    assert Hub.installed(only=["northtown"]).exchanges == {}


def test_a_plugin_that_is_not_installed_cannot_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named, instead of a hub without it."""
    _entries(monkeypatch)
    with pytest.raises(BadHub, match="no plugin is installed that is called: things"):
        Hub.installed(only=["things"])


def test_two_installed_plugins_of_one_name_do_not_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of them would hide the other, and which is chance."""
    _entries(monkeypatch, ("things", "one:plugin"), ("things", "two:plugin"))
    with pytest.raises(BadHub, match="one:plugin and two:plugin both call themselves 'things'"):
        Hub.installed()
