"""Every variable that an operator may set, declared once: the manual and ``cypn settings`` read it.

Secrets come from the environment alone. Each may be given as a file too, as containers do it:
``CYPN_SECRET_KEY_FILE=/run/secrets/key`` means what is in that file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

from cypn_core.domain.errors import Invalid

FILE = "_FILE"


@frozen(kw_only=True)
class Variable:
    """One variable: what it is for, what holds without it, and how a value looks."""

    name: str
    text: str
    default: str
    example: str
    secret: bool = False


VARIABLES = (
    Variable(
        name="CYPN_DATABASE_URL",
        text="Where the store is: SQLite for one machine, PostgreSQL for several.",
        default="`sqlite:///cypn.sqlite3`, in the folder where the command runs",
        example="postgresql://cypn:PASSWORD@db.example.org/cypn",
        secret=True,
    ),
    Variable(
        name="CYPN_REGION",
        text="The code of the region, where more than one is installed.",
        default="the one that is installed",
        example="northshire",
    ),
    Variable(
        name="CYPN_PLUGINS",
        text="The plugins to use, with commas between them.",
        default="all that are installed",
        example="venue_bank,region_northshire",
    ),
    Variable(
        name="CYPN_SECRET_KEY",
        text="Signs the tokens of the site's forms: 32 random characters or more, the same in "
        "every worker. Needed where CYPN_PUBLIC_URL is https.",
        default="a new one at each start: enough to try it",
        example="the output of: openssl rand -hex 32",
        secret=True,
    ),
    Variable(
        name="CYPN_PUBLIC_URL",
        text="Where people reach the hub; links in mail lead there. With https, cookies are "
        "bound to the host and browsers are told to come by https alone.",
        default="not set: mail is off, and cookies work over http",
        example="https://hub.example.org",
    ),
    Variable(
        name="CYPN_SITE_URL",
        text="Where the website is, if that is not where CYPN_PUBLIC_URL leads.",
        default="the origin of CYPN_PUBLIC_URL",
        example="https://www.example.org",
    ),
    Variable(
        name="CYPN_TRUSTED_PROXIES",
        text="How many proxies stand in front, each of which adds to X-Forwarded-For, -Proto and "
        "-Host. Too many, and anybody can pretend to be another client; too few, and all clients "
        "look like one.",
        default="0",
        example="1",
    ),
    Variable(
        name="CYPN_SMTP_URL",
        text="The server that takes mail. It, CYPN_MAIL_FROM, CYPN_PUBLIC_URL and "
        "CYPN_COORDINATOR_MAIL go together; without them no mail is sent and nobody can sign in by "
        "mail.",
        default="not set: mail is off",
        example="smtp://USER:PASSWORD@mail.example.org:587",
        secret=True,
    ),
    Variable(
        name="CYPN_MAIL_FROM",
        text="The sender of all mail.",
        default="not set: mail is off",
        example="hub@example.org",
    ),
    Variable(
        name="CYPN_COORDINATOR_MAIL",
        text="Who gets the mail that reaches nobody else.",
        default="not set: mail is off",
        example="coordinator@example.org",
    ),
    Variable(
        name="CYPN_TRUSTEES_MAIL",
        text="Who gets the digests of the log, with commas between them.",
        default="nobody",
        example="chair@example.org,treasurer@example.org",
    ),
    Variable(
        name="CYPN_OIDC_ISSUER",
        text="An OpenID Connect issuer that vouches for people's addresses. The four CYPN_OIDC "
        "variables go together, with CYPN_PUBLIC_URL and `pip install 'cypn-services[oidc]'`.",
        default="people sign in by mail alone",
        example="https://accounts.example.org",
    ),
    Variable(
        name="CYPN_OIDC_CLIENT_ID",
        text="As what the issuer knows the hub.",
        default="not set: no issuer",
        example="cypn-hub",
    ),
    Variable(
        name="CYPN_OIDC_CLIENT_SECRET",
        text="What the issuer gave the hub to prove that it is the hub.",
        default="not set: no issuer",
        example="what the issuer shows once",
        secret=True,
    ),
    Variable(
        name="CYPN_OIDC_NAME",
        text='What people call the issuer: the page says "Sign in with …".',
        default="not set: no issuer",
        example="Northshire Accounts",
    ),
    Variable(
        name="CYPN_ROUTING",
        text="Who says how far it is by road: `offline` estimates, `osrm` and `openrouteservice` "
        "ask such a service. It is sent points of the map and nothing else.",
        default="`offline`",
        example="osrm",
    ),
    Variable(
        name="CYPN_ROUTING_URL",
        text="Where that service answers; with a key, by https.",
        default="`https://api.openrouteservice.org` for openrouteservice; OSRM must be told",
        example="http://127.0.0.1:5000",
    ),
    Variable(
        name="CYPN_ROUTING_KEY",
        text="The key that openrouteservice gave the hub.",
        default="not set: enough for an openrouteservice of your own",
        example="what openrouteservice shows once",
        secret=True,
    ),
    Variable(
        name="CYPN_EMBED_HOSTS",
        text="The sites that may show the listings, with commas between them.",
        default="none",
        example="https://www.example.org",
    ),
    Variable(
        name="CYPN_SITE_NAME",
        text="What the site calls the network.",
        default="the region's name",
        example="Northshire Youth Network",
    ),
    Variable(
        name="CYPN_SITE_COLOUR",
        text="The colour of the site's head; white text on it must be readable.",
        default="`#1d4f91`",
        example="#00703c",
    ),
    Variable(
        name="CYPN_SITE_LOGO",
        text="A file of a picture for the head: SVG or PNG, at most 100 kB.",
        default="none",
        example="/etc/cypn/logo.svg",
    ),
    Variable(
        name="CYPN_METRICS_ADDRESS",
        text="Where Prometheus reads, as HOST:PORT of this machine or of an inner network; never "
        "the public port.",
        default="not set: no metrics",
        example="127.0.0.1:9464",
    ),
    Variable(
        name="CYPN_LOG_FORMAT",
        text="`json`: one object a line, for a collector; `text`: for people.",
        default="`text`",
        example="json",
    ),
)
BY_NAME = {each.name: each for each in VARIABLES}


def given(environment: Mapping[str, str]) -> dict[str, str]:
    """*environment*, with what is given as a file put in its place.

    >>> given({"CYPN_REGION": "northshire"})
    {'CYPN_REGION': 'northshire'}

    :raises Invalid: naming the variable whose file cannot be read, or that is given twice.
    """
    found = dict(environment)
    for variable in VARIABLES:
        path = found.get(f"{variable.name}{FILE}") if variable.secret else None
        if path is None:
            continue
        if variable.name in environment:
            raise Invalid({variable.name: [f"is set twice: here and in {variable.name}{FILE}"]})
        found[variable.name] = _content(f"{variable.name}{FILE}", path)
    return found


def unknown(environment: Mapping[str, str]) -> list[str]:
    """The names in *environment* that look like ours and are none: mostly a slip of the pen."""
    known = set(BY_NAME) | {f"{each.name}{FILE}" for each in VARIABLES if each.secret}
    ours = {name for name in environment if name.startswith("CYPN_")}
    return sorted(name for name in ours - known if not name.startswith("CYPN_TEST_"))


def table() -> str:
    """The table of `docs/settings.md`."""
    rows = (
        f"| `{each.name}` | {each.text} | {each.default} | `{each.example}` | {_secret(each)} |"
        for each in VARIABLES
    )
    return "\n".join(
        ("| variable | what for | without it | example | secret |", "|---" * 5 + "|", *rows)
    )


def _secret(variable: Variable) -> str:
    return f"yes; or `{variable.name}{FILE}`" if variable.secret else ""


def _content(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "is not text"
        raise Invalid({name: [f"names a file that cannot be read: {why}"]}) from None
