"""The script and the style that other sites load, under addresses that change when they do."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from importlib import resources

from attrs import frozen

VERSION = "v1"
JAVASCRIPT, CSS = "text/javascript; charset=utf-8", "text/css; charset=utf-8"


@frozen(kw_only=True)
class Asset:
    """A file as it is served. Its *name* holds a digest of its *content*, so it never changes."""

    stem: str
    ending: str
    content: bytes
    media_type: str

    @property
    def name(self) -> str:
        """Such as ``cypn.0123456789abcdef.js``."""
        return f"{self.stem}.{hashlib.sha256(self.content).hexdigest()[:16]}.{self.ending}"

    @property
    def integrity(self) -> str:
        """What a page puts into ``integrity=`` (Subresource Integrity)."""
        return f"sha384-{base64.b64encode(hashlib.sha384(self.content).digest()).decode()}"


@cache
def element() -> Asset:
    """The script of the custom element; it carries its style, which no page has to allow."""
    style = " ".join(_read("embed.css").split())
    script = _read("cypn.js").replace('"%STYLE%"', json.dumps(style))
    return Asset(stem="cypn", ending="js", content=script.encode(), media_type=JAVASCRIPT)


@cache
def frame() -> Asset:
    """The script with which a frame tells its height."""
    return Asset(
        stem="frame", ending="js", content=_read("frame.js").encode(), media_type=JAVASCRIPT
    )


@cache
def style() -> Asset:
    """The style of the frame."""
    return Asset(stem="embed", ending="css", content=_read("embed.css").encode(), media_type=CSS)


def _read(name: str) -> str:
    file = resources.files("cypn_site") / "static" / "embed" / name
    return file.read_text(encoding="utf-8")
