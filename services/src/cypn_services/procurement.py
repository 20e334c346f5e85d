"""Procurement as a service of its own: ``waitress-serve cypn_services.procurement:app``."""

from __future__ import annotations

from typing import Any

from cypn_services.serving import attribute


def __getattr__(name: str) -> Any:
    """``app``, made when it is first asked for, so that importing this opens nothing."""
    return attribute(__name__, name)
