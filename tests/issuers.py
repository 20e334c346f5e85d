"""A small OpenID Connect issuer that runs over HTTP, as strict as the real ones, and may lie."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from threading import Thread
from typing import Any

from attrs import define, field
from flask import Flask, Response, request
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import BaseWSGIServer, make_server

from cypn_site.sign_in.issuer import Issuer

CLIENT, SECRET = "cypn-hub", "what the issuer gave: % &"
BACK = "http://localhost/sign-in/elsewhere/back"


@define
class FakeIssuer:
    """The issuer. *claims* are put into every token, over what would be true."""

    now: int
    email: str = "nobody@nowhere.example.org"
    claims: dict[str, Any] = field(factory=dict)
    key: RSAKey = field(factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    signs: RSAKey | None = None
    """Another key than the one that it publishes."""
    codes: dict[str, dict[str, str]] = field(factory=dict)
    url: str = ""

    @property
    def settings(self) -> Issuer:
        """As the hub is set up for it."""
        return Issuer(url=self.url, client=CLIENT, secret=SECRET, name="Reading Room", back=BACK)

    def app(self) -> Flask:
        """Discovery, keys, the page where people agree (they always do), and tokens."""
        app = Flask("issuer", static_folder=None)
        app.add_url_rule("/.well-known/openid-configuration", "discovery", self._discovery)
        app.add_url_rule("/keys", "keys", lambda: KeySet([self.key]).as_dict(private=False))
        app.add_url_rule("/agree", "agree", self._agree)
        app.add_url_rule("/token", "token", self._token, methods=["POST"])
        return app

    def _discovery(self) -> dict[str, str]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/agree",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }

    def _agree(self) -> Response:
        asked = request.args.to_dict()
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["redirect_uri"] == BACK
        assert asked["code_challenge_method"] == "S256"
        assert set(asked["scope"].split()) == {"openid", "email"}
        code = secrets.token_hex(8)
        self.codes[code] = asked
        target = f"{BACK}?code={code}&state={asked['state']}"
        return Response(status=302, headers={"Location": target})

    def _token(self) -> tuple[dict[str, Any], int]:
        """Each code once, for the client with its secret, and for the browser with its verifier."""
        asked = self.codes.pop(request.form["code"], None)
        known = request.authorization
        if known is None or (known.username, known.password) != (CLIENT, SECRET):
            return {"error": "invalid_client"}, 401
        digest = sha256(request.form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge:
            return {"error": "invalid_grant"}, 400
        told = {"access_token": "x", "token_type": "Bearer", "id_token": self._id_token(asked)}
        return told, 200

    def _id_token(self, asked: dict[str, str]) -> str:
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": "17",
            "iat": self.now,
            "exp": self.now + 300,
            "nonce": asked["nonce"],
            "email": self.email,
            "email_verified": True,
        }
        said = {name: told for name, told in {**claims, **self.claims}.items() if told is not None}
        return jwt.encode({"alg": "RS256", "kid": "one"}, said, self.signs or self.key)


@contextmanager
def served(issuer: FakeIssuer) -> Iterator[BaseWSGIServer]:
    """The issuer on a free port of this machine; its address is known from here on."""
    server = make_server("127.0.0.1", 0, issuer.app(), threaded=True)
    issuer.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
