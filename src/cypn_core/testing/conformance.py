"""Checks that every plugin should pass, ours and a third network's alike.

def test_the_plugin_conforms() -> None:
    assert complaints(plugin) == []
"""

from __future__ import annotations

import collections.abc
import inspect
import re
import types
import typing
from collections.abc import Callable, Iterator
from typing import Any

import attrs

from cypn_core.domain.constraints import Pattern, Shown
from cypn_core.domain.shapes import Form, Shape, fields_of, tag_of
from cypn_core.exchange import Exchange
from cypn_core.hooks import PROJECT, specs

__all__ = ["complaints", "kind_complaints", "word_complaints"]

_MARK = f"{PROJECT}_impl"
_COUNTED = re.compile(r"counts\.[1-9][0-9]*")
"""Words for what a cancellation counts."""
_SORTS_OF_WORDS = frozenset({"hint", "group", "label", "choices"})
"""What may stand before a field's path in the words of an exchange."""


def complaints(plugin: object) -> list[str]:
    """Say where *plugin* (a module or an object) strays from the hook specifications.

    Pluggy compares argument names only; this compares their types and the returned type as well,
    so that a typed hub stays typed across the seam. The list is empty when all is well.
    """
    answers = inspect.getmembers(plugin, lambda found: hasattr(found, _MARK))
    return [f"{name}: {said}" for name, hook in answers for said in _strays(name, hook)]


def kind_complaints(cls: type[Any]) -> list[str]:
    """Say why *cls* cannot be a kind of need or offer.

    It needs a docstring, a ``kind`` and fields that have a form on the wire. Text that a person may
    write needs a :class:`Shown` mark or a :class:`Pattern`, or it would be shown to strangers.
    """
    found = []
    if not vars(cls).get("__doc__"):
        found.append(f"{cls.__name__}: has no docstring: say what it is in one sentence")
    if tag_of(cls) is None:
        found.append(f"{cls.__name__}: has no kind: declare kind: ClassVar[str] = ...")
    try:
        shapes = fields_of(cls)
    except TypeError as error:
        return [*found, str(error)]
    bare = [path for name, shape in shapes.items() for path in _bare_texts(shape, name)]
    return found + [
        f"{cls.__name__}.{path}: is bare text: mark it (Shown) or give it a Pattern"
        for path in bare
    ]


def word_complaints(exchange: Exchange) -> list[str]:
    """Say where the words of *exchange* do not make good forms.

    Each field that must be given needs a question of its own, under its name or ``kind.name``. A
    hint, a heading or a short label for what no kind has is a slip of the pen.
    """
    unasked = [
        f"{kind.kind}.{field.name}: has no question: give it words"
        for kind in exchange.kinds
        for field in attrs.fields(kind)
        if field.default is attrs.NOTHING
        and not {field.name, f"{kind.kind}.{field.name}"} & exchange.words.keys()
    ]
    inputs = [each.takes for each in exchange.actions if each.takes is not None]
    known = {path for kind in exchange.kinds for path in _words_of(kind)}
    inputs += [exchange.gathering.seen] if exchange.gathering else []
    known |= {path for kind in inputs for path in _fields_of(kind)}
    strange = [
        key
        for key in exchange.words
        if "." in key and not _COUNTED.fullmatch(key) and _unprefixed(key) not in known
    ]
    return unasked + [f"{key}: no kind has such a field" for key in strange]


def _unprefixed(key: str) -> str:
    sort, _, rest = key.partition(".")
    return rest if sort in _SORTS_OF_WORDS else key


def _fields_of(kind: type[Any]) -> Iterator[str]:
    """The paths of what an action takes, or a gathered deal shows."""
    for name, shape in fields_of(kind).items():
        yield from _paths(shape, name)


def _words_of(kind: type[Any]) -> Iterator[str]:
    """Every key under which there may be words for *kind* and its fields."""
    yield kind.kind
    for name, shape in fields_of(kind).items():
        for path in _paths(shape, name):
            yield from (path, f"{kind.kind}.{path}", path.rpartition(".")[2])


def _paths(shape: Shape, path: str) -> Iterator[str]:
    yield path
    of = shape if shape.inner is None else shape.inner
    if of.form is Form.OBJECT:
        for name, inner in fields_of(of.base).items():
            yield from _paths(inner, f"{path}.{name}")


def _bare_texts(shape: Shape, path: str) -> Iterator[str]:
    """The paths of texts that are neither marked nor held to a pattern."""
    if any(isinstance(mark, Shown | Pattern) for mark in shape.marks):
        return
    if shape.form is Form.TEXT:
        yield path
    if shape.form is Form.OBJECT:
        for name, inner in fields_of(shape.base).items():
            yield from _bare_texts(inner, f"{path}.{name}")
    for part in (shape.keys, shape.inner):
        if part is not None:
            yield from _bare_texts(part, f"{path}[]")


def _strays(name: str, hook: Callable[..., Any]) -> Iterator[str]:
    spec = getattr(specs, name, None)
    if spec is None:
        yield "there is no such hook"
        return
    promised, given = typing.get_type_hints(spec), typing.get_type_hints(hook)
    asked = list(inspect.signature(spec).parameters)
    for argument in inspect.signature(hook).parameters:
        if argument not in asked:
            yield f"{argument} is not among its arguments ({', '.join(asked) or 'it has none'})"
        elif given.get(argument) != promised[argument]:
            yield f"{argument} is {promised[argument]}, not {given.get(argument)}"
    if "return" not in given or not _keeps(given["return"], promised["return"]):
        yield f"returns {promised['return']}, not {given.get('return')}"


def _keeps(given: Any, promised: Any) -> bool:
    """Whether every *given* answer is a *promised* one; a narrower collection is."""
    allowed = _alternatives(promised)
    return all(any(_is_one(part, one) for one in allowed) for part in _alternatives(given))


def _is_one(given: Any, promised: Any) -> bool:
    if given == promised:
        return True
    had, wanted = typing.get_origin(given), typing.get_origin(promised)
    if wanted is collections.abc.Iterable and isinstance(had, type):
        same = typing.get_args(given)[:1] == typing.get_args(promised)
        return issubclass(had, collections.abc.Iterable) and same
    return wanted is None and _is_subclass(given, promised)


def _is_subclass(given: Any, promised: Any) -> bool:
    both = isinstance(given, type) and isinstance(promised, type)
    return both and issubclass(given, promised)


def _alternatives(hint: Any) -> tuple[Any, ...]:
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        return typing.get_args(hint)
    return (hint,)
