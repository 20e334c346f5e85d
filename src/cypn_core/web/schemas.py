"""Marshmallow schemas read off the domain's attrs classes, never written by hand.

What does not fit raises :class:`cypn_core.domain.errors.Invalid` with flat dotted paths:

>>> from cypn_core.domain.times import Schedule
>>> try:
...     load(Schedule, {"first": "2027-01-05", "starts": "25:00", "ends": "12:00", "colour": "red"})
... except Invalid as error:
...     error.fields
{'starts': ['must be a time from 00:00 to 24:00'], 'colour': ['is not known here: leave it out']}
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, ClassVar, TypeVar, cast

import attrs
from marshmallow import RAISE, Schema, ValidationError, fields, post_load

from cypn_core.domain.constraints import complaint
from cypn_core.domain.errors import Invalid
from cypn_core.domain.shapes import TAG, Form, Shape, fields_of, tag_of
from cypn_core.wire.scalars import Scalar, in_order, scalar_for

__all__ = ["AttrsSchema", "OneOf", "load", "load_one_of", "schema_for"]

AnyField = fields.Field[Any]
T = TypeVar("T")
WHOLE_BODY = "body"
"""The name under which complaints about the body as a whole are told."""

_MESSAGES: dict[str, Any] = {"required": "is missing: please give it", "null": "must not be null"}
_UNKNOWN = "is not known here: leave it out"
_NO_OBJECT = "must be an object in curly brackets"


class AttrsSchema(Schema):
    """A schema that loads straight into the class ``attrs_class``."""

    class Meta:
        """Unknown keys are an error, never dropped."""

        unknown = RAISE

    error_messages = {"unknown": _UNKNOWN, "type": _NO_OBJECT}  # noqa: RUF012 - marshmallow's
    attrs_class: ClassVar[type[Any]]

    @post_load
    def _build(self, data: dict[str, Any], **_: object) -> object:
        cls = type(self).attrs_class
        given = {name: value for name, value in data.items() if name != TAG or not tag_of(cls)}
        try:
            return cls(**given)
        except Invalid as error:
            raise ValidationError(cast(Any, error.fields)) from error
        except ValueError as error:
            raise ValidationError(_attributed(cls, str(error))) from error


def load(cls: type[T], data: object) -> T:
    """A value of the attrs class *cls* from JSON data; ``Invalid`` names every field to mend."""
    return cast(T, _told(schema_for(cls)().load, data))


def load_one_of(kinds: Iterable[type[T]], data: object) -> T:
    """A body of one of *kinds*, told by its ``kind``; ``Invalid`` names every field to mend."""
    return cast(T, _told(OneOf(kinds).deserialize, data))


def _told(read: Callable[[Any], Any], data: object) -> Any:
    try:
        return read(data)
    except ValidationError as error:
        raise Invalid(dict(_flat(error.messages, ""))) from error


def schema_for(cls: type[Any]) -> type[AttrsSchema]:
    """Derive the schema of one attrs class; what has no default is required.

    Raises ``TypeError`` naming class and field where a type has no form on the wire.
    """
    return _schema_for(cast(Any, cls))


@cache
def _schema_for(cls: Any) -> type[AttrsSchema]:
    shapes = fields_of(cls)
    required = {field.name: field.default is attrs.NOTHING for field in attrs.fields(cls)}
    body: dict[str, Any] = {
        name: field_for(shape, required=required[name]) for name, shape in shapes.items()
    }
    if tag := tag_of(cls):
        body[TAG] = Single(_only(tag), required=True, error_messages=_MESSAGES)
    return type(f"{cls.__name__}Schema", (AttrsSchema,), {**body, "attrs_class": cls})


def field_for(shape: Shape, *, required: bool = True) -> AnyField:
    """Derive the field for one shape, its limits included."""
    options: dict[str, Any] = {
        "required": required,
        "allow_none": shape.optional,
        "validate": [_check(mark) for mark in shape.marks],
        "error_messages": _MESSAGES,
    }
    if shape.form is Form.OBJECT:
        return fields.Nested(schema_for(shape.base), **options)
    if shape.inner is None:
        return Single(scalar_for(shape), **options)
    if shape.form is Form.TABLE:
        return Table(field_for(cast(Shape, shape.keys)), field_for(shape.inner), **options)
    return Collected(shape.base, field_for(shape.inner), **options)


class Single(fields.Field[Any]):
    """One value, read and written as the store does it."""

    def __init__(self, scalar: Scalar, **options: Any) -> None:
        super().__init__(**options)
        self.scalar = scalar

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        try:
            return self.scalar.read(value)
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return None if value is None else self.scalar.write(value)


class Collected(fields.List[Any]):
    """A list on the wire; a tuple or a frozenset in the domain."""

    def __init__(self, into: type[Any], inner: AnyField, **options: Any) -> None:
        super().__init__(inner, **options)
        self.into = into

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, list):
            raise ValidationError("must be a list in square brackets")
        found = super()._deserialize(value, *args, **kwargs)
        if self.into is frozenset and len(set(found)) < len(found):
            raise ValidationError("must not name the same thing twice")
        return self.into(found)

    def _serialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        written = super()._serialize(value, *args, **kwargs)
        return in_order(written) if self.into is frozenset and written is not None else written


class Table(fields.Field[Any]):
    """An object on the wire whose keys are free, a mapping in the domain."""

    def __init__(self, keys: AnyField, inner: AnyField, **options: Any) -> None:
        super().__init__(**options)
        self.keys, self.inner = keys, inner

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if not isinstance(value, dict):
            raise ValidationError(_NO_OBJECT)
        found, wrong = {}, {}
        for key, part in value.items():
            try:
                found[self.keys.deserialize(key)] = self.inner.deserialize(part)
            except ValidationError as error:
                wrong[key] = error.messages
        if wrong:
            raise ValidationError(cast(Any, wrong))
        return found

    def _serialize(self, value: Any, attr: Any, obj: Any, **_: Any) -> Any:
        if value is None:
            return None
        return {key: self.inner._serialize(value[key], attr, obj) for key in sorted(value)}  # noqa: SLF001


class OneOf(fields.Field[Any]):
    """A body of any of some kinds, told apart by its tag."""

    def __init__(self, kinds: Iterable[type[Any]], **options: Any) -> None:
        super().__init__(required=True, error_messages=_MESSAGES, **options)
        self.schemas: Mapping[str, type[AttrsSchema]] = {
            str(tag_of(cls)): schema_for(cls) for cls in kinds
        }

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return None if value is None else self.schemas[value.kind]().dump(value)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if not isinstance(value, dict):
            raise ValidationError(_NO_OBJECT)
        schema = self.schemas.get(str(value.get(TAG)))
        if schema is None:
            raise ValidationError({TAG: [f"must be one of: {', '.join(self.schemas)}"]})
        return schema().load(value)


def _only(tag: str) -> Scalar:
    def read(value: object) -> str:
        if value != tag:
            raise ValueError(f"must be {tag}")
        return tag

    return Scalar(read, str)


def _check(mark: object) -> Callable[[Any], None]:
    """A limit as a marshmallow validator, in the words that the constructor uses."""

    def check(value: Any) -> None:
        if problem := complaint(value, mark):
            raise ValidationError(problem)

    return check


def _attributed(cls: type[Any], message: str) -> dict[str, Any]:
    """A constructor's complaint, given to the field that its first word names."""
    name, _, said = message.partition(" ")
    if name.split(".")[0] in fields_of(cls) and said:
        return {name: [said]}
    return {"_schema": [message]}


def _flat(said: Any, path: str) -> Iterator[tuple[str, list[str]]]:
    """Marshmallow's nested messages as ``when.ends`` and ``spans[0].at``."""
    if isinstance(said, dict):
        for key, inner in said.items():
            yield from _flat(inner, _below(path, key))
    else:
        yield path or WHOLE_BODY, [said] if isinstance(said, str) else list(said)


def _below(path: str, key: object) -> str:
    if key == "_schema":
        return path
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else str(key)
