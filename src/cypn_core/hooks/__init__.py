"""The markers of the hooks; :mod:`cypn_core.hooks.specs` says what each of them is asked."""

from __future__ import annotations

import pluggy

PROJECT = "cypn"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
