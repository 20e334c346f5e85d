"""``cypn``: run a network of exchanges from a terminal."""

from __future__ import annotations

from cypn_services.cli.commands import main

__all__ = ["main"]
