"""The examples work as they stand; tests/browser/test_embed.py opens the pages in a browser."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from tests.towns import NOW, ONLY_VENUES, PLACE, VENUES, an_offer, posted
from werkzeug.test import Client

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Town

HERE = Path(__file__).parents[1]
DOCS = HERE.parents[1] / "docs" / "embedding.md"
HUB = "http://127.0.0.1:8080"


def module(name: str) -> ModuleType:
    """One of the examples, which are files and no package."""
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@pytest.mark.parametrize("path", ["/", "/frame", "/height.js"])
def test_the_host_serves_its_files_for_the_hub_that_is_named(path: str) -> None:
    """The example's hub is replaced everywhere, and no other origin is allowed."""
    answer = Client(module("try_it").site(HUB)).get(path)
    assert answer.status_code == 200
    assert HUB in answer.text
    assert "hub.example.org" not in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert set(re.findall(r"https?://\S+?(?=[; ])", policy)) == {HUB}


@pytest.mark.parametrize("path", ["/host.html", "/../try_it.py", "/try_it.py", "//"])
def test_the_host_serves_nothing_else(path: str) -> None:
    """Neither itself nor what lies beside it."""
    assert Client(module("try_it").site(HUB)).get(path).status_code == 404


def test_the_flask_site_has_its_own_pages_and_one_exchange(store: Store) -> None:
    """The exchange answers below its prefix as it does alone; the site's pages stay its own."""
    town = Town.on(store, ONLY_VENUES, NOW)
    client = module("flask_site").site_with(town.network).test_client()
    assert "Riverside" in client.get("/").text
    assert client.get("/nothing").content_type.startswith("text/html")
    assert client.get("/find-a-space/openapi.json").json["info"]["title"] == "Venue bank"  # type: ignore[index]
    assert client.get("/find-a-space/v1").status_code == 401
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    offer = posted(holder, "offer", an_offer(), VENUES)
    key = {"Authorization": f"Bearer {holder.token}"}
    assert client.get(f"/find-a-space/v1/offers/{offer}", headers=key).status_code == 200


def test_the_flask_site_starts_from_the_environment(store_url: str) -> None:
    """As its docstring says, with ``flask --app``."""
    environment = {"CYPN_DATABASE_URL": store_url, "CYPN_REGION": "northshire"}
    flask = [sys.executable, "-m", "flask", "--app", str(HERE / "flask_site.py"), "routes"]
    said = subprocess.run(
        flask, capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, **environment},
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    assert "home" in said.stdout


def test_the_pages_are_what_the_documentation_tells_to_paste() -> None:
    """Each piece of HTML and script of the page on embedding stands in an example as it is."""
    blocks = re.findall(r"```(?:html|js)\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    pages = "\n".join((HERE / n).read_text() for n in ("host.html", "frame.html", "height.js"))
    pasted = [block for block in blocks if "integrity=" not in block]
    assert len(pasted) >= 3
    for block in pasted:
        for line in block.strip().splitlines():
            assert line in pages, line
