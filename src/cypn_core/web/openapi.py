"""OpenAPI 3.1 schema objects (JSON Schema 2020-12) read off the same declarations.

>>> from cypn_core.domain.constraints import HeadCount
>>> Components({}).schema_of(HeadCount | None)
{'anyOf': [{'type': 'integer', 'minimum': 1, 'maximum': 2000}, {'type': 'null'}]}
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

import attrs
from annotated_types import Ge, Le, MaxLen, MinLen

from cypn_core.domain.constraints import Pattern
from cypn_core.domain.shapes import TAG, Form, Shape, fields_of, open_types, shape_of, tag_of
from cypn_core.wire.scalars import DECIMAL

__all__ = ["Components", "JsonSchema"]

JsonSchema = dict[str, Any]

_BASES: Final[Mapping[Form, JsonSchema]] = {
    Form.TEXT: {"type": "string"},
    Form.WHOLE: {"type": "integer"},
    Form.TRUTH: {"type": "boolean"},
    Form.DAY: {"type": "string", "format": "date"},
    Form.INSTANT: {"type": "string", "format": "date-time"},
    Form.EXACT: {"type": "string", "pattern": f"^{DECIMAL}$"},
    Form.LIST: {"type": "array"},
    Form.SET: {"type": "array", "uniqueItems": True},
    Form.TABLE: {"type": "object"},
}
_SIZES: Final[Mapping[Form, str]] = {
    Form.TEXT: "Length",
    Form.LIST: "Items",
    Form.SET: "Items",
    Form.TABLE: "Properties",
}


class Components:
    """Collects the named schemas that a document refers to.

    *kinds* are the bodies installed, so that a value typed with what they specialise (``Need``)
    is described as one of them.
    """

    def __init__(self, kinds: Mapping[str, type[Any]]) -> None:
        self.schemas: dict[str, JsonSchema] = {}
        self._kinds = kinds
        self._open = open_types(kinds)
        self._named: dict[str, type[Any]] = {}

    def ref(self, cls: type[Any]) -> JsonSchema:
        """A reference to the schema of an attrs class, which is described on first use.

        Raises ``TypeError`` when two classes share one name.
        """
        name = cls.__name__
        if self._named.setdefault(name, cls) is not cls:
            raise TypeError(f"two classes are called {name}: rename one, their schemas would clash")
        if name not in self.schemas:
            self.schemas[name] = {}
            self.schemas[name] = self._object(cls)
        return {"$ref": f"#/components/schemas/{name}"}

    def one_of(self, kinds: Iterable[type[Any]]) -> JsonSchema:
        """Bodies told apart by their ``kind``."""
        refs = {str(tag_of(cls)): self.ref(cls) for cls in kinds}
        mapping = {tag: ref["$ref"] for tag, ref in refs.items()}
        return {
            "oneOf": list(refs.values()),
            "discriminator": {"propertyName": TAG, "mapping": mapping},
        }

    def schema_of(self, hint: Any) -> JsonSchema:
        """The schema of any type that a field may have."""
        return self._described(shape_of(hint))

    def _described(self, shape: Shape) -> JsonSchema:
        found = self._present(shape)
        return {"anyOf": [found, {"type": "null"}]} if shape.optional else found

    def _present(self, shape: Shape) -> JsonSchema:
        if shape.form is Form.OBJECT:
            return self._class(shape.base)
        if shape.form is Form.CHOICE:
            named = "string" if isinstance(shape.choices[0], str) else "integer"
            return {"type": named, "enum": list(shape.choices)}
        return {**_BASES[shape.form], **self._members(shape), **_limited(shape)}

    def _members(self, shape: Shape) -> JsonSchema:
        if shape.inner is None:
            return {}
        if shape.keys is None:
            return {"items": self._described(shape.inner)}
        return {
            "propertyNames": self._described(shape.keys),
            "additionalProperties": self._described(shape.inner),
        }

    def _class(self, cls: type[Any]) -> JsonSchema:
        if cls not in self._open:
            return self.ref(cls)
        return self.one_of(kind for kind in self._kinds.values() if issubclass(kind, cls))

    def _object(self, cls: type[Any]) -> JsonSchema:
        tag = tag_of(cls)
        tagged = {TAG: {"type": "string", "const": tag}} if tag else {}
        required = [field.name for field in attrs.fields(cls) if field.default is attrs.NOTHING]
        described = {name: self._described(shape) for name, shape in fields_of(cls).items()}
        return {
            "type": "object",
            "description": inspect.cleandoc(cls.__doc__ or "").split("\n\n")[0],
            "properties": {**tagged, **described},
            "required": [*tagged, *required],
            "additionalProperties": False,
        }


def _limited(shape: Shape) -> JsonSchema:
    """The keywords that say the limits of *shape*; what JSON Schema cannot say is left to us."""
    found: JsonSchema = {}
    for mark in shape.marks:
        found |= _keyword(mark, shape)
    return found


def _keyword(mark: object, shape: Shape) -> JsonSchema:
    size = _SIZES.get(shape.form, "")
    found: JsonSchema = {}
    match mark:
        case Ge(ge=Decimal()) | Le(le=Decimal()):
            pass  # the number is a text on the wire: the schema can bound its digits only
        case Ge(ge=low):
            found = {"minimum": low}
        case Le(le=high):
            found = {"maximum": high}
        case MinLen(min_length=low):
            found = {f"min{size}": low}
        case MaxLen(max_length=high):
            found = {f"max{size}": high}
        case Pattern(regex=regex, hint=hint):
            found = {"pattern": f"^(?:{regex})$", "description": hint}
    return found
