"""The trusted path (cattrs, orjson): what the hub wrote and reads back, and what it answers."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from enum import IntEnum, StrEnum
from functools import cache
from typing import Any, TypeVar

import attrs
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn
from cattrs.preconf.orjson import OrjsonConverter, make_converter

from cypn_core.domain.shapes import (
    PLAIN_TYPES,
    TAG,
    Form,
    Shape,
    fields_of,
    open_types,
    plain_shape,
    tag_of,
)
from cypn_core.wire.scalars import Scalar, in_order, scalar_for

T = TypeVar("T")


class Converter:
    """Writes attrs values as JSON and reads them back, never coercing.

    What it reads must be as it wrote it: ``ValueError``, ``TypeError`` or a cattrs error otherwise.
    """

    def __init__(self, kinds: Mapping[str, type[Any]]) -> None:
        for cls in kinds.values():
            fields_of(cls)
        self._inner = make_converter(
            forbid_extra_keys=True, detailed_validation=False, omit_if_default=False
        )
        _register(self._inner, dict(kinds))

    def write(self, value: Any, declared: Any = None) -> Any:
        """*value* as plain JSON data; *declared* is its type where its class alone cannot say."""
        return self._inner.unstructure(value, unstructure_as=declared)

    def read(self, data: Any, declared: type[T]) -> T:
        """A value of the type *declared* from plain JSON data."""
        return self._inner.structure(data, declared)

    def dumps(self, value: Any, declared: Any = None) -> bytes:
        """*value* as UTF-8 JSON."""
        return self._inner.dumps(value, unstructure_as=declared)

    def loads(self, data: bytes | str, declared: type[T]) -> T:
        """A value of the type *declared* from JSON."""
        return self._inner.loads(data, declared)


def converter_for(kinds: Mapping[str, type[Any]]) -> Converter:
    """A converter that knows these *kinds* of body by their tag, and no others."""
    return Converter(kinds)


def _register(inner: OrjsonConverter, kinds: Mapping[str, type[Any]]) -> None:
    """The last rule registered is asked first."""
    inner.register_unstructure_hook_factory(attrs.has, lambda cls: _object_writer(inner, cls))
    inner.register_structure_hook_factory(attrs.has, lambda cls: _object_reader(inner, cls))
    inner.register_unstructure_hook_factory(_is_collection, lambda at: _list_writer(inner, at))
    inner.register_structure_hook_factory(_is_collection, lambda at: _list_reader(inner, at))
    inner.register_unstructure_hook_factory(_is_scalar, lambda at: _scalar(at).write)
    inner.register_structure_hook_factory(_is_scalar, lambda at: _typed(_scalar(at).read))
    # cattrs takes an enum that is a text or a number as well for that, and would leave it as it is
    for mixed in (StrEnum, IntEnum):
        inner.register_unstructure_hook(mixed, lambda member: member.value)
    # cattrs has coercing rules for these, which only a rule for the very type ends
    for plain in PLAIN_TYPES:
        inner.register_structure_hook(plain, lambda value, at: _scalar(at).read(value))
    _register_open(inner, kinds)


def _register_open(inner: OrjsonConverter, kinds: Mapping[str, type[Any]]) -> None:
    """Values typed with what the kinds specialise, or a choice of such, are told by their tag."""
    known = open_types(kinds)

    def is_open(hint: Any) -> bool:
        classes = _alternatives(hint)
        return any(cls in known for cls in classes) and all(attrs.has(cls) for cls in classes)

    def read(data: Any, hint: Any) -> Any:
        cls = kinds.get(str(data.get(TAG))) if isinstance(data, dict) else None
        if cls is None or not issubclass(cls, _alternatives(hint)):
            raise ValueError(f"{data!r:.60} is of no kind that is installed here")
        return inner.structure(data, cls)

    def write(value: Any) -> Any:
        return inner.unstructure(value, unstructure_as=type(value))

    inner.register_structure_hook_func(is_open, read)
    inner.register_unstructure_hook_func(is_open, write)


def _alternatives(hint: Any) -> tuple[Any, ...]:
    is_union = typing.get_origin(hint) in (types.UnionType, typing.Union)
    return typing.get_args(hint) if is_union else (hint,)


def _object_writer(inner: OrjsonConverter, cls: type[Any]) -> Callable[[Any], Any]:
    plain = make_dict_unstructure_fn(cls, inner)
    tag = tag_of(cls)
    return plain if tag is None else lambda value: {TAG: tag, **plain(value)}


def _object_reader(inner: OrjsonConverter, cls: type[Any]) -> Callable[[Any, Any], Any]:
    plain = make_dict_structure_fn(cls, inner, _cattrs_forbid_extra_keys=True)
    tag = tag_of(cls)

    def read(data: Any, declared: Any) -> Any:
        if not isinstance(data, dict) or (tag is not None and data.get(TAG) != tag):
            raise ValueError(f"this is no {cls.__name__}")
        untagged = data if tag is None else {k: v for k, v in data.items() if k != TAG}
        return plain(untagged, declared)

    return read


def _is_collection(hint: Any) -> bool:
    shape = _understood(hint)
    return shape is not None and shape.inner is not None


def _is_scalar(hint: Any) -> bool:
    shape = _understood(hint)
    return shape is not None and shape.inner is None and shape.form is not Form.OBJECT


def _understood(hint: Any) -> Shape | None:
    """The shape of a plain type; None for what cattrs must unwrap first or keeps in its own way."""
    try:
        return plain_shape(hint)
    except TypeError:
        return None


@cache
def _scalar(hint: Any) -> Scalar:
    return scalar_for(plain_shape(hint))


def _typed(read: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda value, _: read(value)


def _list_writer(inner: OrjsonConverter, hint: Any) -> Callable[[Any], Any]:
    args, form = typing.get_args(hint), plain_shape(hint).form

    def part(value: Any) -> Any:
        return inner.unstructure(value, unstructure_as=args[-1 if form is Form.TABLE else 0])

    if form is Form.TABLE:
        return lambda value: {key: part(value[key]) for key in sorted(value)}
    if form is Form.SET:
        return lambda value: in_order(part(member) for member in value)
    return lambda value: [part(member) for member in value]


def _list_reader(inner: OrjsonConverter, hint: Any) -> Callable[[Any, Any], Any]:
    into, args = typing.get_origin(hint), typing.get_args(hint)

    def read(value: Any, _: object) -> Any:
        if not isinstance(value, list):
            raise ValueError(f"this is no list to make a {into.__name__} of")  # noqa: TRY004
        return into(inner.structure(part, args[0]) for part in value)

    def read_table(value: Any, _: object) -> Any:
        if not isinstance(value, dict):
            raise ValueError("this is no table")  # noqa: TRY004
        return {key: inner.structure(part, args[1]) for key, part in value.items()}

    return read_table if into is Mapping else read
