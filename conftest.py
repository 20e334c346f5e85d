"""For every test of the repository: stores to test on, and one way to draw examples."""

from __future__ import annotations

from tempfile import mkdtemp

from flask import Flask
from hypothesis import HealthCheck, settings
from jinja2 import FileSystemBytecodeCache

# Each test has apps of its own; what their templates come to is made once.
Flask.jinja_options["bytecode_cache"] = FileSystemBytecodeCache(mkdtemp(prefix="templates-"))

pytest_plugins = ["cypn_core.testing.stores"]

settings.register_profile(
    "cypn",
    derandomize=True,
    deadline=None,
    max_examples=50,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("cypn")
