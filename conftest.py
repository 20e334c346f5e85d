"""For every test of the repository: stores to test on, and one way to draw examples."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

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
