"""Which sites may show the hub's listings on their pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from attrs import frozen

from cypn_core.domain.errors import Invalid

HOSTS, PUBLIC_URL = "CYPN_EMBED_HOSTS", "CYPN_PUBLIC_URL"
LOCAL = {"localhost", "127.0.0.1"}
DEFAULT_PORTS = {"http": 80, "https": 443}
MEND = "must be addresses such as https://www.example.org, with commas between them and no path"
_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")


@frozen(kw_only=True)
class EmbedSettings:
    """*hosts*: the origins that may embed; none means nobody. *public_url*: the hub's own origin.

    Where the hub's origin is not set, links name the host that was asked.
    """

    hosts: tuple[str, ...] = ()
    public_url: str | None = None

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> EmbedSettings:
        """The settings in *environment*.

        >>> EmbedSettings.read({"CYPN_EMBED_HOSTS": "https://A.example, https://b.example:443/"})
        EmbedSettings(hosts=('https://a.example', 'https://b.example'), public_url=None)

        :raises Invalid: naming the variable and the mend.
        """
        said = [each.strip() for each in environment.get(HOSTS, "").split(",")]
        hosts = dict.fromkeys(origin_of(each) for each in said if each)
        own = urlsplit(environment.get(PUBLIC_URL, "").strip())
        return cls(
            hosts=tuple(hosts),
            public_url=f"{own.scheme}://{own.netloc}" if own.netloc else None,
        )

    @property
    def ancestors(self) -> str:
        """Who may frame a page, as a Content-Security-Policy says it."""
        return " ".join(self.hosts) or "'none'"


def origin_of(said: str) -> str:
    """The origin that *said* names, as browsers write it.

    Plain HTTP is taken for this machine only, and no pattern is: each site is named.

    :raises Invalid: when it is none.
    """
    try:
        parts = urlsplit(said.lower())
        port = parts.port
    except ValueError:
        raise Invalid({HOSTS: [MEND]}) from None
    if not _is_origin(parts):
        raise Invalid({HOSTS: [MEND]})
    shown = "" if port in {None, DEFAULT_PORTS[parts.scheme]} else f":{port}"
    return f"{parts.scheme}://{parts.hostname}{shown}"


def _is_origin(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    safe = parts.scheme == "https" or (parts.scheme == "http" and host in LOCAL)
    bare = parts.path in {"", "/"} and not (parts.query or parts.fragment or "@" in parts.netloc)
    return safe and bare and _NAME.fullmatch(host) is not None
