"""The published schemas say every limit, in valid OpenAPI 3.1."""

from __future__ import annotations

import attrs
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from tests.sample_kinds import KINDS, Body, Gathered, Plain

from cypn_core.domain.times import Schedule
from cypn_core.web.openapi import Components


@attrs.frozen
class Kept:
    """An envelope typed with the base of all kinds."""

    body: Body
    revision: int = 1


def test_the_document_is_valid_openapi():
    """A document with every sample kind passes the validator of the specification."""
    components = Components(KINDS)
    content = {"application/json": {"schema": components.one_of(KINDS.values())}}
    components.ref(Schedule)
    components.ref(Kept)
    OpenAPIV31SpecValidator(
        {
            "openapi": "3.1.0",
            "info": {"title": "Sample", "version": "1"},
            "paths": {
                "/": {
                    "post": {
                        "requestBody": {"content": content},
                        "responses": {"200": {"description": "Done."}},
                    }
                }
            },
            "components": {"schemas": components.schemas},
        }
    ).validate()


def test_limits_are_published():
    """Numbers, lengths, patterns, choices, formats and strictness all show."""
    components = Components(KINDS)
    components.ref(Plain)
    plain = components.schemas["Plain"]
    said = plain["properties"]
    assert plain["required"] == ["kind", "headcount", "when"]
    assert plain["additionalProperties"] is False
    assert said["kind"] == {"type": "string", "const": "plain"}
    assert said["headcount"] == {"type": "integer", "minimum": 1, "maximum": 2000}
    assert said["name"]["anyOf"] == [
        {"type": "string", "minLength": 1, "maxLength": 120},
        {"type": "null"},
    ]
    assert said["manner"] == {"type": "string", "enum": ["walk", "ride"]}
    assert said["score"]["type"] == "string"
    assert said["score"]["pattern"].startswith("^-?")
    assert said["seen"]["anyOf"][0] == {"type": "string", "format": "date-time"}
    assert said["when"] == {"$ref": "#/components/schemas/Span"}
    assert "pattern" in components.schemas["Span"]["properties"]["at"]


def test_collections_are_published():
    """Lists and sets have their members, tables their keys and values, each with its limits."""
    components = Components(KINDS)
    components.ref(Gathered)
    said = components.schemas["Gathered"]["properties"]
    assert (said["spans"]["minItems"], said["spans"]["maxItems"]) == (1, 3)
    assert said["sizes"] == {
        "type": "array",
        "uniqueItems": True,
        "items": {"type": "integer", "enum": [1, 10]},
    }
    assert said["amounts"]["additionalProperties"]["maximum"] == 2000
    assert said["amounts"]["propertyNames"]["type"] == "string"
    assert said["amounts"]["maxProperties"] == 4


def test_a_base_class_is_published_as_one_of_its_kinds():
    """A field typed with what the kinds specialise has a discriminator."""
    components = Components(KINDS)
    components.ref(Kept)
    body = components.schemas["Kept"]["properties"]["body"]
    assert body["discriminator"]["propertyName"] == "kind"
    assert body["discriminator"]["mapping"]["plain"] == "#/components/schemas/Plain"
    assert len(body["oneOf"]) == 2


def test_two_classes_of_one_name_are_refused():
    """Nobody's schema silently takes another's place."""
    components = Components({})
    components.ref(Plain)
    with pytest.raises(TypeError, match="two classes are called Plain"):
        components.ref(attrs.make_class("Plain", []))
