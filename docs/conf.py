"""Sphinx: built with ``make docs``, every warning an error, no network."""

from __future__ import annotations

from importlib.metadata import version as version_of

project = "cypn"
author = "the cypn contributors"
release = version_of("cypn-core")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_default_options = {"members": True, "show-inheritance": True}

nitpicky = True
nitpick_ignore_regex = [
    ("py:.*", r"(?!cypn_).*"),  # the build is offline: names of others have no page to point at
    ("py:class", r"cypn_core\.domain\.ids\..*"),  # autodoc sees a NewType as data, hints as a class
]

html_theme = "furo"
html_title = "cypn"
