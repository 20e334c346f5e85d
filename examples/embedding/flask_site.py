# ruff: noqa: INP001 - a file to copy, in no package
"""A Flask site of somebody's own, with one exchange of a network under an address of its choice.

The network is the one that the environment describes, as for the command ``cypn``::

    CYPN_DATABASE_URL=sqlite:///cypn.sqlite3 flask --app examples/embedding/flask_site.py run
"""

from __future__ import annotations

import os

from flask import Flask

from cypn_core.application.network import Network
from cypn_services.serving import mounted
from cypn_services.settings import Settings, network

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Riverside youth groups</title></head>
<body><main><h1>Riverside youth groups</h1>
<p>Programs find our exchange at <a href="/find-a-space/openapi.json">/find-a-space</a>.</p>
</main></body></html>
"""


def site_with(shared: Network) -> Flask:
    """The site, on the network that is given."""
    site = Flask("riverside")
    site.add_url_rule("/", "home", lambda: PAGE)
    return mounted(site, "venue_bank", "/find-a-space", shared)


def create_app() -> Flask:
    """What ``flask --app`` and other servers call."""
    return site_with(network(Settings.read(os.environ)))
