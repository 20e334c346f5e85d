"""Every plugin of this repository passes the checks that strangers are asked to pass."""

from __future__ import annotations

from types import ModuleType

import pytest
from tests.networks import KINDS, PLUGINS

import cypn_region_banes.plugin as banes
import cypn_region_northshire.plugin as northshire
from cypn_core.testing.conformance import complaints, kind_complaints


@pytest.mark.parametrize(
    "plugin", [*PLUGINS, banes, northshire], ids=lambda plugin: plugin.__name__
)
def test_the_plugin_keeps_to_the_hook_specifications(plugin: ModuleType) -> None:
    """Names, types and answers are those of the specifications."""
    assert complaints(plugin) == []


@pytest.mark.parametrize("cls", KINDS.values(), ids=lambda cls: cls.kind)
def test_the_kind_is_fit_to_be_posted(cls: type) -> None:
    """It has a docstring, a tag, fields with a form on the wire, and no bare text."""
    assert kind_complaints(cls) == []
