"""Specifications, documentation, callers and tests of the hooks agree."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cypn_core import hub
from cypn_core.hooks import PROJECT, specs

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "hooks.md").read_text(encoding="utf-8")
MARK = f"{PROJECT}_spec"
HOOKS = {name: hook for name, hook in inspect.getmembers(specs) if hasattr(hook, MARK)}
TESTED = "".join(
    path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "tests").rglob("test_*.py"))
    if path != Path(__file__)
)

every_hook = pytest.mark.parametrize("hook", HOOKS.values(), ids=HOOKS)


def _signature(hook: Callable[..., Any]) -> str:
    """As it stands in the specification, annotations and all."""
    (defined,) = ast.parse(inspect.getsource(hook)).body
    assert isinstance(defined, ast.FunctionDef)
    assert defined.returns is not None
    return f"{hook.__name__}({ast.unparse(defined.args)}) -> {ast.unparse(defined.returns)}"


def _section(hook: Callable[..., Any]) -> str:
    return PAGE.partition(f"## `{_signature(hook)}`\n")[2].partition("\n## ")[0]


def test_there_is_a_heading_for_each_hook_and_no_other() -> None:
    """Each heading of the page is exactly one hook's signature, in the order of the specs."""
    headings = re.findall(r"^## `(.*)`$", PAGE, re.MULTILINE)
    by_line = sorted(HOOKS.values(), key=lambda hook: inspect.getsourcelines(hook)[1])
    assert headings == [_signature(hook) for hook in by_line]
    assert len(headings) == PAGE.count("\n## ")


@every_hook
def test_the_page_says_when_what_and_what_if(hook: Callable[..., Any]) -> None:
    """A stranger reads when it is asked, what to answer and what if it raises, and sees it."""
    section = _section(hook)
    for part in ("**Asked**", "**Answer**", "**When it raises**", f"def {hook.__name__}(", ">>> "):
        assert part in section, part


@every_hook
def test_the_hub_asks_it(hook: Callable[..., Any]) -> None:
    """A hook exists when it has a caller."""
    assert f'"{hook.__name__}"' in inspect.getsource(hub)


@every_hook
def test_a_test_speaks_of_it(hook: Callable[..., Any]) -> None:
    """What is asked of strangers is tried out here."""
    assert re.search(rf"\b{hook.__name__}\b", TESTED)


@every_hook
def test_the_specification_says_what_it_is_for(hook: Callable[..., Any]) -> None:
    """One sentence at least, at the place where it is defined."""
    assert re.fullmatch(r"[A-Z].*\.", (inspect.getdoc(hook) or "").splitlines()[0])
