"""What the exchange declares holds together: hooks, kinds, rule pack, words."""

from __future__ import annotations

import datetime as dt
from enum import Enum
from pathlib import Path

import attrs
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from cypn_core.domain.errors import BadRegion
from cypn_core.domain.shapes import fields_of
from cypn_core.domain.times import Schedule
from cypn_core.hub import Hub
from cypn_core.matching.rules import Context, bars
from cypn_core.testing.conformance import complaints, kind_complaints, word_complaints
from cypn_core.testing.strategies import strategy_for
from cypn_core.wire.converter import converter_for
from cypn_core.wire.strict import structured
from cypn_transport import plugin
from cypn_transport.escorts import EscortOffer
from cypn_transport.needs import TripNeed
from cypn_transport.offers import DriverOffer, Layout, VehicleOffer
from cypn_transport.pack import PackRule, table, version
from cypn_transport.rules import PACK, VERSION
from cypn_transport.settings import CODES, RuleSetting, TransportSettings

KINDS = (TripNeed, VehicleOffer, DriverOffer, EscortOffer)
RULES_PAGE = Path(__file__).parents[1] / "RULES.md"
SITE_PAGE = Path(__file__).parents[3] / "docs" / "rule-pack.md"


def test_the_plugin_conforms() -> None:
    """Hooks and kinds are as core specifies them."""
    assert complaints(plugin) == []
    assert [said for kind in KINDS for said in kind_complaints(kind)] == []
    assert word_complaints(plugin.cypn_exchange()) == []


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_every_kind_goes_over_the_wire_and_back(kind: type, data: st.DataObject) -> None:
    """What is written is read back equal."""
    body = data.draw(strategy_for(kind))
    converter = converter_for({each.kind: each for each in KINDS})
    assert converter.loads(converter.dumps(body), kind) == body


def test_an_outing_has_at_most_eight_required_fields() -> None:
    """N03: a volunteer fills in few fields."""
    required = [a.name for a in attrs.fields(TripNeed) if a.default is attrs.NOTHING]
    assert required == ["place", "destination", "on", "leaves", "back_by", "children", "adults"]


def test_the_printed_rule_pack_is_the_one_that_runs() -> None:
    """RULES.md holds the table of the pack, whose codes differ and whose sources are stated."""
    assert table(PACK) in RULES_PAGE.read_text(encoding="utf-8")
    assert table(PACK) in SITE_PAGE.read_text(encoding="utf-8")
    assert len({rule.code for rule in PACK}) == len(PACK)
    assert {rule.code for rule in PACK} == CODES
    assert all(rule.source == "hub" or rule.source.startswith("https://") for rule in PACK)


def test_a_rule_judges_no_outing_before_its_day(hub: Hub) -> None:
    """A rule of 2028 leaves an outing of 2027 alone."""
    need = TripNeed(
        place="Ashby", destination="Brook", on=dt.date(2027, 7, 10), leaves="09:00",
        back_by="17:00", children=5, adults=1,
    )  # fmt: skip
    settings = TransportSettings()
    now = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    context = Context(now=now, zone="Europe/London", settings=settings)
    rule = PackRule(
        code="new", between=("need", "vehicle"), sentence="New.", source="hub",
        valid_from=dt.date(2027, 7, 10), judge=lambda *_: bars("new", "New."),
    )  # fmt: skip
    on_the_day = evolve(context, windows=need.windows(hub.region))
    assert rule.rule().judge(need, None, on_the_day) is not None
    later = evolve(rule, valid_from=dt.date(2027, 7, 11))
    assert later.rule().judge(need, None, on_the_day) is None
    for said in (RuleSetting(off=True), RuleSetting(valid_from=dt.date(2027, 7, 11))):
        here = evolve(on_the_day, settings=TransportSettings(rules={"midas": said}))
        mine = evolve(rule, code="midas")
        assert mine.rule().judge(need, None, here) is None
        assert rule.rule().judge(need, None, here) is not None


def test_a_region_file_puts_a_rule_off_by_its_code_and_no_other() -> None:
    """A table of the file is read; a code that the pack lacks is refused, so a slip is seen."""
    raw = {"rules": {"midas": {"off": True}, "regulated": {"valid_from": dt.date(2027, 9, 1)}}}
    read = structured(raw, TransportSettings, "exchanges.transport")
    assert read.rules["midas"].off
    assert TransportSettings(**raw) == read
    with pytest.raises(BadRegion, match="midass"):
        structured({"rules": {"midass": {"off": True}}}, TransportSettings, "exchanges.transport")


def test_the_version_of_the_pack_changes_with_what_it_says() -> None:
    """It tells the day and a digest of the table."""
    assert VERSION.startswith("2026-11-23-")
    assert version(PACK[1:], "2026-11-23") != VERSION


def test_hours_in_a_calendar_that_the_region_lacks_are_objected_to(hub: Hub) -> None:
    """The message names the entry and the field."""
    hours = Schedule(dt.date(2027, 7, 10), "09:00", "17:00", during=("no_such_term",))
    vehicle = VehicleOffer(place="Ashby", layouts=(Layout(16),), hours=(hours,))
    (said,) = hub.objections("transport", vehicle)
    assert said.field == "hours[0].during"


def test_every_code_has_a_word() -> None:
    """No page shows a bare code."""
    shapes = [shape for kind in KINDS for shape in fields_of(kind).values()]
    bases = [(shape.inner or shape).base for shape in shapes]
    enums = [base for base in bases if isinstance(base, type) and issubclass(base, Enum)]
    assert {member.value for each in enums for member in each} <= plugin.EXCHANGE.words.keys()
