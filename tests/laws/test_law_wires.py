"""One declaration, four readers: edge, store, OpenAPI and strategies agree on every value."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from sqlalchemy import insert
from tests.networks import KINDS as INSTALLED
from tests.networks import NOW
from tests.sample_kinds import KINDS

from cypn_core.domain.errors import Invalid
from cypn_core.domain.ids import OrganisationId, PostingId
from cypn_core.domain.postings import Need, Offer, Posting, Unit
from cypn_core.domain.shapes import tag_of
from cypn_core.domain.times import Schedule, Window
from cypn_core.storage import tables
from cypn_core.storage.engine import Store
from cypn_core.storage.postings import Postings
from cypn_core.testing.strategies import strategy_for
from cypn_core.web.bodies import read_json
from cypn_core.web.openapi import Components
from cypn_core.web.schemas import load, load_one_of, schema_for
from cypn_core.wire.converter import converter_for

DECLARED: dict[str, type[Any]] = {**KINDS, **INSTALLED}
CONVERTER = converter_for(DECLARED)
CLASSES = [*DECLARED.values(), Schedule, Window, Unit]

every_class = pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
moderately = settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@every_class
@moderately
@given(data=st.data())
def test_what_the_edge_takes_in_the_store_gives_back(cls: type[Any], data: st.DataObject):
    """Edge JSON in, store, edge JSON out: equal, and so is the value."""
    value = data.draw(strategy_for(cls))
    sent = CONVERTER.dumps(value)
    taken_in = load(cls, read_json(sent, "application/json"))
    given_back = CONVERTER.loads(CONVERTER.dumps(taken_in), cls)
    assert given_back == taken_in == value
    assert json.loads(CONVERTER.dumps(given_back)) == json.loads(sent)


@pytest.mark.parametrize("cls", INSTALLED.values(), ids=lambda cls: cls.__name__)
@settings(
    max_examples=12,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
    ],
)
@given(data=st.data())
def test_what_the_edge_takes_in_both_stores_give_back(
    store: Store, cls: type[Need | Offer], data: st.DataObject
) -> None:
    """Edge JSON in, a row of either store, edge JSON out: equal, and so is the posting."""
    sent = CONVERTER.dumps(data.draw(strategy_for(cls)))
    posting = Posting(
        id=PostingId("p"),
        organisation=OrganisationId("o"),
        exchange="any",
        body=load(cls, read_json(sent, "application/json")),
        created=NOW,
        fresh_until=NOW,
    )
    with store.writing() as connection, connection.begin_nested() as trial:
        connection.execute(insert(tables.organisation).values(id="o", body="{}", created=0))
        postings = Postings(connection, CONVERTER)
        postings.add(posting)
        given_back = postings.get(posting.id)
        trial.rollback()
    assert given_back == posting
    assert json.loads(CONVERTER.dumps(given_back.body)) == json.loads(sent)


@every_class
@moderately
@given(data=st.data())
def test_edge_and_store_write_the_same_json(cls: type[Any], data: st.DataObject):
    """The schema dumps exactly what the converter writes, the tag included."""
    value = data.draw(strategy_for(cls))
    assert schema_for(cls)().dump(value) == CONVERTER.write(value)


@every_class
@moderately
@given(data=st.data())
def test_what_is_written_fits_the_published_schema(cls: type[Any], data: st.DataObject):
    """The JSON of every value validates against the derived JSON schema."""
    components = Components(DECLARED)
    ref = components.ref(cls)
    document = {**ref, "components": {"schemas": components.schemas}}
    written = json.loads(CONVERTER.dumps(data.draw(strategy_for(cls))))
    Draft202012Validator(document).validate(written)


@every_class
@moderately
@given(data=st.data())
def test_strategies_make_valid_values(cls: type[Any], data: st.DataObject):
    """A drawn value passes its own constructor again."""
    value = data.draw(strategy_for(cls))
    assert attrs.evolve(value) == value


@moderately
@given(value=st.one_of(*(strategy_for(cls) for cls in DECLARED.values())))
def test_a_kind_is_told_by_its_tag_alone(value: Any):
    """A reader that knows only the registry finds the class."""
    assert load_one_of(DECLARED.values(), CONVERTER.write(value)) == value
    assert CONVERTER.write(value)["kind"] == tag_of(type(value))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@moderately
@given(cls=st.sampled_from(CLASSES), data=st.data(), strange=json_values)
def test_a_strange_value_anywhere_is_refused_or_read(
    cls: type[Any], data: st.DataObject, strange: Any
):
    """Whatever stands in a field, the edge answers with a value or with ``Invalid``."""
    written = CONVERTER.write(data.draw(strategy_for(cls)))
    name = data.draw(st.sampled_from(sorted(written)))
    try:
        value = load(cls, {**written, name: strange})
    except Invalid:
        return
    assert CONVERTER.loads(CONVERTER.dumps(value), cls) == value
