"""What all machines that live through deals are made of: a store for each example, and choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from cypn_core.storage.engine import open_store
from cypn_core.testing.stores import NewStore


def pick(found: Sequence[Any], number: int) -> Any:
    """One of what there is."""
    return found[number % len(found)]


class StoredLife(RuleBasedStateMachine):
    """Each example begins on an empty store, which is closed at its end."""

    dialect = ""
    new_store: NewStore

    def __init__(self) -> None:
        super().__init__()
        self.opened = open_store(type(self).new_store(self.dialect))
        self.store = self.opened.__enter__()

    def teardown(self) -> None:
        """The store is closed."""
        self.opened.__exit__(None, None, None)

    @classmethod
    def on(cls, dialect: str, new_store: NewStore) -> type[Self]:
        """The machine on stores of one dialect."""
        named = {"dialect": dialect, "new_store": staticmethod(new_store)}
        return type(cls.__name__, (cls,), named)

    @classmethod
    def lives(cls, dialect: str, new_store: NewStore, *, examples: int, steps: int) -> None:
        """Run so many examples, each of at most so many *steps*."""
        drawn = settings(max_examples=examples, stateful_step_count=steps)
        run_state_machine_as_test(cls.on(dialect, new_store), settings=drawn)
